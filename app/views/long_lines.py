"""A field for plain text that stays fast when someone pastes a megabyte without a line break.

Qt lays out a line anew at every keystroke, and a million letters without a space take it minutes.
So a long line is kept as several blocks, all but the first marked as going on with the one before.
"""

from itertools import groupby

from PySide6.QtCore import QMimeData
from PySide6.QtGui import QTextBlock, QTextBlockFormat, QTextCursor, QTextFormat
from PySide6.QtWidgets import QPlainTextEdit, QWidget

LONGEST = 2000  # letters in one block
GOES_ON = QTextFormat.Property.UserProperty + 1  # a property, because undo brings it back


class LongLines(QPlainTextEdit):
    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._split = False  # whether any line was ever kept as several blocks

    def text(self) -> str:
        """All that is written, with the line breaks of the person and no others."""
        if not self._split:
            return self.toPlainText()
        return self._joined(0, self.document().characterCount() - 1)

    def set_text(self, text: str) -> None:
        """Begin anew with text; nothing before can be undone."""
        self.setPlainText("")
        self._split = False
        self.insert(text)
        self.document().clearUndoRedoStacks()

    def insert(self, text: str) -> None:
        """Put text where the cursor is, in place of what is selected."""
        cursor = self.textCursor()
        cursor.beginEditBlock()
        cursor.removeSelectedText()
        lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        short = max(map(len, lines)) + cursor.block().length() <= LONGEST
        if short and not goes_on(cursor.block()):
            cursor.insertText("\n".join(lines))
        else:
            self._insert_lines(cursor, lines)
        cursor.endEditBlock()
        self.setTextCursor(cursor)
        self.ensureCursorVisible()

    def _insert_lines(self, cursor: QTextCursor, lines: list[str]) -> None:
        """Long lines become several blocks; short ones between them go in together."""
        self._split = True
        begun = False
        for long, run in groupby(lines, key=lambda line: len(line) > LONGEST):
            for line in run if long else ["\n".join(run)]:
                if begun:
                    cursor.insertBlock(QTextBlockFormat())
                begun = True
                self._insert_long(cursor, line) if long else self._insert_short(cursor, line)

    def _insert_long(self, cursor: QTextCursor, line: str) -> None:
        for start in range(0, len(line), LONGEST):
            if start or cursor.block().length() > LONGEST:
                cursor.insertBlock(continued())
            cursor.insertText(line[start : start + LONGEST])

    def _insert_short(self, cursor: QTextCursor, text: str) -> None:
        first, newline, rest = text.partition("\n")
        if len(first) + cursor.block().length() > LONGEST:
            cursor.insertBlock(continued())
        cursor.insertText(first)
        if newline:
            cursor.insertBlock(QTextBlockFormat())  # would else be marked like the block it is in
            cursor.insertText(rest)

    def insertFromMimeData(self, source: QMimeData) -> None:
        self.insert(source.text())

    def createMimeDataFromSelection(self) -> QMimeData:
        cursor, copied = self.textCursor(), QMimeData()
        copied.setText(self._joined(cursor.selectionStart(), cursor.selectionEnd()))
        return copied

    def _joined(self, start: int, end: int) -> str:
        """What stands from start to end, counted in Qt's positions (UTF-16)."""
        parts: list[str] = []
        block: QTextBlock = self.document().findBlock(start)
        while block.isValid() and block.position() <= end:
            if parts and not goes_on(block):
                parts.append("\n")
            parts.append(_piece(block, start, end))
            block = block.next()
        return "".join(parts).replace("\u2028", "\n")


def goes_on(block: QTextBlock) -> bool:
    return bool(block.blockFormat().property(GOES_ON))


def continued() -> QTextBlockFormat:
    made = QTextBlockFormat()
    made.setProperty(GOES_ON, True)
    return made


def _piece(block: QTextBlock, start: int, end: int) -> str:
    text, first = block.text(), block.position()
    if start <= first and end >= first + block.length() - 1:
        return text
    units = text.encode("utf-16-le", "surrogatepass")
    cut = units[2 * max(0, start - first) : 2 * max(0, end - first)]
    return cut.decode("utf-16-le", "surrogatepass")
