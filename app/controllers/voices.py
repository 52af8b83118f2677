"""Which voice speaks, and its process."""

from pathlib import Path
from typing import Any, NamedTuple

from PySide6.QtCore import QObject, Signal, Slot

from app.controllers.preferences import PreferencesController
from app.controllers.shown import Notice
from app.store.conversations import StoredTurn
from engines.messages import Cancelled, Event, Failed, Loaded, Request

BUILT_IN, PIPER = "espeak", "piper"  # engines
INSTEAD = "The voice that came with Parley speaks instead."
CHOOSE = "Choose a voice on the page Voice."


class Voice(NamedTuple):
    engine: str
    model: Path = Path()  # of the built-in voice none


def voice_of(preferences: PreferencesController, _turn: StoredTurn) -> Voice:
    """The one place that says which voice speaks a turn: the person's choice."""
    chosen = preferences.voice.voice
    return Voice(PIPER, Path(chosen)) if chosen else Voice(BUILT_IN)


class Voices(QObject):
    """The link of the voice. One that is missing or broken is replaced, and said so once."""

    notice = Signal(object)
    event = Signal(int, object)  # of the jobs that were submitted

    def __init__(
        self, link: Any, preferences: PreferencesController, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.link, self._preferences = link, preferences
        self._open: tuple[Voice, Any] | None = None  # with its options
        self._broken: set[Voice] = set()  # until another is chosen, or Parley starts again
        self.name = ""  # of the voice that is loaded
        self.language = "en"
        link.event.connect(self._on_event)
        preferences.voice_changed.connect(self._on_chosen)

    def get_ready(self, turn: StoredTurn) -> None:
        """Have the right voice loaded, or loading; costs nothing when it is."""
        voice = self._usable(voice_of(self._preferences, turn))
        wanted = voice, self._preferences.options_of(voice.engine)
        if wanted != self._open or self.link.state == "stopped":
            self._open = wanted
            self.link.open(voice.engine, voice.model, wanted[1])

    def submit(self, request: Request) -> int:
        return self.link.submit(request)

    def give_up(self) -> bool:
        """The voice that is open does not work; whether there is another to go on with."""
        if self._open is None or self._open[0].engine == BUILT_IN:
            return False
        self._broken.add(self._open[0])
        return True

    def _usable(self, voice: Voice) -> Voice:
        if voice.engine == BUILT_IN or voice in self._broken:
            return Voice(BUILT_IN)
        if voice.model.is_file():
            return voice
        self._broken.add(voice)
        words = f"The voice {voice.model.stem} is not where it was."
        self.notice.emit(Notice(words, f"{INSTEAD} {CHOOSE}", str(voice.model), kind="error"))
        return Voice(BUILT_IN)

    @Slot(str, str)
    def _on_chosen(self, name: str, _value: str) -> None:
        if name == "voice":
            self._broken.clear()

    @Slot(int, object)
    def _on_event(self, job: int, event: Event) -> None:
        if isinstance(event, Loaded):
            self.name = event.name
        if job == 0:
            if isinstance(event, Failed):
                self._on_broken(event)
            return
        self.event.emit(job, event)

    def _on_broken(self, why: Failed) -> None:
        if self.give_up():
            notice = Notice(why.message, f"{why.hint} {INSTEAD}".strip(), why.detail, kind="error")
            self.notice.emit(notice)


__all__ = ["BUILT_IN", "Cancelled", "Voice", "Voices", "voice_of"]
