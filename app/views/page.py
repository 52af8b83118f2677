"""A page beside the conversation: a head with the way back, and a column that scrolls."""

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtWidgets import QBoxLayout, QFrame, QScrollArea, QWidget

from app.views.controls import IconButton, column, label, row
from app.views.notice import NoticeCard

WIDEST = 720


class Page(QWidget):
    left = Signal()  # back to the conversation
    sidebar_asked = Signal()

    def __init__(self, title: str, inside: QWidget, beside: QWidget | None = None) -> None:
        super().__init__()
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName(title)
        self.sidebar = IconButton("panel-left", "Show the sidebar", "Ctrl+B")
        self.back = IconButton("arrow-left", "Back to the conversation", "Esc")
        self.notices = NoticeCard()
        head = QFrame()
        head.setObjectName("head")
        head.setFixedHeight(56)
        self.title = label(title, "title")
        parts = (self.sidebar, self.back, 8, self.title, None)
        head.setLayout(row(*parts, *([beside] if beside else []), margins=(12, 0, 12, 0), gap=4))
        foot = row(None, self.notices, None, margins=(24, 0, 24, 0))
        foot.setStretch(1, 1000)
        self.notices.setMaximumWidth(WIDEST)
        self.notices.setProperty("place", "page")
        self.area = scrolled(inside)
        whole = column(head, self.area, foot, gap=0)
        whole.setStretch(1, 1)
        self.setLayout(whole)
        self.back.clicked.connect(self.left)
        self.sidebar.clicked.connect(self.sidebar_asked)

    def enter(self) -> None:
        """The page was opened: take the keyboard."""
        self.back.setFocus()


class InLine(QObject):
    """Keeps what stands above an area in line with what scrolls in it, whose bar takes room."""

    def __init__(self, above: QBoxLayout, area: QScrollArea) -> None:
        super().__init__(area)
        self._above, self._bar = above, area.verticalScrollBar()
        self._bar.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Show, QEvent.Type.Hide):
            right = 24 + (self._bar.width() if event.type() == QEvent.Type.Show else 0)
            self._above.setContentsMargins(24, 16, right, 4)
        return super().eventFilter(watched, event)


def scrolled(inside: QWidget) -> QScrollArea:
    """A column of readable width in the middle, that scrolls."""
    inside.setMaximumWidth(WIDEST)
    body = QWidget()
    body.setObjectName("body")
    line = row(None, inside, None, margins=(24, 24, 24, 24))
    line.setStretch(1, 1000)
    body.setLayout(column(line, None, gap=0))
    area = QScrollArea()
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setWidgetResizable(True)
    area.setWidget(body)
    return area
