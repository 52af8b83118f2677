"""The pages of the window: the conversation, and beside it preferences, shortcuts, about."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QStackedWidget

from app.controllers.everyone import Controllers
from app.controllers.shown import Notice
from app.views.about import AboutPage
from app.views.chat import ChatPage
from app.views.help_page import HelpPage
from app.views.page import Page
from app.views.photos_page import PhotosPage
from app.views.preferences import PreferencesPage
from app.views.sent_page import SentPage
from app.views.server_page import ServerPage
from app.views.shelf_page import ShelfPage
from app.views.shortcuts import ShortcutsPage, shortcuts
from app.views.sound_files_page import SoundFilesPage
from app.views.tools_page import ToolsPage
from app.views.variants.desk import desk_of
from app.views.variants_page import VariantsPage
from app.views.voice_page import VoicePage


class Pages(QStackedWidget):
    action_asked = Signal(str)  # the words on a notice's button
    sidebar_asked = Signal()

    def __init__(self, chat: ChatPage) -> None:
        super().__init__()
        self.chat = chat
        self._made: dict[str, Page] = {}
        self._makers: dict[str, Callable[[], Page]] = {}
        self._sidebar_shown = True
        self.addWidget(chat)
        chat.action_asked.connect(self.action_asked)
        chat.head.sidebar.clicked.connect(self.sidebar_asked)

    def prepare(
        self,
        everyone: Controllers,
        actions: list[QAction],
        resources: Path,
    ) -> None:
        """Say how the other pages are made; that happens when they are first opened."""
        self._makers = {
            "preferences": lambda: self._preferences_page(everyone),
            "voice": lambda: VoicePage(everyone.voicing, everyone.preferences, shortcuts(actions)),
            "tools": lambda: ToolsPage(everyone),
            "sound files": lambda: SoundFilesPage(everyone.sound_files, everyone.preferences),
            "photos": lambda: PhotosPage(everyone.photos, everyone.extras),
            "shelf": lambda: ShelfPage(everyone.shelf),
            "variants": lambda: VariantsPage(desk_of(everyone)),
            "server": lambda: ServerPage(everyone.server, everyone.models),
            "sent": lambda: SentPage(everyone.seal),
            "shortcuts": lambda: ShortcutsPage(actions, everyone.preferences),
            "help": lambda: HelpPage(resources / "help"),
            "about": lambda: AboutPage(resources / "LICENSES.md"),
        }

    def _preferences_page(self, everyone: Controllers) -> PreferencesPage:
        page = PreferencesPage(
            *(everyone.preferences, everyone.extras, everyone.registering, everyone.shelf.token)
        )
        everyone.extras.notice.connect(page.notices.show_notice)
        page.voice_asked.connect(self.open_voice)
        return page

    @property
    def names(self) -> tuple[str, ...]:
        """Of the pages beside the conversation."""
        return tuple(self._makers)

    @property
    def on_chat(self) -> bool:
        return self.currentWidget() is self.chat

    def open_page(self, name: str) -> None:
        """Open a page, or go back to the conversation when it is open already."""
        if name not in self._made:
            page = self._made[name] = self._makers[name]()
            page.left.connect(self.open_chat)
            page.sidebar_asked.connect(self.sidebar_asked)
            page.notices.action_asked.connect(self.action_asked)
            page.sidebar.setVisible(not self._sidebar_shown)
            self.addWidget(page)
        page = self._made[name]
        if self.currentWidget() is page:
            self.open_chat()
        else:
            self.setCurrentWidget(page)
            page.enter()

    @Slot()
    def open_preferences(self) -> None:
        self.open_page("preferences")

    @Slot()
    def open_voice(self) -> None:
        self.open_page("voice")

    def show_voice(self) -> None:
        """Open it, and stay there when it is open already."""
        if self.currentWidget() is not self._made.get("voice"):
            self.open_page("voice")

    @Slot()
    def open_tools(self) -> None:
        self.open_page("tools")

    @Slot()
    def show_tools(self) -> None:
        """Also when it is open already."""
        if self.currentWidget() is not self._made.get("tools"):
            self.open_tools()

    @Slot()
    def open_sound_files(self) -> None:
        self.open_page("sound files")

    @Slot()
    def show_sound_files(self) -> None:
        """Also when it is open already."""
        if self.currentWidget() is not self._made.get("sound files"):
            self.open_sound_files()

    @Slot()
    def open_photos(self) -> None:
        self.open_page("photos")

    @Slot()
    def open_shelf(self) -> None:
        self.open_page("shelf")

    @Slot()
    def show_shelf(self) -> None:
        """Also when it is open already."""
        if self.currentWidget() is not self._made.get("shelf"):
            self.open_shelf()

    @Slot()
    def open_variants(self) -> None:
        self.open_page("variants")

    @Slot()
    def show_variants(self) -> None:
        """Also when it is open already."""
        if self.currentWidget() is not self._made.get("variants"):
            self.open_variants()

    @Slot()
    def open_server(self) -> None:
        self.open_page("server")

    @Slot()
    def open_sent(self) -> None:
        self.open_page("sent")

    @Slot()
    def open_help(self) -> None:
        self.open_page("help")

    @Slot()
    def open_shortcuts(self) -> None:
        self.open_page("shortcuts")

    @Slot()
    def open_about(self) -> None:
        self.open_page("about")

    @Slot()
    def open_chat(self) -> None:
        self.setCurrentWidget(self.chat)
        self.chat.write()

    @Slot(object)
    def show_notice(self, notice: Notice) -> None:
        """On the page the person looks at, because there the action began."""
        page = self.currentWidget()
        assert isinstance(page, (ChatPage, Page))
        page.notices.show_notice(notice)

    @Slot(bool)
    def show_sidebar_button(self, sidebar_shown: bool) -> None:
        """Every head offers the sidebar while it is away."""
        self._sidebar_shown = sidebar_shown
        self.chat.head.sidebar.setVisible(not sidebar_shown)
        self.chat.head.new.setVisible(not sidebar_shown)
        for page in self._made.values():
            page.sidebar.setVisible(not sidebar_shown)
