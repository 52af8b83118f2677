"""Talking: what the key, the button and the pauses of a speaker do with the microphone."""

import time
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from app.controllers.chat import ChatController
from app.controllers.keeping import Keeping
from app.controllers.preferences import PreferencesController
from app.controllers.shown import Notice
from app.controllers.writing_down import TRANSCRIBE, Take, WritingDown
from engines.messages import Hear

OFF, IDLE, OPENING, LISTENING, FINISHING = "off", "idle", "opening", "listening", "finishing"
WAITING = "waiting"  # hands-free, while Parley speaks
TAP = 0.3  # seconds; who lets go earlier has tapped
BOUNCE_MS = 30  # a key that comes back within it was never let go
HELD_MS, STAYING_MS = 120_000, 600_000  # the longest take
OPENS_MS = 30_000  # a microphone without sound by then does not work; some take their time
TAIL_MS = 2_000  # the end of a take is here by then
EMPTY = 30.0  # hands-free: after so many seconds of silence a take begins anew
INTERRUPTS = 0.3  # seconds of speech that silence an answer
NO_MICROPHONE = "No microphone was found. Connect one to talk; typing always works."
TOO_LONG = Notice("This was as long as Parley listens in one go.", "Hold the key to go on.")
DEAF = Notice("The microphone gives no sound.", "Choose another one on the page Voice.")
LEFT_OVER = Notice(
    "You said something that was not written down.",
    "It is kept above the message.",
    action=TRANSCRIBE,
    kind="error",
)


