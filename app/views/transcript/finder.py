"""Finding words in the conversation: counted in what was written, marked in what is shown."""

import re

from PySide6.QtGui import QTextDocument

from app.controllers.shown import ShownTurn
from app.views.transcript.box import Box, Mark
from app.views.transcript.stack import Stack

_SIGNS = "*_`~"
_ADDRESS = re.compile(r"\]\([^)\s]*\)")
_MARKUP = re.compile(r"[*_`~\[\]()#|\\]")


class Finder:
    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self.sought = ""
        self._rows: list[tuple[int, int]] = []  # rows with matches, and how many
        self._at = (0, 0)  # the current match: place in _rows, number in its row
        self._texts: dict[int, tuple[ShownTurn, str]] = {}
        self._places: dict[int, list[tuple[int, int, int]]] = {}

    @property
    def count(self) -> int:
        return sum(count for _, count in self._rows)

    @property
    def number(self) -> int:
        """Of the current match, from 1."""
        if not self._rows:
            return 0
        return sum(count for _, count in self._rows[: self._at[0]]) + self._at[1] + 1

    def find(self, text: str) -> int:
        """How often text occurs, whatever the case of its letters."""
        self.sought = text.lower()
        self._rows, self._at = [], (0, 0)
        self._places.clear()
        if not self.sought.strip():
            self.sought = ""
            return 0
        raw = bool(_MARKUP.search(text))
        for number, row in enumerate(self._stack.rows):
            plain = row.turn.role == "user" or raw
            words = row.turn.text.lower() if plain else self._plain(number, row.turn)
            if found := words.count(self.sought):
                self._rows.append((number, found))
        return self.count

    def _plain(self, number: int, turn: ShownTurn) -> str:
        """The words of an answer without the signs of markdown, in small letters; kept."""
        known = self._texts.get(number)
        if known is None or known[0] is not turn:
            text = turn.text
            if "](" in text:
                text = _ADDRESS.sub("", text).replace("[", "")
            for sign in _SIGNS:  # four times faster than str.translate
                text = text.replace(sign, "")
            known = self._texts[number] = (turn, text.lower())
        return known[1]

    def clear(self) -> None:
        self.sought = ""
        self._rows = []
        self._places.clear()
        self._texts.clear()

    def forget(self, number: int) -> None:
        """The boxes of a row changed."""
        self._places.pop(number, None)

    def step(self, way: int) -> tuple[int, int, int, int] | None:
        """The next or the previous match: its row, box, and characters."""
        for _ in range(len(self._rows) + 1):
            if not self._rows:
                return None
            if found := self._move(way):
                return found
        return None

    def current(self) -> tuple[int, int, int, int] | None:
        """The current match; of a row whose matches are not shown, the next one that is."""
        if not self._rows:
            return None
        row, places = self._rows[self._at[0]][0], self._located(self._at[0])
        if self._at[1] < len(places):
            return row, *places[self._at[1]]
        return self.step(1)

    def _move(self, way: int) -> tuple[int, int, int, int] | None:
        place, number = self._at
        number += way
        if not 0 <= number < len(self._located(place)):
            place = (place + way) % len(self._rows)
            number = 0 if way > 0 else max(0, len(self._located(place)) - 1)
        self._at = (place, number)
        places = self._located(place)
        return (self._rows[place][0], *places[number]) if number < len(places) else None

    def _located(self, place: int) -> list[tuple[int, int, int]]:
        """Where the matches of a row really are; from here on they count."""
        row = self._rows[place][0]
        if row not in self._places:
            found: list[tuple[int, int, int]] = []
            for index, box in enumerate(list(self._stack.boxes(row))):
                self._stack.measure(row, index)
                found += [(index, start, end) for start, end in self._in_box(box)]
            self._places[row] = found
            self._rows[place] = (row, len(found))
        return self._places[row]

    def _in_box(self, box: Box) -> list[tuple[int, int]]:
        found = []
        if box.document is not None:
            cursor = box.document.find(self.sought, 0)
            while not cursor.isNull():
                found.append((cursor.selectionStart(), cursor.selectionEnd()))
                cursor = box.document.find(self.sought, cursor)
        return found

    def marks(self, row: int, index: int, box: Box) -> list[Mark]:
        """The matches in a box that is in view."""
        if not self.sought or not isinstance(box.document, QTextDocument):
            return []
        now = self._now(row, index)
        return [Mark(start, end, (start, end) == now) for start, end in self._in_box(box)]

    def _now(self, row: int, index: int) -> tuple[int, int] | None:
        if not self._rows or self._rows[self._at[0]][0] != row:
            return None
        places = self._places.get(row, [])
        if self._at[1] < len(places) and places[self._at[1]][0] == index:
            return places[self._at[1]][1:]
        return None
