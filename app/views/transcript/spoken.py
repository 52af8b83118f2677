"""The word that is being spoken: where it stands, its mark, and what nobody heard any more."""

from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QRect, QRectF
from PySide6.QtGui import QTextDocument

from app.views.transcript.aligned import Aligned, Place, aligned, in_document
from app.views.transcript.box import Box
from app.views.transcript.fragments import word_rects

if TYPE_CHECKING:
    from app.views.transcript.page import Page
    from app.views.transcript.row import Row
    from app.views.transcript.stack import Shown


class Stretch(NamedTuple):
    """A block of a turn: its source from start to end, and its boxes from first up to last."""

    start: int
    end: int
    first: int
    last: int


def stretch_at(row: "Row", place: int) -> Stretch | None:
    """The block with a place of the row's source; None when it shows nothing."""
    begins = row.begins
    at = bisect_right(begins, place) - 1
    if at < 0:
        return None
    first, last = bisect_left(begins, begins[at]), bisect_right(begins, begins[at])
    end = begins[last] if last < len(begins) else len(row.source)
    return Stretch(begins[at], end, first, last)


def align(row: "Row", stretch: Stretch) -> Aligned:
    texts = tuple(shown_text(row, number) for number in range(stretch.first, stretch.last))
    return aligned(row.source[stretch.start : stretch.end], texts)


def shown_text(row: "Row", number: int) -> str:
    """The characters of a box of the body, of one with a document as they stand in it."""
    document = row.body[number].document
    return document.toRawText() if document is not None else row.body_words(number)


def in_source(text: str, place: int) -> int:
    """A place in the text of a turn as the row that shows it counts (source.clean)."""
    return place - text.count("\r\n", 0, place)


def locate(row: "Row", start: int, end: int) -> tuple[Box, int, int] | None:
    """The box and the characters of its document that show these of the turn's text."""
    text = row.turn.text
    start, end = in_source(text, start), in_source(text, end)
    if (stretch := stretch_at(row, start)) is None:
        return None
    found = align(row, stretch).place(start - stretch.start, end - stretch.start)
    if found is None:
        return None
    return _in_box(row, stretch, found)


def _in_box(row: "Row", stretch: Stretch, found: Place) -> tuple[Box, int, int]:
    number = stretch.first + found.number
    shown = shown_text(row, number)
    start, end = in_document(shown, found.start), in_document(shown, found.end)
    return row.body[number], start, end


def last_heard(row: "Row", heard: int) -> int:
    """The number in the body of the box with the last words that were heard."""
    place = in_source(row.turn.text, heard)
    if (stretch := stretch_at(row, place)) is None:
        return 0
    found = align(row, stretch).last_before(place - stretch.start)
    return stretch.first + found.number if found else max(0, stretch.first - 1)


def unheard(row: "Row", box: Box) -> int | None:
    """From which character on nobody heard the words of a box; None when all were heard."""
    if row.turn.heard < 0 or box not in row.body:
        return None
    number = row.body.index(box)
    place = in_source(row.turn.text, row.turn.heard)
    if (stretch := stretch_at(row, place)) is None:
        return 0
    if not stretch.first <= number < stretch.last:
        return None if number < stretch.first else 0
    found = align(row, stretch).following(place - stretch.start)
    if found is None or number < stretch.first + found.number:
        return None
    if number > stretch.first + found.number:
        return 0
    return _in_box(row, stretch, found)[1]


class Spoken:
    """The mark on the page. It moves several times a second and lays nothing out."""

    def __init__(self, page: "Page") -> None:
        self._page = page
        self.follows = True  # the page scrolls to the word, until the person scrolls away
        self._key, self._start, self._end = -1, 0, 0
        self._found: tuple[Box, int, int] | None = None
        self._document: QTextDocument | None = None  # of the box it was found in

    def show(self, key: int, start: int, end: int) -> None:
        """Mark characters of the text of a turn."""
        if (key, start, end) != (self._key, self._start, self._end):
            self._become(key, start, end)
            if self.follows:
                self._bring()

    def clear(self) -> None:
        self._become(-1, 0, 0)

    def _become(self, key: int, start: int, end: int) -> None:
        before = self.area()  # found anew: the page may have moved since it was painted
        self._key, self._start, self._end, self._found = key, start, end, None
        for area in (before, self.area()):
            if not area.isEmpty():
                self._page.viewport().update(area)

    def part(self, shown: "Shown") -> tuple[int, int] | None:
        """The characters to be marked in a box that is in view."""
        row = self._page.stack.rows[shown.row]
        if row.turn.key != self._key or shown.box.document is None:
            return None
        found = self._locate(row)
        return found[1:] if found and found[0] is shown.box else None

    def _locate(self, row: "Row") -> tuple[Box, int, int] | None:
        """Found once, and again when the row was made or laid out anew."""
        found = self._found
        if found is None or found[0].document is not self._document or found[0] not in row.body:
            found = self._found = locate(row, self._start, self._end)
            self._document = found[0].document if found else None
        return found

    def area(self) -> QRect:
        """Where the mark is in the viewport; empty while it is out of view."""
        for shown in self._page.stack.shown:
            if part := self.part(shown):
                corner = shown.box.at
                x, y = self._page.column.x() + corner.x(), shown.y + corner.y()
                whole = QRectF()
                for rect in word_rects(shown.box, *part):
                    whole = whole.united(rect)
                return whole.translated(x, y).toAlignedRect().adjusted(-2, -2, 2, 2)
        return QRect()

    def _bring(self) -> None:
        """Scroll to the word, only when it is not in view."""
        page = self._page
        number = page.row_of(self._key)
        boxes = page.stack.boxes(number) if number >= 0 else []
        row = page.stack.rows[number]
        if not boxes or (found := self._locate(row)) is None:
            return
        index = boxes.index(found[0])
        page.stack.measure(number, index)
        found = self._locate(row) or found  # in its document, now it has one
        top, bottom = found[0].span(*found[1:])
        for shown in page.stack.shown:
            inside = shown.y + top >= 0 and shown.y + bottom <= page.stack.view
            if shown.box is found[0] and inside:
                return
        page.stack.bring(number, index, top, bottom)
        page.settle()
        page.viewport().update()
