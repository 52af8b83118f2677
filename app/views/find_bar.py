"""Find in a text: the words, which of how many, and the way to the next."""

from typing import Protocol

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QWidget

from app.views.controls import IconButton, label, row
from app.views.search_field import SearchField

PAUSE_MS = 120


class Searched(Protocol):
    """What is looked through: the conversation, or the text of a sound file."""

    def selected_text(self) -> str: ...

    def find(self, text: str, /) -> int:
        """How often text occurs; the first is shown."""
        ...

    def find_step(self, way: int, /) -> int:
        """Show another match, 1 or -1 further. Its number, from 1."""
        ...

    def clear_find(self) -> None: ...


class FindBar(QFrame):
    closed = Signal()

    def __init__(
        self,
        transcript: Searched,
        words: str = "Find in this conversation",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("find")
        self._transcript = transcript
        self._sought, self._found, self._at = "", 0, 0
        self.field = SearchField(words, clears=False)
        self.field.setFixedWidth(320)
        self.count = label("", "second")
        self.count.setMinimumWidth(80)
        self.before = IconButton("chevron-up", "Earlier match", "Shift+Enter", 32)
        self.after = IconButton("chevron-down", "Later match", "Enter", 32)
        self.close_button = IconButton("x", "Close", "Esc", 32)
        parts = (self.field, self.count, self.before, self.after, None, self.close_button)
        self.setLayout(row(*parts, margins=(20, 8, 12, 8), gap=8))
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._pause.timeout.connect(self.look)
        self.field.textChanged.connect(self._on_text)
        self.before.clicked.connect(self._back)
        self.after.clicked.connect(self._on)
        self.close_button.clicked.connect(self.close_bar)
        self.hide()

    def open_bar(self) -> None:
        """Show the bar and look for what is selected, if anything is."""
        selected = self._transcript.selected_text()
        if selected and "\n" not in selected:
            self.field.setText(selected)
        self.show()
        self.field.setFocus()
        self.field.selectAll()
        self.look()

    @Slot()
    def close_bar(self) -> None:
        if not self.isHidden():
            self.hide()
            self._transcript.clear_find()
            self._sought = ""
            self.closed.emit()

    @Slot()
    def look(self) -> None:
        """Look for the words in the field anew."""
        self._pause.stop()
        text = self.field.text()
        if text != self._sought:
            self._sought = text
            self._found = self._transcript.find(text) if text else 0
            self._at = min(1, self._found)
            if not text:
                self._transcript.clear_find()
        self._show_count()

    @Slot()
    def forget(self) -> None:
        """The conversation grew or shrank: the next step looks anew, and nothing moves now."""
        self._sought = ""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close_bar()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            back = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
            self._back() if back else self._on()
        else:
            super().keyPressEvent(event)

    @Slot(str)
    def _on_text(self, _text: str) -> None:
        self._pause.start()

    @Slot()
    def _on(self) -> None:
        self._step(1)

    @Slot()
    def _back(self) -> None:
        self._step(-1)

    def _step(self, step: int) -> None:
        if self.field.text() != self._sought:  # Enter before the pause: this is the first match
            self.look()
        elif self._found:
            self._at = self._transcript.find_step(step)
            self._show_count()

    def _show_count(self) -> None:
        some = f"{self._at} of {self._found:,}" if self._found else "No matches"
        self.count.setText(some if self._sought else "")
        for button in (self.before, self.after):
            button.setEnabled(self._found > 0)
