"""Where everything stands: rows of estimated heights around a place that never moves by itself."""

from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from app.views.transcript.box import Box
from app.views.transcript.boxes import Kit
from app.views.transcript.heights import Heights
from app.views.transcript.row import Row
from app.views.transcript.style import BOTTOM, TOP

LIVE_BOXES = 240  # keep their documents
OPEN_ROWS = 100  # keep their boxes


@dataclass(frozen=True)
class Shown:
    """A box in view."""

    row: int
    index: int
    box: Box
    y: int  # of its upper edge in the viewport


class Stack:
    """Rows from top to bottom, seen through a window of some height.

    The anchor (row, box, pixels of it above the window) is what stays where it is when
    heights become known; the scroll bar only follows. settle() lays out what is in view.
    """

    def __init__(self, kit: Kit) -> None:
        self.kit = kit
        self.rows: list[Row] = []
        self.shown: list[Shown] = []
        self.width, self.view = 0, 0
        self.at_end = True
        self.unread: int | None = None  # a row in view with text to read
        self._row, self._box, self._offset = 0, 0, -TOP
        self._heights = Heights()
        self._live: OrderedDict[int, Box] = OrderedDict()
        self._open: OrderedDict[int, Row] = OrderedDict()

    # the rows

    def reset(self, rows: list[Row]) -> None:
        self.rows = rows
        self._live.clear()
        self._open.clear()
        self._row, self._box, self._offset = 0, 0, -TOP
        self.at_end = True
        self._estimate()

    def append(self, row: Row) -> None:
        self.rows.append(row)
        self._heights.append(row.estimate(self.kit.style, max(1, self.width)))

    def cut(self, count: int) -> None:
        for row in self.rows[count:]:
            self._open.pop(id(row), None)
        del self.rows[count:]
        self._heights.cut(count)
        if self._row >= count:
            self.at_end = True
            self._row, self._box, self._offset = max(0, count - 1), 0, 0

    def resize(self, width: int, view: int) -> None:
        self.view = view
        if width != self.width:
            self.width = width
            self._estimate()

    def restyle(self) -> None:
        """Everything is laid out anew, for another theme or text size."""
        for row in self.rows:
            if row.boxes is not None:
                place = (self._box, self._offset) if row is self.rows[self._row] else None
                row.close()
                if place:
                    self._box = min(place[0], len(row.open(self.kit, self.width)) - 1)
        self._live.clear()
        self._open.clear()
        self._estimate()

    def _estimate(self) -> None:
        style, width = self.kit.style, max(1, self.width)
        self._heights.reset([row.estimate(style, width) for row in self.rows])

    def change(self, number: int, operation: Callable[[Row], None]) -> dict[int, int] | None:
        """Let operation change a row; where the boxes that stayed were and now are.

        None for a row that has no boxes: places in it stay what they are.
        """
        row = self.rows[number]
        before = row.boxes
        operation(row)
        if before is None or row.boxes is None:
            return None
        places = {id(box): place for place, box in enumerate(row.boxes)}
        moved = {old: places[id(box)] for old, box in enumerate(before) if id(box) in places}
        if number == self._row:
            self._box = moved.get(self._box, min(self._box, len(row.boxes) - 1))
        self._heights.set(number, row.total())
        return moved

    def boxes(self, number: int) -> list[Box]:
        """The boxes of a row, made if need be."""
        row = self.rows[number]
        boxes = row.boxes if row.boxes is not None else row.open(self.kit, self.width)
        self._open[id(row)] = row
        self._open.move_to_end(id(row))
        return boxes

    def open_rows(self) -> list[Row]:
        return list(self._open.values())

    # laying out

    def measure(self, number: int, index: int) -> int:
        """Lay a box out if it is not; how much room it takes with the gap above it."""
        box = self.boxes(number)[index]
        if box.width != self.width:
            box.lay_out(self.kit.style, self.width)
        if box.document is not None:
            self._live[id(box)] = box
            self._live.move_to_end(id(box))
        return box.above + box.height

    def settle(self) -> None:
        """Lay out what is in view around the anchor."""
        self.shown, self.unread = [], None
        if not self.rows or self.view <= 0 or self.width <= 0:
            return
        self._row = min(self._row, len(self.rows) - 1)
        self._box = min(self._box, len(self.boxes(self._row)) - 1)
        if self.at_end:
            self._anchor_at_end()
        else:
            self._keep_anchor_in_box()
        bottom = self._fill()
        if not self.at_end and bottom + BOTTOM < self.view:
            self._anchor_at_end()
            bottom = self._fill()
        last = self.shown[-1]
        ends = last.row == len(self.rows) - 1 and last.index == len(self.boxes(last.row)) - 1
        self.at_end = ends and bottom + BOTTOM <= self.view + 2
        for number in {shown.row for shown in self.shown}:
            self._heights.set(number, self.rows[number].total())
        self._release_what_is_far()

    def _anchor_at_end(self) -> None:
        y = self.view - BOTTOM
        for number in range(len(self.rows) - 1, -1, -1):
            for index in range(len(self.boxes(number)) - 1, -1, -1):
                y -= self.measure(number, index)
                if y <= 0:
                    self._row, self._box, self._offset = number, index, -y
                    return
        self._row, self._box, self._offset = 0, 0, -min(TOP, y)

    def _keep_anchor_in_box(self) -> None:
        """Move the anchor to the box that really covers the upper edge of the window."""
        while self._offset < 0 and (self._row, self._box) != (0, 0):
            if self._box:
                self._box -= 1
            else:
                self._row -= 1
                self._box = len(self.boxes(self._row)) - 1
            self._offset += self.measure(self._row, self._box)
        while self._offset >= (extent := self.measure(self._row, self._box)):
            following = self._following(self._row, self._box)
            if following is None:
                break
            self._offset -= extent
            self._row, self._box = following
        if (self._row, self._box) == (0, 0):
            self._offset = max(-TOP, self._offset)

    def _following(self, number: int, index: int) -> tuple[int, int] | None:
        if index + 1 < len(self.boxes(number)):
            return number, index + 1
        return (number + 1, 0) if number + 1 < len(self.rows) else None

    def _fill(self) -> int:
        """Lay out from the anchor down to the lower edge; where the last box ends."""
        self.shown = []
        y = -self._offset
        place: tuple[int, int] | None = (self._row, self._box)
        while place and y < self.view:
            extent = self.measure(*place)
            box = self.boxes(place[0])[place[1]]
            self.shown.append(Shown(*place, box, y + box.above))
            if self.rows[place[0]].unread and self.unread is None:
                self.unread = place[0]
            y += extent
            place = self._following(*place)
        return y

    def _release_what_is_far(self) -> None:
        near = {id(shown.box) for shown in self.shown}
        while len(self._live) > LIVE_BOXES and next(iter(self._live)) not in near:
            self._live.popitem(last=False)[1].release()
        rows = {id(self.rows[shown.row]) for shown in self.shown}
        while len(self._open) > OPEN_ROWS:
            key, row = next(iter(self._open.items()))
            if key in rows or row.editor or row.growing:
                self._open.move_to_end(key)
                break
            del self._open[key]
            row.close()

    # scrolling

    @property
    def maximum(self) -> int:
        return max(0, TOP + self._heights.total + BOTTOM - self.view)

    @property
    def value(self) -> int:
        if not self.rows:
            return 0
        above = sum(box.above + box.height for box in self.boxes(self._row)[: self._box])
        return self._heights.before(self._row) + above + self._offset + TOP

    def scroll_by(self, pixels: int) -> None:
        self.at_end = False
        self._offset += pixels
        self.settle()

    def scroll_to(self, value: int) -> None:
        """Show the place a scroll bar of estimated heights points to."""
        if not self.rows:
            return
        self.at_end = value >= self.maximum
        height = max(0, value - TOP)
        self._row = self._heights.row_at(height)
        inside = height - self._heights.before(self._row)
        # the row may turn out higher or lower than estimated once it is open
        known = self._heights[self._row]
        boxes = self.boxes(self._row)
        inside = inside * self.rows[self._row].total() // max(1, known)
        self._box = 0
        while self._box < len(boxes) - 1 and inside >= boxes[self._box].extent:
            inside -= boxes[self._box].extent
            self._box += 1
        self._offset = inside if value > 0 else -TOP
        self.settle()

    def bring(self, number: int, index: int, top: int, bottom: int) -> None:
        """Scroll as little as it takes to see these pixels of a box, else to the upper third."""
        margin = min(60, self.view // 6)
        for shown in self.shown:
            if (shown.row, shown.index) == (number, index):
                above = shown.y + top - margin
                below = shown.y + bottom + margin - self.view
                if above < 0 or below > 0:
                    self.scroll_by(above if above < 0 or bottom - top > self.view else below)
                return
        self.at_end = False
        self.measure(number, index)
        self._row, self._box = number, index
        self._offset = self.boxes(number)[index].above + top - self.view // 3
        self.settle()

    def rows_in_view(self) -> Iterator[int]:
        seen = -1
        for shown in self.shown:
            if shown.row != seen:
                seen = shown.row
                yield seen
