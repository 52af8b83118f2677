"""The left side: a new conversation, the search, the list, and the ways to everything else."""

from PySide6.QtCore import QEvent, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QFrame, QWidget

from app.controllers.history import HistoryController
from app.controllers.shown import ShownConversation
from app.views.badge import Badge
from app.views.controls import Button, IconButton, column, label, row
from app.views.conversation_list import ConversationList
from app.views.conversation_rows import ConversationRows
from app.views.notice import NoticeCard
from app.views.search_field import SearchField

WIDTH = 272
SEARCH_MS = 150


class Sidebar(QFrame):
    new_asked = Signal()
    open_asked = Signal(int)
    shelf_asked = Signal()
    variants_asked = Signal()
    preferences_asked = Signal()
    shortcuts_asked = Signal()
    menu_asked = Signal()
    collapse_asked = Signal()

    def __init__(self, history: HistoryController, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("sidebar")
        self.setFixedWidth(WIDTH)
        self._history = history
        self.menu = IconButton("menu", "Menu", "F10")
        self.collapse = IconButton("panel-left", "Hide the sidebar", "Ctrl+B")
        self.new = Button("New conversation", picture="plus")
        self.search = SearchField("Search conversations", "Ctrl K")
        self.rows = ConversationRows()
        self.list = ConversationList(self.rows)
        self.empty = label("", "caption", wrap=True)
        self.notices = NoticeCard(narrow=True)
        self.shelf = Button("Models", "quiet", "shelf")
        self.variants = Button("Variants", "quiet", "shapes")
        self.preferences = Button("Preferences", "quiet", "settings")
        self.shortcuts = IconButton("keyboard", "Shortcuts", "Ctrl+/")
        self._pause = QTimer(self, singleShot=True, interval=SEARCH_MS)
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        head = row(Badge(32), label("Parley", "brand"), None, self.menu, self.collapse, gap=4)
        head.insertSpacing(1, 6)
        last = row(self.preferences, None, self.shortcuts)
        foot = column(row(self.shelf, None), row(self.variants, None), last, gap=0)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        self.empty.setContentsMargins(16, 24, 16, 0)
        self.empty.hide()
        top = column(head, 4, self.new, self.search, gap=8, margins=(4, 0, 4, 0))
        whole = column(top, self.empty, self.list, self.notices, foot, margins=(8, 10, 8, 8))
        whole.setStretchFactor(self.list, 1)
        whole.setStretchFactor(self.empty, 1)
        self.setLayout(whole)

    def _connect(self) -> None:
        history = self._history
        self.new.clicked.connect(self.new_asked)
        self.menu.clicked.connect(self.menu_asked)
        self.collapse.clicked.connect(self.collapse_asked)
        self.shelf.clicked.connect(self.shelf_asked)
        self.variants.clicked.connect(self.variants_asked)
        self.preferences.clicked.connect(self.preferences_asked)
        self.shortcuts.clicked.connect(self.shortcuts_asked)
        self.list.opened.connect(self.open_asked)
        self.list.pin_asked.connect(history.pin)
        self.list.delete_asked.connect(history.delete)
        self.rows.renamed.connect(history.rename)
        self.rows.more_asked.connect(history.more, Qt.ConnectionType.QueuedConnection)
        self.search.textChanged.connect(self._on_search_text)
        self.search.down.connect(self._enter_list)
        self.search.returnPressed.connect(self._enter_list)
        self._pause.timeout.connect(self._search)
        history.changed.connect(self._show)
        history.current_changed.connect(self.list.show_open)

    @Slot(object)
    def _show(self, conversations: list[ShownConversation]) -> None:
        self.rows.replace(conversations)
        looking = bool(self.search.text().strip())
        words = "No conversation has these words." if looking else "Your conversations stand here."
        self.empty.setText("" if conversations else words)
        self.empty.setVisible(not conversations)
        self.list.setVisible(bool(conversations))

    @Slot(str)
    def _on_search_text(self, _text: str) -> None:
        self._pause.start()

    @Slot()
    def _search(self) -> None:
        self._history.search(self.search.text())

    @Slot()
    def _enter_list(self) -> None:
        self._pause.stop()
        self._search()
        if self.rows.rowCount():
            self.list.setFocus()
            if not self.list.chosen:
                self.list.setCurrentIndex(self.rows.index(1))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.list.viewport().update()
