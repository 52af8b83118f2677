"""Reading a growing markdown text: closed blocks are settled, only the open end is read again."""

import re
from typing import Any

from msgspec.structs import replace

from app.views.transcript.markdown import closed, definitions, language, parse
from app.views.transcript.pieces import Code, Piece, Prose, Table
from app.views.transcript.source import (
    BLOCK,
    WINDOW,
    WINDOW_COST,
    cut_block,
    cut_lines,
    within,
)

HEADING = 2000  # characters of the first two lines of a table that is cut and goes on

_BLANK = re.compile(r"(?:[ \t]*\n)*")
_FENCE = re.compile(r"(?:(`{3,})([^`\n]*)|(~{3,})([^\n]*))\n")
_FENCE_AHEAD = re.compile(r"^(?:`{3,}[^`\n]*|~{3,}[^\n]*)\n", re.MULTILINE)
_INDENTED_FENCE = re.compile(r"^[ \t>]+(?:```|~~~)", re.MULTILINE)
_FORMULA_AHEAD = re.compile(r"^ {0,3}(?:\$\$|\\\[)", re.MULTILINE)
_MAYBE_CLOSING = re.compile(r" {0,3}[`~]*[ \t]*$")
_PARAGRAPH_END = re.compile(r"\n[ \t]*\n")


class _Fence:
    """A code block that begins in the first column; markdown-it reads the others."""

    def __init__(self, opening: re.Match[str]) -> None:
        mark = opening[1] or opening[3]
        self.language = language(opening[2] or opening[4] or "")
        self.closing = re.compile(rf"^ {{0,3}}{re.escape(mark[0])}{{{len(mark)},}}[ \t]*$", re.M)
        self.parts = 0

    def piece(self, source: str, *, cut: bool = False) -> Code:
        halved = cut and not source.endswith("\n")
        code = source.removesuffix("\n")
        return Code(code, self.language, joined=self.parts > 0, halved=halved)


