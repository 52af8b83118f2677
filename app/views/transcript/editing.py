"""Where the editor stands while a turn is edited in its place."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from app.views.transcript.editor import EditorBox, TurnEditor
from app.views.transcript.row import Row

if TYPE_CHECKING:
    from app.views.transcript.view import Transcript


class Editing(QObject):
    def __init__(self, transcript: "Transcript") -> None:
        super().__init__(transcript)
        self._transcript = transcript
        self._editor: TurnEditor | None = None
        self._box: EditorBox | None = None
        self._number = -1

    def begin(self, number: int, text: str = "") -> None:
        self.leave()
        page = self._transcript
        turn = page.stack.rows[number].turn
        editor = TurnEditor(text or turn.text, page.kit.style, page.viewport())
        self._editor, self._box, self._number = editor, EditorBox(editor), number
        editor.saved.connect(self._save)
        editor.left.connect(self.leave)
        editor.grown.connect(self._grow)
        page.stack.boxes(number)
        page.change(number, self._put_in)
        page.stack.bring(number, 0, 0, editor.height_wanted)
        page.settle()
        editor.show()
        editor.field.setFocus()

    @Slot()
    def leave(self) -> None:
        """Close the editor; what was written in it is gone."""
        editor, number = self._editor, self._number
        if editor is None:
            return
        self._editor, self._box, self._number = None, None, -1
        focused = editor.isAncestorOf(editor.window().focusWidget() or editor)
        editor.hide()
        editor.deleteLater()
        page = self._transcript
        if number < len(page.stack.rows):
            page.change(number, self._take_out)
        if focused:
            page.setFocus()

    def follow(self) -> None:
        """Stand over the box in the row, wherever it is now."""
        if self._editor is None or self._box is None:
            return
        page = self._transcript
        for shown in page.stack.shown:
            if shown.box is self._box:
                self._editor.setGeometry(
                    page.column.x(), shown.y, page.column.width(), self._box.height
                )
                self._editor.raise_()
                return
        self._editor.move(0, -2 * self._editor.height())  # out of view, and still with the focus

    def restyle(self) -> None:
        if self._editor:
            self._editor.restyle(self._transcript.kit.style)

    @Slot(str)
    def _save(self, text: str) -> None:
        key = self._transcript.stack.rows[self._number].turn.key
        self.leave()
        self._transcript.edited.emit(key, text)

    @Slot()
    def _grow(self) -> None:
        if self._box:
            self._box.width = -1
            self._transcript.settle()
            self._transcript.viewport().update()

    def _put_in(self, row: Row) -> None:
        row.place_editor(self._box, self._transcript.kit, self._transcript.stack.width)

    def _take_out(self, row: Row) -> None:
        row.place_editor(None, self._transcript.kit, self._transcript.stack.width)
