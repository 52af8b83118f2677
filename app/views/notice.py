"""Notices: a sentence about what happened, where it happened, with one thing to do about it."""

from PySide6.QtCore import QEvent, QTimer, Signal, Slot
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QEnterEvent, QGuiApplication
from PySide6.QtWidgets import QFrame, QLabel, QWidget

from app.controllers.shown import Notice
from app.views import icons, style
from app.views.controls import THEME_EVENT, Button, IconButton, column, label, row

SHOWN_MS = 8_000
PICTURES = {"info": "info", "error": "circle-alert", "reminder": "bell"}


def announce(widget: QWidget, text: str, urgent: bool = False) -> None:
    """Have a screen reader say text, at once if it is urgent."""
    event = QAccessibleAnnouncementEvent(widget, text)
    kind = QAccessible.AnnouncementPoliteness
    event.setPoliteness(kind.Assertive if urgent else kind.Polite)
    QAccessible.updateAccessibility(event)


class NoticeCard(QFrame):
    """Shows the newest notice; information goes by itself unless the mouse is on it."""

    action_asked = Signal(str)  # the words on the button

    def __init__(self, narrow: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("notice")
        self._notice = Notice("")
        self._picture = QLabel(self)
        self._message, self._hint = label("", "strong", True), label("", "second", True)
        self.action, self.copy = Button("", "link"), Button("Copy details", "link")
        self.close_button = IconButton("x", "Close this notice", side=28, color="muted")
        self.timer = QTimer(self, singleShot=True, interval=SHOWN_MS)
        words = column(self._message, self._hint, gap=4)
        buttons = row(self.action, self.copy, None, gap=4)
        if narrow:
            top = row(words, self.close_button, gap=4)
            top.setStretch(0, 1)
            self.setLayout(column(top, buttons, margins=(14, 8, 8, 8), gap=4))
        else:
            line = row(self._picture, words, buttons, self.close_button, gap=12)
            line.setStretch(1, 1)
            line.setContentsMargins(16, 10, 10, 10)
            self.setLayout(line)
        self._picture.setVisible(not narrow)
        self.action.clicked.connect(self._act)
        self.copy.clicked.connect(self._copy_details)
        self.close_button.clicked.connect(self.hide)
        self.timer.timeout.connect(self.hide)
        self.hide()

    @property
    def message(self) -> str:
        """The sentence on screen, "" when there is none."""
        return self._notice.message if self.isVisible() else ""

    @Slot(object)
    def show_notice(self, notice: Notice) -> None:
        self._notice = notice
        self._message.setText(notice.message)
        for part, text in ((self._hint, notice.hint), (self.action, notice.action)):
            part.setText(text)
            part.setVisible(bool(text))
        self.action.setAccessibleName(notice.action)
        self.copy.setVisible(bool(notice.detail))
        self.copy.setText("Copy details")
        self._draw()
        self.show()
        stays = notice.kind != "info"
        self.timer.stop() if stays else self.timer.start()
        announce(self, f"{notice.message} {notice.hint}".strip(), urgent=stays)

    def enterEvent(self, event: QEnterEvent) -> None:
        self.timer.stop()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        if self._notice.kind == "info":
            self.timer.start()
        super().leaveEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == THEME_EVENT:
            self._draw()

    def _draw(self) -> None:
        theme, error = style.current(), self._notice.kind == "error"
        color = theme.danger if error else theme.muted
        name = PICTURES[self._notice.kind]
        self._picture.setPixmap(icons.pixmap(name, color, 20, self.devicePixelRatioF()))

    @Slot()
    def _act(self) -> None:
        self.hide()
        self.action_asked.emit(self._notice.action)

    @Slot()
    def _copy_details(self) -> None:
        about = (self._notice.message, self._notice.hint, self._notice.detail)
        QGuiApplication.clipboard().setText("\n".join(part for part in about if part))
        self.copy.setText("Copied")