class Reader:
    """One text and the pieces it consists of so far.

    Settled pieces change no more; open ones are read again when text is added. Both depend
    on the text alone, not on the portions it came in (test_transcript_reader.py).
    """

    def __init__(self, text: str = "", environment: dict[str, Any] | None = None) -> None:
        self.text = text
        self.settled: list[Piece] = []
        self.open: list[Piece] = []
        self._begins: list[int] = []  # of each settled piece where its block begins in the text
        self._open_at = 0  # where the first open block begins
        self.unread = 0  # characters that need another advance()
        self.growing = False  # more will come: what is left open at the end is shown closed
        self._start = 0
        self._fence: _Fence | None = None
        self._prefix = ""  # the heading of a table that was cut
        self._joined = False  # the next block goes on with one that was cut
        self._environment = definitions(text) if environment is None else environment

    @property
    def pieces(self) -> list[Piece]:
        return self.settled + self.open

    @property
    def begins(self) -> list[int]:
        """For each piece a place in the text that what it shows comes after; in order."""
        return self._begins + [self._open_at] * len(self.open)

    def feed(self, text: str) -> None:
        self.text += text

    def read_slice(self) -> bool:
        """Read on for about as long as one window takes; whether there is more to read."""
        stop = within(self.text, self._start, len(self.text), WINDOW, WINDOW_COST)
        more = self.advance()
        while more and self._start < stop:
            more = self.advance()
        return more

    def advance(self) -> bool:
        """Read up to one window further (a few milliseconds); whether there is more to read."""
        self.open = []
        if self._fence is None:
            blank = _BLANK.match(self.text, self._start)
            self._start = blank.end() if blank else self._start
            if opening := _FENCE.match(self.text, self._start):
                self._fence, self._start = _Fence(opening), opening.end()
                self._prefix, self._joined = "", False
        more = self._read_code(self._fence) if self._fence else self._read_blocks()
        self.unread = len(self.text) - self._start if more else 0
        return more

    def _read_code(self, fence: _Fence) -> bool:
        text, start = self.text, self._start
        closed = fence.closing.search(text, start, start + 2 * BLOCK)
        end = closed.start() if closed else self._certain_end()
        cut = cut_lines(text, start, end)
        if cut < end:
            self._add([fence.piece(text[start:cut], cut=True)], start)
            fence.parts += 1
            self._start = cut
            return True
        piece = fence.piece(text[start : end if closed else len(text)])
        pieces: list[Piece] = [piece] if piece.text or not fence.parts else []
        if closed and closed.end() < len(text):
            self._add(pieces, start)
            self._start, self._fence = closed.end() + 1, None
            return self._start < len(text)
        self.open, self._open_at = pieces, start
        return False

    def _certain_end(self) -> int:
        """Where open code ends for now: its last line may yet become the closing fence."""
        line = self.text.rfind("\n", self._start) + 1 or self._start
        return line if _MAYBE_CLOSING.match(self.text, line) else len(self.text)

    def _read_blocks(self) -> bool:
        """Settle the closed blocks of one window; at the end of the text the rest stays open."""
        text, begin = self.text, self._start
        end = within(text, begin, len(text), WINDOW, WINDOW_COST)
        fence = _FENCE_AHEAD.search(text, begin + 1, end)
        if fence and _INDENTED_FENCE.search(text, begin, fence.start()):
            fence = None  # it may lie inside another one
        if fence:
            end = fence.start()
        elif end < len(text):
            end = text.rfind("\n", begin, end) + 1 or end
        source = self._prefix + text[begin:end]
        blocks = parse(source, self._environment)
        starts = [*self._places(source, [line for line, _ in blocks]), end]
        certain = end if fence else self._certain_up_to(begin, end)
        for index, (_, pieces) in enumerate(blocks):
            start, after = starts[index], starts[index + 1]
            if start > begin and _FENCE.match(text, start, end):
                self._start, self._prefix, self._joined = start, "", False
                return True
            if (cut := cut_block(text, start, after)) < after:
                self._cut(start, cut)
                return True
            if after <= certain:
                self._settle(pieces, start)
            elif end == len(text):
                if self.growing:
                    prefix = self._prefix if start == begin else ""
                    blocks[index:] = parse(closed(prefix + text[start:]), self._environment)
                self._leave_open(start, [piece for _, found in blocks[index:] for piece in found])
                return False
            elif start == begin:  # one block fills the window
                self._settle(pieces, start)
                self._start, self._joined = after, after == end
                return True
            else:
                self._start, self._prefix, self._joined = start, "", False
                return True
        if end < len(text) or fence:
            self._start = end
        return end < len(text)

    def _places(self, source: str, lines: list[int]) -> list[int]:
        """Where in the text these lines of source begin."""
        places, place, line = [], 0, 0
        for wanted in lines:
            for _ in range(wanted - line):
                place = source.find("\n", place) + 1
            line = wanted
            places.append(max(self._start, self._start + place - len(self._prefix)))
        return places

    def _certain_up_to(self, begin: int, end: int) -> int:
        """A block that ends up to here can no longer change: a whole line of another follows.

        A formula may yet turn out to be none, or to swallow what follows it up to a blank line;
        then the paragraph above it goes on.
        """
        stanza = begin
        for gap in _PARAGRAPH_END.finditer(self.text, begin, end):
            stanza = gap.end()
        formula = _FORMULA_AHEAD.search(self.text, stanza, end)
        line = self.text.rfind("\n", begin, end)
        return min(line, max(stanza, formula.start() - 1)) if formula else line

    def _leave_open(self, start: int, pieces: list[Piece]) -> None:
        if start > self._start:
            self._start, self._prefix, self._joined = start, "", False
        self.open, self._open_at = self._marked(pieces), start

    def _cut(self, start: int, cut: int) -> None:
        """Settle the block that begins at start only up to cut; what follows is joined to it."""
        prefix = self._prefix if start == self._start else ""
        source = prefix + self.text[start:cut]
        pieces = [piece for _, found in parse(source, self._environment) for piece in found]
        if start > self._start:
            self._joined = False
        self._settle(pieces, start)
        self._start, self._joined = cut, True
        heading = source[: source.find("\n", source.find("\n") + 1) + 1]
        if pieces and isinstance(pieces[-1], Table) and 0 < len(heading) < HEADING:
            self._prefix = heading

    def _settle(self, pieces: list[Piece], start: int) -> None:
        self._add(self._marked(pieces), start)
        self._prefix, self._joined = "", False

    def _add(self, pieces: list[Piece], start: int) -> None:
        self.settled += pieces
        self._begins += [start] * len(pieces)

    def _marked(self, pieces: list[Piece]) -> list[Piece]:
        if self._joined and pieces and isinstance(pieces[0], Prose | Code | Table):
            return [replace(pieces[0], joined=True), *pieces[1:]]
        return pieces
