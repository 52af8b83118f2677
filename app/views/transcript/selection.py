"""What is selected: from one place in a box to another, over any number of turns."""

from dataclasses import dataclass

from PySide6.QtGui import QTextCursor

from app.views.transcript.box import Box
from app.views.transcript.code import CodeBox
from app.views.transcript.lines import ActionBox
from app.views.transcript.plain import BubbleBox
from app.views.transcript.prose import ProseBox
from app.views.transcript.question import QuestionText
from app.views.transcript.stack import Stack

MUCH = 200_000  # characters; more than this is copied as it was written, not as it is shown


@dataclass(frozen=True, order=True)
class Place:
    row: int
    box: int
    char: int


class Selection:
    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self.anchor: Place | None = None
        self.head: Place | None = None

    @property
    def ends(self) -> tuple[Place, Place] | None:
        """The first and the last place; None when nothing is selected."""
        if self.anchor is None or self.head is None or self.anchor == self.head:
            return None
        return min(self.anchor, self.head), max(self.anchor, self.head)

    def clear(self) -> None:
        self.anchor = self.head = None

    def select(self, anchor: Place, head: Place) -> None:
        self.anchor, self.head = anchor, head

    def select_all(self) -> None:
        rows = self._stack.rows
        if rows:
            last = len(rows) - 1
            boxes = self._stack.boxes(last)
            self.select(Place(0, 0, 0), Place(last, len(boxes) - 1, 0))

    def select_around(self, place: Place, kind: QTextCursor.SelectionType) -> None:
        """Select the word or the paragraph at a place."""
        document = self._stack.boxes(place.row)[place.box].document
        if document is None:
            return
        cursor = QTextCursor(document)
        cursor.setPosition(min(place.char, document.characterCount() - 1))
        cursor.select(kind)
        start, end = cursor.selectionStart(), cursor.selectionEnd()
        if kind == QTextCursor.SelectionType.BlockUnderCursor:
            start = cursor.document().findBlock(place.char).position()
        self.select(
            Place(place.row, place.box, start),
            Place(place.row, place.box, end),
        )

    def follow(self, row: int, moved: dict[int, int] | None) -> None:
        """Boxes of a row have moved (from: to); a place in a box that is gone clears it all."""
        if moved is None:
            return
        for name in ("anchor", "head"):
            place: Place | None = getattr(self, name)
            if place and place.row == row:
                if place.box not in moved:
                    self.clear()
                    return
                setattr(self, name, Place(row, moved[place.box], place.char))

    def cut(self, count: int) -> None:
        if self.ends and self.ends[1].row >= count:
            self.clear()

    def part(self, row: int, index: int, box: Box) -> tuple[int, int] | None:
        """The selected characters of a box."""
        if self.ends is None:
            return None
        first, last = self.ends
        if not (first.row, first.box) <= (row, index) <= (last.row, last.box):
            return None
        start = first.char if (row, index) == (first.row, first.box) else 0
        end = last.char if (row, index) == (last.row, last.box) else box.length()
        return (start, end) if end > start else None

    def covers(self, row: int) -> bool:
        return self.ends is not None and self.ends[0].row < row < self.ends[1].row

    def text(self) -> str:
        """What is copied: plain text, turns and blocks apart by an empty line."""
        if self.ends is None:
            return ""
        first, last = self.ends
        inner = range(first.row + 1, last.row)
        much = sum(len(self._stack.rows[row].turn.text) for row in inner) > MUCH
        parts = []
        for number in range(first.row, last.row + 1):
            row = self._stack.rows[number]
            if number in inner and (much or row.unread):
                parts.append(row.turn.text)
            else:
                parts.append(self._row_text(number))
        return "\n\n".join(part for part in parts if part)

    def _row_text(self, number: int) -> str:
        text = ""
        before: Box | None = None
        for index, box in enumerate(list(self._stack.boxes(number))):
            if not self._reaches(number, index):
                continue
            self._stack.measure(number, index)
            part = self.part(number, index, box)
            words = box.text(*part) if part else ""
            if words:
                text += (_between(before, box) if before else "") + words
                before = box
        return text

    def _reaches(self, row: int, index: int) -> bool:
        assert self.ends is not None
        first, last = self.ends
        box = self._stack.boxes(row)[index]
        inside = (first.row, first.box) <= (row, index) <= (last.row, last.box)
        return inside and not isinstance(box, ActionBox)

    def markdown(self) -> str:
        """The turns the selection touches, as they were written."""
        if self.ends is None:
            return ""
        first, last = self.ends
        rows = self._stack.rows[first.row : last.row + 1]
        return "\n\n".join(row.turn.text for row in rows)


def _between(before: Box, box: Box) -> str:
    """What stands between the texts of two boxes."""
    match before, box:
        case (CodeBox(), CodeBox()) if box.piece.joined:
            return "" if before.piece.halved else "\n"
        case (ProseBox(), ProseBox()) if box.piece.joined:
            return "\n"
        case (BubbleBox(), BubbleBox()) | (QuestionText(), QuestionText()):
            return "" if before.halved else "\n"
    return "\n\n"
