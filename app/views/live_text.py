"""Words of someone who speaks, shown where the cursor is and not yet part of the text.

They stand where an input method shows a word that is not finished: undo, copying and the draft
know nothing of them.
"""

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QColor, QInputMethodEvent, QTextBlock, QTextCharFormat
from PySide6.QtWidgets import QPlainTextEdit

from app.views import style
from app.views.message_edit import MessageEdit

CLOSING = ".,;:!?)]}”’»…"  # noqa: RUF001  no space stands before these


class LiveText(QObject):
    def __init__(self, edit: MessageEdit) -> None:
        super().__init__(edit)
        self._edit = edit
        self._sure = self._maybe = ""
        self._block: QTextBlock | None = None  # that shows the words
        self._invitation = edit.placeholderText()
        self._drawing = False
        edit.cursorPositionChanged.connect(self._draw)

    @property
    def text(self) -> str:
        return f"{self._sure} {self._maybe}".strip()

    def invite(self, words: str) -> None:
        """What an empty message says, while nobody speaks."""
        self._invitation = words
        self._edit.setPlaceholderText("" if self.text else words)

    def show(self, sure: str, maybe: str) -> None:
        """sure stays as it is; maybe may change, and is drawn softer."""
        self._sure, self._maybe = sure, maybe
        self._draw()

    def write(self, text: str) -> None:
        """Make text part of the message, where the cursor is; one step for undo."""
        self._sure = self._maybe = ""
        self._draw()
        self._edit.insert(self._spaced(text))

    @Slot()
    def _draw(self) -> None:
        if self._drawing or self._edit.composing:
            return
        self._drawing = True
        block = self._edit.textCursor().block()
        if self._block and self._block.isValid() and self._block != block:
            self._wipe(self._block)
        self._block = block if self.text else None
        sure, maybe = self._spaced(self._sure), self._maybe
        if sure and maybe:
            sure += " "
        elif maybe:
            maybe = self._spaced(maybe)
        self.invite(self._invitation)
        self._tell(sure, maybe)
        self._drawing = False

    def _tell(self, sure: str, maybe: str) -> None:
        theme, kinds = style.current(), QInputMethodEvent.AttributeType
        shown, about = sure + maybe, []
        if shown:
            for start, part, color in ((0, sure, theme.text), (len(sure), maybe, theme.muted)):
                form = QTextCharFormat()
                form.setForeground(QColor(color))
                kind = kinds.TextFormat
                about.append(QInputMethodEvent.Attribute(kind, start, len(part), form))
            about.append(QInputMethodEvent.Attribute(kinds.Cursor, len(shown), 0))
        elif not self._edit.textCursor().block().layout().preeditAreaText():
            return
        QPlainTextEdit.inputMethodEvent(self._edit, QInputMethodEvent(shown, about))
        self._edit.ensureCursorVisible()

    def _wipe(self, block: QTextBlock) -> None:
        block.layout().setPreeditArea(-1, "")
        block.layout().clearFormats()
        self._edit.document().markContentsDirty(block.position(), block.length())

    def _spaced(self, text: str) -> str:
        """text with the spaces it needs between what stands before and after the cursor."""
        if not text:
            return ""
        cursor = self._edit.textCursor()
        start, end = cursor.selectionStart(), cursor.selectionEnd()
        document = cursor.document()
        before, after = document.characterAt(start - 1), document.characterAt(end)
        lead = " " if start and not before.isspace() and text[0] not in CLOSING else ""
        ends = after in ("", "\0") or after.isspace() or after in CLOSING
        return lead + text + ("" if ends else " ")
