"""Editing what was said, in its place: a field, Save and Cancel."""

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QPalette, QTextCursor
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QPlainTextEdit,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from app.views.transcript.box import Box, Canvas
from app.views.transcript.style import Style

LEAST_LINES, MOST_LINES = 1, 12
HINT = "Saving asks again from here; what followed stays as another version."


class EditorField(QPlainTextEdit):
    saved = Signal()
    left = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enter and not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.saved.emit()
        elif event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)


class TurnEditor(QFrame):
    """Stands over an EditorBox, which keeps its room in the row."""

    saved = Signal(str)
    left = Signal()
    grown = Signal()

    def __init__(self, text: str, style: Style, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("turn-editor")
        self.field = EditorField()
        self.field.setPlainText(text)
        self.field.moveCursor(QTextCursor.MoveOperation.End)
        self.field.setAccessibleName("Edit what you said")
        self.field.setFrameShape(QFrame.Shape.NoFrame)
        self.field.setTabChangesFocus(True)
        self.field.setFont(style.body)
        self.field.document().setDocumentMargin(2)
        self.save_button = QPushButton("Save and ask again")
        self.save_button.setProperty("kind", "primary")
        self.cancel_button = QPushButton("Cancel")
        self._arrange()
        self.restyle(style)
        self.field.saved.connect(self._save)
        self.field.left.connect(self.left)
        self.save_button.clicked.connect(self._save)
        self.cancel_button.clicked.connect(self.left)
        self.field.textChanged.connect(self._on_text)
        self._on_text()

    def _arrange(self) -> None:
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        for button in (self.cancel_button, self.save_button):
            button.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
            button.setMinimumHeight(34)
            buttons.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 12, 12, 12)
        layout.setSpacing(8)
        layout.addWidget(self.field)
        layout.addLayout(buttons)
        self.setTabOrder(self.field, self.save_button)
        self.setTabOrder(self.save_button, self.cancel_button)

    def restyle(self, style: Style) -> None:
        theme = style.theme
        palette = self.field.palette()
        palette.setColor(QPalette.ColorRole.Base, style.color("bubble"))
        palette.setColor(QPalette.ColorRole.Text, style.color("text"))
        self.field.setPalette(palette)
        self.setStyleSheet(
            f"#turn-editor {{ background: {theme.bubble}; border: 2px solid {theme.accent};"
            f" border-radius: 18px; }} #turn-editor QPlainTextEdit {{ background: transparent;"
            f" border: 0; font-size: {style.px}px; }}"
        )

    @Slot()
    def _on_text(self) -> None:
        """Grow and shrink with the text."""
        self.save_button.setEnabled(bool(self.field.toPlainText().strip()))
        before = self.height_wanted
        lines = max(LEAST_LINES, min(MOST_LINES, round(self.field.document().size().height())))
        self.field.setFixedHeight(lines * self.field.fontMetrics().lineSpacing() + 8)
        if self.height_wanted != before:
            self.grown.emit()

    @property
    def height_wanted(self) -> int:
        return self.field.maximumHeight() + 12 + 8 + 34 + 12

    @Slot()
    def _save(self) -> None:
        if text := self.field.toPlainText().strip():
            self.saved.emit(text)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange and hasattr(self, "field"):
            self._on_text()


class EditorBox(Box):
    """The room the editor takes."""

    def __init__(self, editor: TurnEditor) -> None:
        super().__init__(0)
        self.editor = editor

    def lay_out(self, style: Style, width: int) -> None:
        self.width, self.height = width, self.editor.height_wanted

    def paint(self, canvas: Canvas) -> None:
        return None
