"""Keys, the mouse and the menu over the conversation."""

from functools import partial

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt, Signal, Slot
from PySide6.QtGui import (
    QAccessible,
    QContextMenuEvent,
    QEnterEvent,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
)
from PySide6.QtWidgets import QMenu, QWidget

from app.controllers.shown import ShownAttachment, ShownPicture
from app.views.attachments.groups import title_of
from app.views.theme import Theme
from app.views.transcript import accessible
from app.views.transcript.attached import AttachedBox
from app.views.transcript.code import CodeBox
from app.views.transcript.handles import Handle
from app.views.transcript.page import STEP, Page
from app.views.transcript.pictures import PictureBox
from app.views.transcript.pointer import Pointer
from app.views.transcript.row import Row

_PICTURE_MENU = (
    ("Open the picture", "open_picture"),
    ("Save the picture as…", "save_picture"),
    ("Copy the picture", "copy_picture"),
)


class InteractivePage(Page):
    copy_asked = Signal(int)
    regenerate_asked = Signal(int)
    delete_asked = Signal(int)
    version_asked = Signal(int, int)  # key, -1 or +1
    link_asked = Signal(str)
    read_asked = Signal(int)  # read a turn out, or stop when it is being read
    sound_asked = Signal(int)  # save a turn as a sound file
    hear_asked = Signal(int)  # play what the person said, or stop playing it
    transcribe_asked = Signal(int)  # hear it once more, for other words
    details_asked = Signal(int)
    error_details_asked = Signal(int)
    question_answered = Signal(str, str)  # key of the call, choice
    attached_opened = Signal(int, str)  # key of the turn, key of what is attached
    picture_opened = Signal(str)  # its file
    picture_copy_asked = Signal(str)
    picture_save_asked = Signal(str, str)  # its file and its title

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self.hovered_link = ""
        self._pointer = Pointer(self)
        self._unfolding: object = None

    # clicks on controls

    def use(self, handle: Handle) -> None:
        control, key = handle.control, handle.turn
        number = self.row_of(key)
        if control is None or number < 0:
            return
        asks = {
            "copy": self.copy_asked,
            "regenerate": self.regenerate_asked,
            "retry": self.regenerate_asked,
            "delete": self.delete_asked,
            "read_aloud": self.read_asked,
            "stop_reading": self.read_asked,
            "hear": self.hear_asked,
            "transcribe": self.transcribe_asked,
            "details": self.details_asked,
            "error_details": self.error_details_asked,
        }
        if control.name in asks:
            asks[control.name].emit(key)
            return
        match control.name:
            case "version":
                self.version_asked.emit(key, control.value)
            case "link":
                self.follow_link(str(control.value))
            case "edit":
                self.edit(key)
            case "open_attached":
                self.attached_opened.emit(key, control.value)
            case "more":
                self.change(number, self._show_more)
            case "answer" if isinstance(control.value, tuple):
                self.question_answered.emit(*control.value)
            case name if isinstance(control.value, ShownPicture):
                self._use_picture(name, control.value)
            case "fold_thought" | "fold_tool" | "fold_question" | "fold_found":
                self._unfolding = "thought" if control.value is None else control.value
                self.change(number, self._unfold)
            case "copy_code" if isinstance(control.value, CodeBox):
                code = self.stack.rows[number].code_of(control.value)
                QGuiApplication.clipboard().setText(code)

    def _use_picture(self, name: str, picture: ShownPicture) -> None:
        match name:
            case "open_picture":
                self.picture_opened.emit(picture.path)
            case "copy_picture":
                self.picture_copy_asked.emit(picture.path)
            case "save_picture":
                self.picture_save_asked.emit(picture.path, picture.title)

    def edit(self, key: int, text: str = "") -> None:
        raise NotImplementedError

    def follow_link(self, link: str) -> None:
        """Into a film of the conversation, or outside."""
        if frame := self.kit.times.frame(link):
            self.attached_opened.emit(*frame)
        else:
            self.link_asked.emit(link)

    def _show_more(self, row: Row) -> None:
        row.show_more(self.kit, self.stack.width)

    def _unfold(self, row: Row) -> None:
        row.unfold(self._unfolding, self.kit, self.stack.width)

    # keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif event.matches(QKeySequence.StandardKey.SelectAll):
            self.select_all()
        elif event.modifiers() & Qt.KeyboardModifier.ControlModifier and event.key() in (
            Qt.Key.Key_Up,
            Qt.Key.Key_Down,
        ):
            self.move_current(-1 if event.key() == Qt.Key.Key_Up else 1)
        elif not self._scroll_by_key(event.key()):
            super().keyPressEvent(event)

    def _scroll_by_key(self, key: int) -> bool:
        page = self.stack.view - STEP
        steps = {
            Qt.Key.Key_Up: -STEP,
            Qt.Key.Key_Down: STEP,
            Qt.Key.Key_PageUp: -page,
            Qt.Key.Key_PageDown: page,
            Qt.Key.Key_Space: page,
        }
        if key in steps:
            self.scroll_by(steps[Qt.Key(key)])
        elif key == Qt.Key.Key_Home:
            self.stack.scroll_to(0)
            self.scroll_by(0)
        elif key == Qt.Key.Key_End:
            self.jump_to_end()
        else:
            return False
        return True

    def move_current(self, way: int) -> None:
        """Make the turn above or below the current one."""
        if not self.stack.rows:
            return
        self.focus_shown = True
        at = self.current if self.current >= 0 else len(self.stack.rows)
        self.current = max(0, min(len(self.stack.rows) - 1, at + way))
        self.stack.bring(self.current, 0, 0, 40)
        accessible.tell(self, QAccessible.Event.Focus, self.current)
        self.settle()
        self.viewport().update()

    @Slot()
    def copy(self) -> None:
        if text := self.selection.text():
            QGuiApplication.clipboard().setText(text)

    @Slot()
    def copy_markdown(self) -> None:
        """The turns of the selection as written; without one, the current turn."""
        text = self.selection.markdown()
        if not text and 0 <= self.current < len(self.stack.rows):
            text = self.stack.rows[self.current].turn.text
        if text:
            QGuiApplication.clipboard().setText(text)

    @Slot()
    def select_all(self) -> None:
        self.selection.select_all()
        self.viewport().update()

    # the mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._pointer.press(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._pointer.move(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._pointer.release(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self._pointer.double(event)

    def leaveEvent(self, event: QEvent | QEnterEvent) -> None:
        super().leaveEvent(event)
        self._pointer.leave()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        place, picture, number = event.pos(), None, self.current
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            place = QPoint(self.column.x(), self.viewport().height() // 2)
        else:
            self._pointer.point_at(place)
            picture = self._picture_at(place)
            shown = self.shown_at(place.y())
            number = shown.row if shown else -1
        menu = self.make_menu(picture, number, self._attached_at(place))
        menu.popup(self.viewport().mapToGlobal(place))

    def _picture_at(self, place: QPoint) -> ShownPicture | None:
        shown = self.shown_at(place.y())
        if shown and isinstance(shown.box, PictureBox):
            inside = self.inside(shown, QPointF(place)).toPoint()
            return shown.box.picture if shown.box.area.contains(inside) else None
        return None

    def _attached_at(self, place: QPoint) -> ShownAttachment | None:
        shown = self.shown_at(place.y())
        if shown and isinstance(shown.box, AttachedBox):
            return shown.box.under(self.inside(shown, QPointF(place)).toPoint())
        return None

    def make_menu(
        self,
        picture: ShownPicture | None = None,
        number: int = -1,
        attached: ShownAttachment | None = None,
    ) -> QMenu:
        """number is of the turn it is opened over."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if picture:
            for words, name in _PICTURE_MENU:
                menu.addAction(words, partial(self._use_picture, name, picture))
            menu.addSeparator()
        if attached and 0 <= number < len(self.stack.rows):
            self._add_attached(menu, self.stack.rows[number].turn.key, attached)
        copy = menu.addAction("Copy", self.copy)
        copy.setShortcut(QKeySequence(QKeySequence.StandardKey.Copy))
        copy.setEnabled(self.selection.ends is not None)
        menu.addAction("Copy as Markdown", self.copy_markdown)
        if 0 <= number < len(self.stack.rows):
            self._add_sound(menu, self.stack.rows[number])
        menu.addSeparator()
        everything = menu.addAction("Select all", self.select_all)
        everything.setShortcut(QKeySequence(QKeySequence.StandardKey.SelectAll))
        return menu

    def _add_attached(self, menu: QMenu, turn: int, one: ShownAttachment) -> None:
        menu.addAction("Look closer", partial(self.attached_opened.emit, turn, one.key))
        if one.preview:
            copies = partial(self.picture_copy_asked.emit, one.preview)
            saves = partial(self.picture_save_asked.emit, one.preview, title_of(one))
            menu.addAction("Copy the picture", copies)
            menu.addAction("Save the picture as…", saves)
        menu.addSeparator()

    def _add_sound(self, menu: QMenu, row: Row) -> None:
        """A turn can be heard, and kept as sound."""
        if row.turn.text.strip() and not row.growing:
            menu.addSeparator()
            key = row.turn.key
            words = "Stop reading" if row.aloud else "Read aloud"
            menu.addAction(words, partial(self.read_asked.emit, key))
            menu.addAction("Save as a sound file…", partial(self.sound_asked.emit, key))
