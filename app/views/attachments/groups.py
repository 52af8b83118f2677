"""What belongs together of what is attached: a film with its frames, a document with its pages."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.controllers.shown import ShownAttachment

KINDS = {"picture": "image", "document": "file-text", "film": "film", "sound": "sound"}


@dataclass(frozen=True)
class Group:
    whole: ShownAttachment
    parts: tuple[ShownAttachment, ...] = ()  # its frames or pages, in order

    @property
    def pictures(self) -> tuple[ShownAttachment, ...]:
        """What of it can be looked at."""
        every = (self.whole, *self.parts) if self.whole.kind == "picture" else self.parts
        seen = tuple(one for one in every if one.preview)
        return seen or ((self.whole,) if self.whole.preview else ())


def grouped(shown: Sequence[ShownAttachment]) -> list[Group]:
    """Parts stand with what they are of, in its place; those of nothing stand alone."""
    wholes: list[ShownAttachment] = []
    parts: dict[str, list[ShownAttachment]] = {}
    for one in shown:
        if one.of and any(whole.name == one.of and not whole.of for whole in wholes):
            parts.setdefault(one.of, []).append(one)
        else:
            wholes.append(one)
    return [Group(one, tuple(parts.pop(one.name, ()) if not one.of else ())) for one in wholes]


def icon_of(shown: ShownAttachment) -> str:
    return KINDS.get(shown.kind, "file-text")


def clock(at: float) -> str:
    """A time in a film: 0:12, or 1:02:12."""
    seconds = int(at)
    hours, minutes = seconds // 3600, seconds // 60 % 60
    start = f"{hours}:{minutes:02}" if hours else str(minutes)
    return f"{start}:{seconds % 60:02}"


def title_of(shown: ShownAttachment) -> str:
    """What it is called: its name, a frame by its film and time."""
    if shown.at >= 0:
        return f"{shown.of or shown.name}, {clock(shown.at)}"
    return shown.name


def spoken(shown: ShownAttachment) -> str:
    """All about it in one line, for a screen reader."""
    kind = "Frame" if shown.at >= 0 else shown.kind.capitalize()
    about = [f"{kind}: {title_of(shown)}", shown.words, shown.hint]
    if shown.box:
        about.append("only a part of it")
    return ". ".join(part for part in about if part)
