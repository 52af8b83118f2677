"""The card at the bottom of the page: what the person writes, attaches and sends."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtWidgets import QWidget

from app.controllers.arrivals import ArrivalController
from app.controllers.attaching import AttachController
from app.controllers.chat import BUSY, ChatController
from app.controllers.preferences import PreferencesController
from app.controllers.talk import TalkController
from app.views.attachments.chips import ChipStrip
from app.views.attachments.giving import Giving
from app.views.controls import IconButton, SoftCard, column, label, restyle, row
from app.views.level import LevelBars
from app.views.live_text import LiveText
from app.views.message_edit import MessageEdit
from app.views.mic import MicButton
from app.views.notice import announce
from app.views.takes_strip import TakesStrip

DRAFT_MS = 400
TOLD_MS = 5_000  # words about what became of a take
STATES = {
    "opening": "Opening the microphone…",
    "listening": "Listening… {end} to {do}",
    "finishing": "Writing down…",
}
HANDS_FREE = {
    "opening": "Hands-free",
    "listening": "Hands-free: listening…",
    "waiting": "Hands-free: tap the microphone to interrupt",
}
LATER = "Sent when the answer is there"
ONCE_READY = "Sent when everything is ready"


class Composer(SoftCard):
    notice = Signal(object)  # Notice
    recall_asked = Signal()  # Up in an empty message: edit the last question

    def __init__(
        self,
        chat: ChatController,
        arrivals: ArrivalController,
        attaching: AttachController,
        talk: TalkController,
        preferences: PreferencesController,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(24, parent)
        self.setObjectName("composer")
        self._chat, self._arrivals, self._talk = chat, arrivals, talk
        self._attaching = attaching
        self._preferences = preferences
        self.addressed: Callable[[str], str] = str  # takes @name from the beginning of a message
        self._later, self._said = "", ""  # why this is sent later by itself, and the words
        self._kept = ""  # the draft as the controller knows it
        self.giving = Giving(attaching, arrivals, self)
        self.takes, self.chips = TakesStrip(talk.keeping), ChipStrip(attaching)
        self.edit = MessageEdit()
        self.attach = IconButton("paperclip", "Attach a file", "Ctrl+U")
        self.screenshot = IconButton("scan", "Take a part of the screen", "Ctrl+Shift+P")
        self.send = IconButton("arrow-up", "Send", "Enter")
        self.mic = MicButton(talk, preferences)
        self.live = LiveText(self.edit)
        self.level, self.state = LevelBars(), label("", "second")
        self.send.setObjectName("send")
        buttons = row(
            *(self.attach, self.screenshot, self.level, self.state, None, self.send, self.mic)
        )
        above = row(column(self.takes, self.chips, gap=8), margins=(0, 0, 8, 0))
        self.setLayout(column(above, self.edit, buttons, margins=(20, 16, 12, 12), gap=8))
        self._told = QTimer(self, singleShot=True, interval=TOLD_MS)
        self._told.timeout.connect(self._show_talk)
        self._pause = QTimer(self, singleShot=True, interval=DRAFT_MS)
        self._pause.timeout.connect(self.keep_draft)
        self._connect()
        self._connect_talk(talk)
        self._show_state()
        self._show_talk()

    def _connect(self) -> None:
        edit, chat = self.edit, self._chat
        edit.sent.connect(self._send)
        edit.files_given.connect(self.take)
        edit.picture_given.connect(self.giving.take_picture)
        edit.recall_asked.connect(self.recall_asked)
        edit.textChanged.connect(self._on_text)
        edit.entered.connect(self._on_focus)
        edit.left.connect(self._on_focus)
        edit.left.connect(self.keep_draft)
        self.send.clicked.connect(self._send_or_stop)
        self.attach.clicked.connect(self.giving.choose)
        self.screenshot.clicked.connect(self.giving.take_screenshot)
        self.giving.notice.connect(self.notice)
        self.giving.came_back.connect(edit.setFocus)
        self.chips.emptied.connect(edit.setFocus)
        self._attaching.changed.connect(self._show_state)
        self._attaching.settled.connect(self._send_later)
        chat.busy_changed.connect(self._show_state)
        chat.draft_changed.connect(self._on_draft)
        chat.opened.connect(self._stay)
        self._arrivals.quoted.connect(self.insert)

    def _connect_talk(self, talk: TalkController) -> None:
        talk.state_changed.connect(self._on_talk)
        talk.stays.connect(self._show_talk)
        self._preferences.voice_changed.connect(self._show_talk)
        talk.level.connect(self.level.show_level)
        talk.writing.words_changed.connect(self.live.show)
        talk.writing.written.connect(self._on_spoken)
        talk.writing.told.connect(self._tell)
        self._chat.busy_changed.connect(self._send_later)

    def write(self, text: str) -> None:
        """Put text into the message, ready to be changed and sent."""
        self.edit.replace(text)
        self.edit.setFocus()

    @Slot(list)
    def take(self, files: Sequence[Path]) -> None:
        self.giving.take_files(list(files))

    @Slot(str)
    def insert(self, text: str) -> None:
        """Add text where the cursor is, on lines of its own."""
        begins = self.edit.textCursor().atBlockStart()
        self.edit.insert(text if begins else f"\n{text}")
        self.edit.setFocus()

    @Slot()
    def keep_draft(self) -> None:
        """Hand what is written to the controller now; also done after every pause."""
        self._pause.stop()
        text = self.edit.text()
        if text != self._kept:
            self._kept = text
            self._chat.keep_draft(text)

    @Slot(str)
    def _on_draft(self, text: str) -> None:
        self._kept = text
        self.edit.set_text(text)
        self._pause.stop()

    @Slot()
    def _stay(self) -> None:
        """What would have gone by itself waits in its conversation."""
        self._later = ""
        self._show_talk()

    @Slot()
    def _on_text(self) -> None:
        if self._later and self.edit.text() != self._said:
            self._later = ""  # the person wants to say it otherwise
            self._show_talk()
        self._pause.start()
        self._show_state()

    @Slot()
    def _on_focus(self) -> None:
        self.set_strong(self.edit.hasFocus())

    @Slot()
    def _send_or_stop(self) -> None:
        if self._chat.busy:
            self._chat.stop()
        else:
            self._send()

    @Slot()
    def _send(self) -> None:
        if self._talk.staying:
            self._talk.toggle()  # what is being said comes with it
        else:
            self._send_now()

    def _send_now(self) -> None:
        if not self.edit.text().strip() and not self._attaching.shown():
            return
        if self._talk.keeping.busy:
            self.notice.emit(BUSY)
        elif why := self._attaching.why_not():
            self.notice.emit(why)
        elif self._attaching.pending:
            self._wait(ONCE_READY)
        else:
            self._hand_over()

    def _wait(self, words: str) -> None:
        """It goes by itself; whoever changes it meanwhile wants to send it themselves."""
        self.keep_draft()
        self._later, self._said = words, self.edit.text()
        self._tell(words)

    def _hand_over(self) -> None:
        text = self.addressed(self.edit.text())
        self.edit.clear()
        self._pause.stop()
        self._kept = ""
        if text.strip() or self._attaching.shown():  # else it only named who answers
            self._talk.keeping.send(text)

    @Slot()
    def _show_state(self) -> None:
        """The round button stops while an answer is written, else it sends."""
        busy = self._chat.busy
        full = not self.edit.document().isEmpty() or bool(self._attaching.shown())
        self.send.rename("Stop" if busy else "Send", "Esc" if busy else "Enter")
        self.send.show_picture(
            "square" if busy else "arrow-up", "on_accent" if full or busy else "muted"
        )
        if self.send.property("tone") != (tone := "on" if full or busy else "off"):
            restyle(self.send, tone=tone)

    # what is said

    @Slot(str, bool)
    def _on_spoken(self, text: str, at_once: bool) -> None:
        """Words are there: into the message, and off with it."""
        self.live.write(text)
        announce(self.edit, f"You said: {text}")
        if not at_once:
            self.keep_draft()
            self.edit.setFocus()
        elif self._talk.keeping.busy:
            self._wait(LATER)
        else:
            self._send_now()

    @Slot()
    def _send_later(self) -> None:
        if self._later and not self._talk.keeping.busy and not self._attaching.pending:
            self._later = ""
            self._show_talk()
            self._send_now()

    @Slot(str)
    def _on_talk(self, state: str) -> None:
        if state != "idle":
            self._told.stop()
        self.level.clear()
        self._show_talk()
        if state in ("listening", "finishing"):
            announce(self.mic, self.state.text())

    @Slot()
    def _show_talk(self) -> None:
        if not self._told.isActive():
            talk = self._talk
            words = (HANDS_FREE if talk.hands_free else STATES).get(talk.state, "")
            end = "tap" if talk.staying else "let go"
            do = "send" if self._preferences.settings.send_spoken else "write it down"
            self.state.setText(words.format(end=end, do=do) or self._later)
        self.level.setVisible(self._talk.state == "listening")
        key = self._preferences.voice.talk_key
        hold = f", or hold {key} and talk" if self._talk.state != "off" else ""
        self.live.invite(f"Ask anything{hold}")

    @Slot(str)
    def _tell(self, words: str) -> None:
        self._told.start()
        self.state.setText(words)
        announce(self.mic, words)
