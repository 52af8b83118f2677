"""Times of a film that an answer names: a click on one shows that frame."""

import re
from collections.abc import Iterable
from itertools import pairwise

from msgspec.structs import replace

from app.controllers.shown import ShownTurn
from app.views.attachments.groups import clock
from app.views.transcript.pieces import Prose, Span

SCHEME = "film:"
_TIME = re.compile(r"(?<![\w:.,])(?:(\d{1,2}):)?(\d{1,3}):([0-5]\d)(?![\w:]|[.,]\d)")
Frame = tuple[float, int, str]  # seconds into the film, key of the turn, key of what is attached


class Times:
    """The frames in a conversation. A time beyond the last one is none of the film's."""

    def __init__(self) -> None:
        self._frames: list[Frame] = []

    def read(self, turns: Iterable[ShownTurn]) -> None:
        self._frames = []
        for turn in turns:
            self.add(turn)

    def add(self, turn: ShownTurn) -> None:
        """A new turn, or a newer state of one."""
        here = [(one.at, turn.key, one.key) for one in turn.attachments if one.at >= 0]
        if here or any(key == turn.key for _, key, _ in self._frames):
            others = [frame for frame in self._frames if frame[1] != turn.key]
            self._frames = [*others, *here]

    def frame(self, link: str) -> tuple[int, str] | None:
        """The frame nearest to the time of a link, of the newest film: (turn, what is attached)."""
        seconds = link.removeprefix(SCHEME)
        if not link.startswith(SCHEME) or not seconds.isdecimal() or len(seconds) > 6:
            return None
        film = self._newest()
        found = min(film, key=lambda frame: abs(frame[0] - int(seconds)), default=None)
        return found[1:] if found else None

    def _newest(self) -> list[Frame]:
        turn = max((turn for _, turn, _ in self._frames), default=0)
        return sorted(frame for frame in self._frames if frame[1] == turn)

    def marked(self, piece: Prose) -> Prose:
        """The same paragraphs, with times of the film as links."""
        if not self._frames:
            return piece
        film = self._newest()
        gaps = [later[0] - earlier[0] for earlier, later in pairwise(film)]
        last = film[-1][0] + max(gaps, default=1.0)
        paragraphs = tuple(
            replace(line, spans=tuple(part for span in line.spans for part in _split(span, last)))
            for line in piece.paragraphs
        )
        return replace(piece, paragraphs=paragraphs)


def _split(span: Span, last: float) -> list[Span]:
    if span.code or span.formula or span.picture or span.link or ":" not in span.text:
        return [span]
    made, at = [], 0
    for found in _TIME.finditer(span.text):
        seconds = int(found[1] or 0) * 3600 + int(found[2]) * 60 + int(found[3])
        if seconds <= last:
            if before := span.text[at : found.start()]:
                made.append(replace(span, text=before))
            made.append(replace(span, text=found[0], link=f"{SCHEME}{seconds}"))
            at = found.end()
    if after := span.text[at:]:
        made.append(replace(span, text=after))
    return made


def told(link: str) -> str:
    """What a link of this kind does, in words; "" for other links."""
    seconds = link.removeprefix(SCHEME)
    if link.startswith(SCHEME) and seconds.isdecimal() and len(seconds) <= 6:
        return f"Show the film at {clock(int(seconds))}"
    return ""
