"""The main window: sidebar, pages and status line, and the keys that lead to them."""

import base64
import binascii
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QByteArray, Qt, Slot
from PySide6.QtGui import QCloseEvent, QKeyEvent
from PySide6.QtWidgets import QFileDialog, QMainWindow, QWidget

from app.controllers.everyone import Controllers
from app.controllers.shelf import ShelfController
from app.controllers.shown import Notice
from app.views import icons
from app.views.actions import Actions
from app.views.answer_card import AnswerCard
from app.views.attachments.giving import DROPPED
from app.views.attachments.pasted import Given
from app.views.chat import ChatPage
from app.views.drop_veil import kind_of
from app.views.model_card import ModelCard
from app.views.pages import Pages
from app.views.photos_page import PhotosPage
from app.views.seal import SealCard
from app.views.shelf_page import ShelfPage
from app.views.shell import Shell
from app.views.sidebar import Sidebar
from app.views.sound_files_page import SoundFilesPage
from app.views.status import StatusBar
from app.views.variants.in_chat import InChat
from app.views.variants.taking_in import TakingIn
from app.views.variants_page import VariantsPage
from app.views.welcome import Welcome
from app.views.zoom import Zoom

USUAL_SIZE = (1200, 800)
SMALLEST = (720, 480)
UNDO = "Undo"  # what controllers write on the button of a notice about a deletion