class TalkController(QObject):
    """off, or idle → opening → listening → finishing → idle; hands-free also waiting.

    The next take may begin while the one before is still being written down.
    """

    state_changed = Signal(str)
    level = Signal(float)  # 0 to 1
    stays = Signal()  # it listens on without a key
    notice = Signal(object)

    def __init__(
        self,
        sound: Any,
        writing: WritingDown,
        keeping: Keeping,
        chat: ChatController,
        preferences: PreferencesController,
        parent: QObject | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """sound is app.audio.sound.Sound, or None where there is to be none."""
        super().__init__(parent)
        self._sound, self._chat, self._preferences = sound, chat, preferences
        self.writing, self.keeping = writing, keeping
        self._clock = clock
        self._recording: Take | None = None
        self._down = False  # the key, as far as it can be believed
        self._session = False  # hands-free is on
        self._stopped = False  # the press that is going on ended it
        self._voice: Any = None
        self.why = "" if sound else NO_MICROPHONE  # nothing can be heard
        self.state = IDLE if sound else OFF
        self._bounce = self._timer(BOUNCE_MS, self._let_go)
        self._longest = self._timer(HELD_MS, self._on_longest)
        self._opens = self._timer(OPENS_MS, self._on_deaf)
        writing.grew.connect(self._on_grew)
        writing.gave_up.connect(self._on_gave_up)
        writing.changed.connect(self._show)
        for part in (writing, keeping, keeping.replay):
            part.notice.connect(self.notice)
        preferences.changed.connect(self._on_setting)
        if sound:
            sound.captured.connect(self._on_captured)
            sound.listening.connect(self._on_listening)
            sound.level.connect(self._on_level)
            sound.troubled.connect(self._on_trouble)
            sound.devices_changed.connect(self._on_devices)

    def _timer(self, ms: int, act: Callable[[], None]) -> QTimer:
        timer = QTimer(self, interval=ms, singleShot=True)
        timer.timeout.connect(act)
        return timer

    def use_voice(self, voice: Any) -> None:
        """The SpeakController: silence(), speaking, speaking_changed."""
        self._voice = voice
        voice.speaking_changed.connect(self._on_speaking)

    @Slot()
    def prepare(self) -> None:
        """Talking is likely: start what takes a moment, and see which microphones there are."""
        if self._sound:
            self._sound.microphones()
            self.writing.warm()

    def look(self) -> None:
        """After the window is up: what earlier sessions could not write down."""
        self.keeping.look(lambda _: self.notice.emit(LEFT_OVER))
        if self._preferences.has_talked:
            self.prepare()

    # What the person does

    @property
    def hands_free(self) -> bool:
        """Parley listens by itself until it is told not to."""
        return self._session

    @property
    def listening(self) -> bool:
        """The microphone is in use."""
        return self._recording is not None

    @property
    def staying(self) -> bool:
        """It listens although no key is held."""
        return self._session or bool(self._recording and not self._recording.held)

    @Slot()
    def press(self) -> None:
        """The key or the button goes down."""
        if self._bounce.isActive():
            self._bounce.stop()  # it was not let go, whatever the keyboard says
        elif not self._down:  # else it repeats
            self._down, self._stopped = True, self._session
            self._tap_again() if self.staying else self._begin(held=True)

    @Slot()
    def release(self) -> None:
        if self._down and not self._bounce.isActive():
            if self._recording:
                self._recording.let_go = self._clock()
            self._bounce.start()

    @Slot()
    def lose(self) -> None:
        """The key cannot be seen any more: as if it was let go, and no tap."""
        self._bounce.stop()
        self._down = False
        if self._recording and self._recording.held:
            self._end(self._recording)

    @Slot()
    def take_back(self) -> None:
        """The key began a shortcut: as if it had not been pressed."""
        self._bounce.stop()
        take, self._down = self._recording, False
        if take and take.held:
            self._throw_away(take)
            self._show()
        elif self._stopped and take is None and self._begin(hush=False):
            self._stay()
        self._stopped = False

    @Slot()
    def toggle(self) -> None:
        """A tap: listen until the next one."""
        if self.staying:
            self._tap_again()
        elif self._recording:
            self.lose()
        elif self._begin():
            self._stay()

    @Slot(bool)
    def set_hands_free(self, on: bool) -> None:
        self._preferences.set("hands_free", on)
        if on and not self._session and (self._recording or self._begin()):
            self._stay()

    @Slot(str, object)
    def _on_setting(self, name: str, value: object) -> None:
        """Switched off, wherever: what was said until then is taken."""
        if name == "hands_free" and not value and self._session:
            self._session = False
            if self._recording:
                self._end(self._recording)
            self._show()

    @Slot(result=bool)
    def cancel(self) -> bool:
        """Esc: what is being said is not wanted. Whether there was anything to cancel."""
        was, self._session, self._down = self._session, False, False
        self._bounce.stop()
        if was:
            self._hush()
        if self._recording:
            self._close_microphone()
        dropped = self.writing.drop_all()
        self._show()
        return was or dropped

    @Slot(str)
    def act(self, action: str) -> None:
        """The words on the button of a notice."""
        if action == TRANSCRIBE:
            self.keeping.transcribe_all()
        else:
            self.keeping.act(action)

    # The microphone

    def _begin(self, held: bool = False, hush: bool = True) -> bool:
        if hush:
            self._hush()
        if self._sound is None or self.why:
            self._down = self._session = False
            self.notice.emit(Notice(self.why, kind="error"))
            self._show()
            return False
        self.writing.warm()
        self.keeping.forget_dropped()
        kept = self.keeping.begin(self._chat.conversation)
        take = self.writing.begin(kept, held=held)
        self._recording = take
        self._sound.start_take(take.number, self.keeping.path(kept))
        self._opens.start()
        self._longest.start(HELD_MS)
        self._preferences.remember_talking()
        self._chat.read_ahead()
        self._show()
        return True

    def _stay(self) -> None:
        """The microphone stays on without a key."""
        if take := self._recording:
            self._session = self._session or self._preferences.settings.hands_free
            take.held, take.hands_free, take.let_go = False, self._session, 0.0
            self._longest.start(STAYING_MS)
            self._show()
            self.stays.emit()

    def _tap_again(self) -> None:
        """While Parley speaks a tap asks for the microphone; else it switches it off."""
        if self._session and self._recording is None:
            self._hush()
            self._listen_on()
        else:
            self._session = False
            if self._recording:
                self._end(self._recording)

    @Slot()
    def _let_go(self) -> None:
        self._down = False
        take = self._recording
        if take and take.held:
            self._stay() if take.let_go - take.began < TAP else self._end(take)

    def _end(self, take: Take) -> None:
        """Nothing more is said in this take."""
        take.held = False
        take.let_go = take.let_go or self._clock()
        self._close_microphone()
        self._show()

    def _close_microphone(self) -> None:
        take, self._recording = self._recording, None
        assert take
        self._longest.stop()
        self._opens.stop()
        self._sound.end_take(take.number)
        QTimer.singleShot(TAIL_MS, self, lambda: self.writing.end(take))

    def _hush(self) -> None:
        if self._voice:
            self._voice.silence()

    @Slot(object)
    def _on_captured(self, piece: Any) -> None:
        take = self.writing.find(piece.take)
        if take is None:
            return
        if piece.last and take is self._recording:  # the microphone is gone
            self._session = False
            self._end(take)
        given = Hear(0, piece.pcm, piece.rate, piece.channels, piece.sample, piece.last)
        self.writing.hear(take, [given])

    @Slot(int)
    def _on_listening(self, number: int) -> None:
        if self._recording and self._recording.number == number:
            self._recording.sounding = True
            self._opens.stop()
            self._show()

    @Slot(float)
    def _on_level(self, level: float) -> None:
        if self._recording:
            self.level.emit(level)

    @Slot(object)
    def _on_trouble(self, trouble: Any) -> None:
        if trouble.part == "microphone":
            kind = "error" if trouble.over else "info"
            self.notice.emit(Notice(trouble.message, trouble.hint, kind=kind))

    @Slot()
    def _on_devices(self) -> None:
        self.why = "" if self._sound.microphones() else NO_MICROPHONE
        self._show()

    @Slot()
    def _on_longest(self) -> None:
        if take := self._recording:
            if not take.hands_free:
                self.notice.emit(TOO_LONG)
            self._end(take)
            self._listen_on()

    @Slot()
    def _on_deaf(self) -> None:
        if take := self._recording:
            self.notice.emit(DEAF)
            self._session = False
            self._end(take)

    @Slot(object)
    def _on_gave_up(self, take: Take) -> None:
        if take is self._recording:
            self._session = False
            self._close_microphone()
        self._show()

    # Hands-free

    @Slot(object)
    def _on_grew(self, take: Take) -> None:
        if take is not self._recording or not take.hands_free:
            return
        pauses, speaks = take.heeded.pauses, self._voice and self._voice.speaking
        if speaks and pauses.spoken >= INTERRUPTS:
            self._hush()
        if pauses.over(self._preferences.settings.pause):
            self._end(take)
            self._listen_on()
        elif not pauses.begun and pauses.length >= EMPTY:
            self._throw_away(take)
            self._listen_on()

    @Slot(bool)
    def _on_speaking(self, speaking: bool) -> None:
        take = self._recording
        if not speaking:
            self._listen_on()
        elif take and take.hands_free and not self._preferences.settings.barge_in:
            if take.heeded.pauses.begun:
                self._hush()  # the person was first
            else:
                self._throw_away(take)
        self._show()

    def _throw_away(self, take: Take) -> None:
        """Nothing was said in it."""
        self._close_microphone()
        self.writing.drop(take, wanted=False)

    def _listen_on(self) -> None:
        """The next take of a hands-free session, unless Parley would hear itself."""
        speaks = self._voice and self._voice.speaking
        mute = speaks and not self._preferences.settings.barge_in
        if self._session and self._recording is None and not mute and self._begin(hush=False):
            self._stay()

    @Slot()
    def _show(self) -> None:
        state = self._state()
        if state != self.state:
            self.state = state
            self.state_changed.emit(state)

    def _state(self) -> str:
        if self._recording:
            return LISTENING if self._recording.sounding else OPENING
        if self._session:
            return WAITING if self._voice and self._voice.speaking else OPENING
        if self.writing.busy:
            return FINISHING
        return OFF if self.why else IDLE
