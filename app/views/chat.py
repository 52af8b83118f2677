"""The chat page: the head, the conversation, notices, and the composer."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, Qt, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices, QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QFrame, QStackedWidget, QWidget

from app.controllers.arrivals import ArrivalController
from app.controllers.attaching import AttachController
from app.controllers.chat import ChatController
from app.controllers.models import ModelController
from app.controllers.preferences import PreferencesController
from app.controllers.saving import SavingController
from app.controllers.shown import Notice, ShownTurn
from app.controllers.speak import SpeakController
from app.controllers.talk import TalkController
from app.views import style
from app.views.composer import Composer
from app.views.controls import IconButton, SoftCard, column, row
from app.views.facts import Elided
from app.views.find_bar import FindBar
from app.views.model_dot import ModelButton
from app.views.notice import NoticeCard, announce
from app.views.sound_saving import ask_where
from app.views.speak_bar import SpeakBar
from app.views.transcript.picture_files import PictureFiles
from app.views.transcript.view import Transcript
from app.views.variants.chip import VariantChip
from app.views.viewer.looking import Looking
from app.views.welcome import Welcome

WIDEST = 820  # of the composer with its shadow
OPEN_LINK = "Open in browser"
HELD = (
    Qt.KeyboardModifier.ControlModifier
    | Qt.KeyboardModifier.AltModifier
    | Qt.KeyboardModifier.MetaModifier
)
SCHEMES = ("http", "https", "mailto")


class ChatPage(QWidget):
    action_asked = Signal(str)  # the words on a notice's button
    details_asked = Signal(int)  # key of the answer whose facts are wanted

    def __init__(
        self,
        chat: ChatController,
        models: ModelController,
        preferences: PreferencesController,
        arrivals: ArrivalController,
        attaching: AttachController,
        talk: TalkController,
        speak: SpeakController,
        saving: SavingController,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("centre")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._chat, self._talk, self._saving, self._link = chat, talk, saving, ""
        self._pictures = PictureFiles(self)
        self.head = Head()
        self.transcript = Transcript(style.current())
        self.find_bar = FindBar(self.transcript)
        self.welcome = Welcome()
        self.notices = NoticeCard()
        self.composer = Composer(chat, arrivals, attaching, talk, preferences)
        self.looking = Looking(attaching, self.transcript, self._pictures, self)
        self.speak_bar = SpeakBar(speak, saving, preferences)
        self._middle = QStackedWidget()
        self._middle.addWidget(self.welcome)
        self._middle.addWidget(self.transcript)
        whole = column(self.head, self.find_bar, self._middle, self._foot(), gap=0)
        whole.setStretch(2, 1)
        self.setLayout(whole)
        self._connect_chat(chat)
        self._connect_transcript()
        self._connect_speech(speak)
        self._connect_rest(models, preferences, arrivals)
        self.show_settings(preferences)

    def _foot(self) -> QWidget:
        """Notices above the composer, both in the middle of the page."""
        foot, inside = QWidget(), QWidget()
        left, _, right, _ = SoftCard.MARGIN
        notices = row(self.notices, margins=(left, 0, right, 0))
        inside.setLayout(column(notices, self.speak_bar, self.composer, gap=0))
        inside.setMaximumWidth(WIDEST)
        line = row(None, inside, None, margins=(12, 0, 12, 0), gap=0)
        line.setStretch(1, 1000)
        foot.setLayout(line)
        return foot

    def _connect_chat(self, chat: ChatController) -> None:
        transcript = self.transcript
        chat.opened.connect(self._on_opened)
        chat.opened.connect(self.looking.close)
        chat.turn_added.connect(self._on_added)
        chat.turn_changed.connect(transcript.change_turn)
        chat.cut.connect(transcript.cut)
        chat.text_added.connect(transcript.add_text)
        chat.thought_added.connect(transcript.add_thought)
        chat.title_changed.connect(self.head.show_title)
        chat.answer_finished.connect(self._on_finished)
        for signal in (chat.turn_added, chat.cut, chat.busy_changed):
            signal.connect(self.find_bar.forget)

    def _connect_transcript(self) -> None:
        transcript, chat = self.transcript, self._chat
        transcript.copy_asked.connect(self._copy)
        transcript.edited.connect(chat.edit)
        transcript.regenerate_asked.connect(chat.regenerate)
        transcript.delete_asked.connect(chat.delete)
        transcript.version_asked.connect(chat.switch_version)
        transcript.link_asked.connect(self._ask_about_link)
        transcript.details_asked.connect(self.details_asked)
        transcript.hear_asked.connect(self._talk.keeping.hear_turn)
        transcript.transcribe_asked.connect(self._talk.writing.turn_again)
        self._talk.writing.rewritten.connect(transcript.edit)
        transcript.error_details_asked.connect(self._copy_error)
        transcript.question_answered.connect(chat.answer_question)
        transcript.picture_opened.connect(self._pictures.open)
        transcript.picture_copy_asked.connect(self._pictures.copy)
        transcript.picture_save_asked.connect(self._pictures.save)
        self._pictures.notice.connect(self.notices.show_notice)
        self.composer.chips.opened.connect(self.looking.open_chip)
        self.looking.left.connect(self.write)

    def _connect_speech(self, speak: SpeakController) -> None:
        transcript = self.transcript
        transcript.read_asked.connect(speak.read_aloud)
        transcript.sound_asked.connect(self._save_sound)
        speak.aloud_changed.connect(transcript.read_out)
        speak.word_spoken.connect(transcript.spoken.show)

    def _connect_rest(
        self,
        models: ModelController,
        preferences: PreferencesController,
        arrivals: ArrivalController,
    ) -> None:
        self._preferences = preferences
        preferences.changed.connect(self._on_setting)
        models.changed.connect(self.head.model.show_model)
        models.changed.connect(self.welcome.show_model)
        self.head.model.show_model(models.model)
        self.welcome.show_model(models.model)
        self.head.finder.clicked.connect(self.open_find)
        self.find_bar.closed.connect(self.write)
        self.welcome.asked.connect(self.composer.write)
        self.notices.action_asked.connect(self._act)
        self.composer.recall_asked.connect(self._edit_last)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Words typed while a button of the conversation has the keyboard are for the message."""
        edit, words = self.composer.edit, event.text()
        if event.matches(QKeySequence.StandardKey.Paste):
            edit.setFocus()
            edit.paste()
        elif words.isprintable() and words and not event.modifiers() & HELD and not edit.hasFocus():
            edit.setFocus()
            QGuiApplication.sendEvent(edit, event)
        else:
            super().keyPressEvent(event)

    @Slot()
    def write(self) -> None:
        """Bring the keyboard to the message."""
        self.composer.edit.setFocus()

    @Slot()
    def open_find(self) -> None:
        if self._middle.currentWidget() is self.transcript:
            self.find_bar.open_bar()

    @Slot()
    def copy_selection(self) -> None:
        if text := self.transcript.selected_text():
            QGuiApplication.clipboard().setText(text)

    def show_settings(self, preferences: PreferencesController) -> None:
        chosen = preferences.settings
        self.transcript.set_text_size(chosen.text_size)
        self.composer.edit.set_text_size(chosen.text_size)
        self.composer.edit.enter_sends = chosen.enter_sends

    @Slot(str, object)
    def _on_setting(self, _name: str, _value: object) -> None:
        self.show_settings(self._preferences)

    # What the controller tells

    @Slot(object)
    def _on_opened(self, turns: Sequence[ShownTurn]) -> None:
        self.transcript.set_turns(list(turns))
        self._middle.setCurrentWidget(self.transcript if turns else self.welcome)
        self.find_bar.close_bar()

    @Slot(object)
    def _on_added(self, turn: ShownTurn) -> None:
        self.transcript.add_turn(turn)
        self._middle.setCurrentWidget(self.transcript)

    @Slot(str)
    def _on_finished(self, text: str) -> None:
        announce(self.transcript, f"Answer complete. {text}")

    # What the conversation asks

    @Slot(int)
    def _copy(self, key: int) -> None:
        QGuiApplication.clipboard().setText(self._chat.copy_text(key))

    @Slot(int)
    def _copy_error(self, key: int) -> None:
        QGuiApplication.clipboard().setText(self._chat.error_details(key))
        self.notices.show_notice(Notice("Details copied."))

    @Slot(int)
    def _save_sound(self, key: int) -> None:
        ask_where(self, self._saving, key, self._chat.title)

    @Slot(str)
    def _ask_about_link(self, link: str) -> None:
        """A link in an answer leads outside: the person sees where before it is opened."""
        if QUrl(link).scheme() in SCHEMES:
            self._link = link
            hint = "It opens in your browser, outside Parley."
            self.notices.show_notice(Notice(link, hint, action=OPEN_LINK))
        else:
            self.notices.show_notice(Notice("This link does not lead to a web page.", link))

    @Slot(str)
    def _act(self, action: str) -> None:
        if action == OPEN_LINK:
            QDesktopServices.openUrl(QUrl(self._link))
        else:
            self.action_asked.emit(action)

    @Slot()
    def _edit_last(self) -> None:
        asked = [turn.key for turn in self._chat.turns if turn.role == "user"]
        if asked and not self._chat.busy:
            self.transcript.edit(asked[-1])

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.transcript.set_theme(style.current())


class Head(QFrame):
    """The line above the conversation: its title, the model, and the way to find."""

    HEIGHT = 56

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("head")
        self.setFixedHeight(self.HEIGHT)
        self.sidebar = IconButton("panel-left", "Show the sidebar", "Ctrl+B")
        self.new = IconButton("plus", "New conversation", "Ctrl+N")
        self.title = Elided("", "title")
        self.variant = VariantChip()
        self.model = ModelButton("pill")
        self.finder = IconButton("search", "Find in this conversation", "Ctrl+F")
        parts = (
            self.sidebar,
            self.new,
            8,
            self.title,
            12,
            self.variant,
            2,
            self.model,
            self.finder,
        )
        self.setLayout(row(*parts, margins=(12, 0, 12, 0), gap=4))
        self.show_title("")

    @Slot(str)
    def show_title(self, title: str) -> None:
        self.title.setText(title or "New conversation")
        self.title.setToolTip(title)