class MainWindow(QMainWindow):
    def __init__(
        self,
        controllers: Controllers,
        resources: Path,
    ) -> None:
        super().__init__()
        chat, history, models = controllers.chat, controllers.history, controllers.models
        preferences, seal, undo = controllers.preferences, controllers.seal, controllers.undo
        self._chat, self._history, self._models, self._undo = chat, history, models, undo
        self._talk = controllers.talk
        self._voicing, self._shelf = controllers.voicing, controllers.shelf
        self._alt_alone = False
        self.setWindowIcon(icons.app_icon())
        self.setMinimumSize(*SMALLEST)
        self.resize(*USUAL_SIZE)
        self._speak, saving = controllers.speak, controllers.saving
        about = (chat, models, preferences, controllers.arrivals, controllers.attaching)
        self.page = ChatPage(*about, controllers.talk, self._speak, saving)
        self.pages = Pages(self.page)
        self.sidebar = Sidebar(history)
        self.status = StatusBar(models, seal)
        self.shell = Shell(self.sidebar, self.pages, self.status)
        self.setCentralWidget(self.shell)
        self.model_card = ModelCard(models, controllers.running, controllers.server, self)
        self.answer_card = AnswerCard(self)
        self.in_chat = InChat(controllers.variants, self.page, self)
        self.taking_in = TakingIn(controllers.variants, self)
        self.seal_card = SealCard(seal, self)
        self._zoom = Zoom(preferences, self)
        self.commands = Actions(self, self._verbs(), models, preferences, undo)
        shown = list(self.commands.by_name.values())
        self.pages.prepare(controllers, shown, resources)
        self._connect(controllers)
        self.page.write()

    def _verbs(self) -> dict[str, Callable[[], Any]]:
        """What each entry of actions.ENTRIES does."""
        return {
            "new": self.new,
            "open_model": self.choose_model,
            "attach": self.attach,
            "screenshot": self.take_screenshot,
            "sound_files": self.pages.open_sound_files,
            "photos": self.pages.open_photos,
            "shelf": self.pages.open_shelf,
            "variants": self.pages.open_variants,
            "switch_variant": self.switch_variant,
            "server": self.pages.open_server,
            "release": self._models.release,
            "sent": self.pages.open_sent,
            "seal": self.show_seal_card,
            "quit": self.close,
            "undo": self._undo.undo,
            "copy": self.page.copy_selection,
            "find": self.open_find,
            "read_aloud": self._speak.read_last_answer,
            "search": self.search,
            "preferences": self.pages.open_preferences,
            "tools": self.pages.open_tools,
            "voice": self.pages.open_voice,
            "zoom_in": self._zoom.larger,
            "zoom_out": self._zoom.smaller,
            "zoom_reset": self._zoom.usual,
            "sidebar": self.shell.toggle,
            "write": self.pages.open_chat,
            "model": self.show_model_card,
            "help": self.pages.open_help,
            "shortcuts": self.pages.open_shortcuts,
            "about": self.pages.open_about,
            "menu": self.show_menu,
        }

    def _connect(self, everyone: Controllers) -> None:
        side, page = self.sidebar, self.page
        side.new_asked.connect(self.new)
        side.open_asked.connect(self.open_conversation)
        side.shelf_asked.connect(self.pages.open_shelf)
        self.taking_in.taken.connect(self.pages.show_variants)
        self.taking_in.notice.connect(self.pages.show_notice)
        side.variants_asked.connect(self.pages.open_variants)
        self.in_chat.panel.all_asked.connect(self.pages.open_variants)
        side.preferences_asked.connect(self.pages.open_preferences)
        side.shortcuts_asked.connect(self.pages.open_shortcuts)
        side.menu_asked.connect(self.show_menu)
        side.collapse_asked.connect(self.shell.toggle)
        side.notices.action_asked.connect(self.act)
        page.head.new.clicked.connect(self.new)
        page.head.model.asked.connect(self.model_card.open_at)
        page.details_asked.connect(self.show_details)
        self.status.model_asked.connect(self.model_card.open_at)
        self.status.seal_asked.connect(self.seal_card.open_at)
        self.seal_card.log_asked.connect(self.pages.open_sent)
        self.model_card.open_asked.connect(self.choose_model)
        self.model_card.shelf_asked.connect(self.pages.show_shelf)
        self._offer(everyone.shelf, page.welcome)
        self.pages.action_asked.connect(self.act)
        self.pages.sidebar_asked.connect(self.shell.toggle)
        self.shell.sidebar_shown.connect(self.pages.show_sidebar_button)
        self.shell.files_dropped.connect(self.take_files)
        self.shell.picture_dropped.connect(self.take_picture)
        told = (everyone.preferences, everyone.server, everyone.reminders)
        told = (*told, everyone.acting, everyone.programs, everyone.talk, everyone.sound_files)
        told = (*told, everyone.speak, everyone.saving, everyone.voicing, everyone.attaching)
        told = (*told, everyone.photos, everyone.shelf, everyone.plugins, everyone.variants)
        for source in (self._chat, self._models, *told, page.composer):
            source.notice.connect(self.pages.show_notice)
        everyone.arrivals.sounds.connect(self.pages.show_sound_files)
        everyone.attaching.sounds.connect(self.pages.show_sound_files)
        everyone.arrivals.plugin_given.connect(self.pages.show_tools)
        everyone.sound_files.quoted.connect(self.pages.open_chat)
        everyone.photos.asked.connect(self.pages.open_chat)
        self._history.notice.connect(self.show_history_notice)
        self._chat.title_changed.connect(self.setWindowTitle)
        self.pages.show_sidebar_button(self.shell.shows_sidebar)

    def _offer(self, shelf: ShelfController, welcome: Welcome) -> None:
        """The one model that suits this computer, on the first page one sees."""
        shelf.changed.connect(lambda: welcome.show_recommended(shelf.recommended()))
        welcome.offer.fetched.connect(shelf.fetch)
        welcome.offer.fetched.connect(self.pages.show_shelf)
        welcome.offer.used.connect(shelf.use)
        welcome.offer.more_asked.connect(self.pages.show_shelf)

    # What a person asks for

    @Slot()
    def new(self) -> None:
        self.page.composer.keep_draft()
        self._history.new()
        self.shell.close_over()
        self.pages.open_chat()

    @Slot(int)
    def open_conversation(self, conversation: int) -> None:
        self.page.composer.keep_draft()
        self._history.open(conversation)
        self.shell.close_over()
        self.pages.open_chat()

    @Slot()
    def attach(self) -> None:
        self.pages.open_chat()
        self.page.composer.giving.choose()

    @Slot()
    def take_screenshot(self) -> None:
        self.pages.open_chat()
        self.page.composer.giving.take_screenshot()

    @Slot(list)
    def take_files(self, files: list[Path]) -> None:
        """What was dropped; the person sees the message it becomes a part of."""
        if not kind_of(files):
            self.pages.open_chat()
        self.page.composer.take(files)

    @Slot(object)
    def take_picture(self, given: Given) -> None:
        self.pages.open_chat()
        self.page.composer.giving.take_picture(given, DROPPED)

    @Slot()
    def choose_model(self) -> None:
        dialog = QFileDialog(self, "Open a model", "", "Models (*.gguf);;All files (*)")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self._models.open_file)
        dialog.open()

    @Slot()
    def open_find(self) -> None:
        page = self.pages.currentWidget()
        if isinstance(page, SoundFilesPage | PhotosPage | ShelfPage | VariantsPage):
            page.open_find()
        else:
            self.pages.open_chat()
            self.page.open_find()

    @Slot()
    def search(self) -> None:
        self.shell.show_sidebar(True)
        self.sidebar.search.setFocus()
        self.sidebar.search.selectAll()

    @Slot()
    def show_model_card(self) -> None:
        anchor: QWidget = self.page.head.model if self.pages.on_chat else self.status.model
        self.model_card.open_at(anchor)

    @Slot()
    def switch_variant(self) -> None:
        """Another variant for the conversation on screen."""
        self.pages.open_chat()
        self.in_chat.open_panel()

    @Slot()
    def show_seal_card(self) -> None:
        self.seal_card.open_at(self.status.seal)

    @Slot()
    def show_menu(self) -> None:
        """Under its button, or in the corner of the page while the sidebar is away."""
        shown = self.shell.shows_sidebar
        anchor: QWidget = self.sidebar.menu if shown else self.page.head
        self.commands.menu().popup(anchor.mapToGlobal(anchor.rect().bottomLeft()))

    @Slot(str)
    def act(self, action: str) -> None:
        if action == UNDO:
            self._undo.undo()
        elif self._voicing.take(action):
            self.pages.show_voice()
        elif self._shelf.take(action):
            pass  # a model is taken into use, wherever the person is
        else:
            self._talk.act(action)

    @Slot()
    def come_forward(self) -> None:
        """A second start of Parley wants this window."""
        if self.isMinimized():
            self.showNormal()
        self.show()
        self.raise_()
        self.activateWindow()

    # What controllers tell

    @Slot(int)
    def show_details(self, key: int) -> None:
        self.answer_card.show_facts(self._chat.details(key), self.page.composer)

    @Slot(object)
    def show_history_notice(self, notice: Notice) -> None:
        if self.shell.shows_sidebar:
            self.sidebar.notices.show_notice(notice)
        else:
            self.pages.show_notice(notice)

    # Where the window was

    def save_state(self) -> dict[str, Any]:
        geometry = base64.b64encode(self.saveGeometry().data()).decode()
        return {"geometry": geometry, "sidebar": self.shell.wanted}

    def restore_state(self, state: dict[str, Any]) -> None:
        """Anything unknown or broken in state is left out."""
        try:
            geometry = base64.b64decode(state.get("geometry") or "", validate=True)
        except (TypeError, ValueError, binascii.Error):
            geometry = b""
        if geometry:
            self.restoreGeometry(QByteArray(geometry))
        if isinstance(state.get("sidebar"), bool):
            self.shell.set_wanted(state["sidebar"])

    # What Qt tells

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self._alt_alone = event.key() == Qt.Key.Key_Alt
        if event.key() == Qt.Key.Key_Escape:
            self._leave()
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Alt and self._alt_alone:
            self.show_menu()
        self._alt_alone = False
        super().keyReleaseEvent(event)

    def _leave(self) -> None:
        """Esc drops what is being said, by the person or by Parley, whatever lies on top; else it
        closes that, or stops the answer."""
        if self._talk.cancel():
            return
        if self._speak.speaking:
            self._speak.silence()
            self._chat.stop()
        elif self.shell.lies_over:
            self.shell.close_over()
        elif not self.pages.on_chat:
            self.pages.open_chat()
        elif self.page.find_bar.isVisible():
            self.page.find_bar.close_bar()
        elif self._chat.busy:
            self._chat.stop()
        else:
            self.page.write()

    def closeEvent(self, event: QCloseEvent) -> None:
        self.page.composer.keep_draft()
        super().closeEvent(event)
