"""A sentence in the voice that was chosen, to hear how it sounds."""

from collections.abc import Iterator
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot

from app.controllers.preferences import PreferencesController
from app.controllers.voices import Voices
from engines.messages import ENDINGS, Event, Failed, Pcm, Speak

SENTENCES = {  # by the two letters of a language; others hear the English one
    "en": "This is how I sound when I read an answer to you.",
    "de": "So klinge ich, wenn ich dir eine Antwort vorlese.",
    "es": "Así sueno cuando te leo una respuesta.",
    "fr": "Voici ma voix quand je vous lis une réponse.",
    "it": "Ecco come suono quando ti leggo una risposta.",
    "nl": "Zo klink ik als ik je een antwoord voorlees.",
    "pl": "Tak brzmię, kiedy czytam ci odpowiedź.",
    "pt": "É assim que soa a minha voz quando leio uma resposta.",
}


class VoiceSample(QObject):
    changed = Signal()  # playing or problem

    def __init__(
        self,
        voices: Voices,
        sound: Any,
        speeches: Iterator[int],
        preferences: PreferencesController,
        parent: QObject | None = None,
    ) -> None:
        """sound is app.audio.sound.Sound or None; speeches as in SpeakController."""
        super().__init__(parent)
        self._voices, self._sound, self._speeches = voices, sound, speeches
        self._preferences = preferences
        self._job = self._speech = 0
        self.problem = ""  # why nothing was heard, in words
        voices.came.connect(self._on_event)
        if sound:
            sound.finished.connect(self._on_end)
            sound.silenced.connect(self._on_end)

    @property
    def playing(self) -> bool:
        return self._speech != 0

    @Slot()
    def toggle(self) -> None:
        """Say the sentence, or be quiet."""
        if self.playing:
            self.stop()
        elif self._sound:
            self._voices.get_ready()
            words = SENTENCES.get(self._voices.language, SENTENCES["en"])
            self._speech = next(self._speeches)
            self._job = self._voices.submit(Speak(words, self._preferences.settings.speed))
            self._tell("")

    @Slot()
    def stop(self) -> None:
        if self._job:
            self._voices.link.cancel(self._job)
        if self.playing:
            self._sound.silence()
        self._end()

    @Slot(int, object)
    def _on_event(self, job: int, event: Event) -> None:
        if job != self._job or not job:
            return
        if isinstance(event, Pcm):
            self._sound.play(self._speech, event.pcm, event.rate)
        elif isinstance(event, Failed):
            self._end(f"{event.message} {event.hint}".strip())
        elif isinstance(event, ENDINGS):
            self._job = 0
            self._sound.finish(self._speech)

    @Slot(int)
    def _on_end(self, speech: int, _seconds: float = 0.0) -> None:
        if speech == self._speech:
            self._end()

    def _end(self, problem: str = "") -> None:
        self._job = self._speech = 0
        self._tell(problem)

    def _tell(self, problem: str) -> None:
        self.problem = problem
        self.changed.emit()
