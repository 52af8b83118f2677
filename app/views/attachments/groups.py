"""What belongs together of what is attached: a film with its frames, a document with its pages."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.controllers.shown import ShownAttachment

LOOKS = (
    ".png",
    ".jpg",
    ".jpeg",
    ".webp",
    ".gif",
    ".heic",
    ".avif",
    ".tif",
    ".tiff",
    ".bmp",
    ".svg",
)
KINDS = {"picture": "image", "document": "file-text", "film": "film", "sound": "sound"}


@dataclass(frozen=True)
class Group:
    whole: ShownAttachment
    parts: tuple[ShownAttachment, ...] = ()  # its frames or pages, in order


def grouped(shown: Sequence[ShownAttachment]) -> list[Group]:
    """Frames and pages stand with what they are of; a part that was asked about stands alone."""
    heads: dict[str, ShownAttachment] = {}
    parts: dict[str, list[ShownAttachment]] = {}
    for one in shown:
        if not one.of or one.box:
            name = one.name if one.kind in ("document", "film") else f"\0{one.key}"
            heads[name if name not in heads else f"\0{one.key}"] = one
    for one in shown:
        if one.of and not one.box:
            parts.setdefault(one.of, []).append(one)
    for name, some in parts.items():
        heads.setdefault(name, _head_of(name, some))
    return [Group(head, tuple(parts.get(name, ()))) for name, head in heads.items()]


def _head_of(name: str, parts: Sequence[ShownAttachment]) -> ShownAttachment:
    """Stands for a film, or a document of scans, of which there are only the pictures."""
    film = parts[0].at >= 0
    what = ("frame" if film else "page") + "s" * (len(parts) != 1)
    return ShownAttachment(
        parts[0].key, "film" if film else "document", name, f"{len(parts)} {what}"
    )


def icon_of(shown: ShownAttachment) -> str:
    """What it is may only be known once it is read; until then its name tells."""
    if shown.state == "reading" and shown.kind == "document" and shown.name.lower().endswith(LOOKS):
        return KINDS["picture"]
    return KINDS.get(shown.kind, "file-text")


def clock(at: float) -> str:
    """A time in a film: 0:12, or 1:02:12."""
    seconds = int(at)
    hours, minutes = seconds // 3600, seconds // 60 % 60
    start = f"{hours}:{minutes:02}" if hours else str(minutes)
    return f"{start}:{seconds % 60:02}"


def title_of(shown: ShownAttachment) -> str:
    """What it is called: its name, a frame by its film and time, a page by its document."""
    place = mark_of(shown)
    name = f"{shown.of}, {place}" if shown.of and place else shown.name
    return f"Part of {name}" if shown.box else name


def mark_of(shown: ShownAttachment) -> str:
    """Which frame or page it is, in a word or two; "" for what is whole."""
    if shown.at >= 0:
        return clock(shown.at)
    return shown.name if shown.of else ""


def spoken(shown: ShownAttachment) -> str:
    """All about it in one line, for a screen reader."""
    kind = "Frame" if shown.at >= 0 else shown.kind.capitalize()
    about = (f"{kind}: {title_of(shown)}", shown.words, shown.hint)
    return ". ".join(part for part in about if part)
