"""The block "Found by programs": words about a picture, for a model that cannot
see it or read what is written in it."""

from collections.abc import Iterator, Sequence
from math import ceil

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QFontMetricsF

from app.controllers.shown import ShownAttachment
from app.views.attachments.groups import title_of
from app.views.transcript.box import Box, Canvas, Control
from app.views.transcript.cards import HEAD, MIDDLE, RADIUS, ThoughtPart, paint_icon
from app.views.transcript.source import SHOWN, clean, cut_plain
from app.views.transcript.style import Style

TITLE = "Found by programs"
NOT_SEEN = "The model reads these words and does not see the picture"
SEEN = "Programs read and counted this for the model, which sees the picture too"
KEY = "found"  # of what is unfolded


def found_in(attached: Sequence[ShownAttachment]) -> str:
    """All that programs found, under the name of what it was found in where there are several."""
    found = [one for one in attached if one.found.strip()]
    if len(found) == 1:
        return found[0].found.strip()
    return "\n\n".join(f"{title_of(one)}\n{one.found.strip()}" for one in found)


class FoundBox(Box):
    """The line that tells what the words below it are; they follow unfolded."""

    def __init__(self, unfolded: bool, seen: bool = False) -> None:
        super().__init__(8)
        self.unfolded, self._about = unfolded, SEEN if seen else NOT_SEEN
        self.identity = ("found", unfolded, seen)

    def estimate(self, style: Style, width: int) -> int:
        return HEAD

    def lay_out(self, style: Style, width: int) -> None:
        self.width, self.height = width, HEAD

    def controls(self) -> list[Control]:
        words = f"{TITLE}. {self._about}, {'unfolded' if self.unfolded else 'folded'}"
        return [Control("fold_found", words, QRect(0, 0, self.width, HEAD), KEY, RADIUS)]

    def paint(self, canvas: Canvas) -> None:
        painter, style = canvas.painter, canvas.style
        canvas.card(QRectF(0, 0, self.width, HEAD), "panel", "border", RADIUS)
        paint_icon(canvas, "scan-search", "accent", 12, (HEAD - 16) / 2)
        painter.setFont(style.strong)
        wide = ceil(QFontMetricsF(style.strong).horizontalAdvance(TITLE))
        canvas.text(QRectF(38, 0, wide + 4, HEAD), TITLE, "text", MIDDLE)
        left, right = 38 + wide + 12, self.width - 40
        painter.setFont(style.caption)
        words = QFontMetricsF(style.caption).elidedText(
            self._about, Qt.TextElideMode.ElideRight, right - left
        )
        canvas.text(QRectF(left, 0, right - left, HEAD), words, "muted", MIDDLE)
        chevron = "chevron-down" if self.unfolded else "chevron-right"
        paint_icon(canvas, chevron, "muted", self.width - 28, (HEAD - 16) / 2)


def found_boxes(attached: Sequence[ShownAttachment], unfolded: bool) -> Iterator[Box]:
    text = found_in(attached)
    if not text:
        return
    yield FoundBox(unfolded, all(one.seen for one in attached if one.found.strip()))
    if unfolded:
        for place, (part, _) in enumerate(cut_plain(clean(text[:SHOWN]))):
            box = ThoughtPart(part)
            box.above = 0 if place else 6
            yield box
