"""Which voice speaks, and its process."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from PySide6.QtCore import QObject, Signal, Slot

from app.controllers.preferences import PreferencesController
from app.controllers.shown import Notice
from app.store.conversations import StoredTurn
from engines.messages import Event, Failed, Loaded, Request

BUILT_IN, PIPER = "espeak", "piper"  # engines
INSTEAD = "The voice that came with Parley speaks instead."
CHOOSE = "Choose a voice on the page Voice."


LANGUAGES = {  # of those who talk, to what the built-in voice calls them
    "en": "English (America)",
    "bg": "Bulgarian",
    "ca": "Catalan",
    "cs": "Czech",
    "da": "Danish",
    "de": "German",
    "el": "Greek",
    "es": "Spanish (Spain)",
    "fi": "Finnish",
    "fr": "French (France)",
    "hr": "Croatian",
    "hu": "Hungarian",
    "it": "Italian",
    "nl": "Dutch",
    "no": "Norwegian Bokmål",
    "pl": "Polish",
    "pt": "Portuguese (Portugal)",
    "ro": "Romanian",
    "ru": "Russian",
    "sk": "Slovak",
    "sl": "Slovenian",
    "sv": "Swedish",
    "tr": "Turkish",
    "uk": "Ukrainian",
}


REGIONS = {"en-gb": "English (Great Britain)", "pt-br": "Portuguese (Brazil)"}


class Voice(NamedTuple):
    engine: str
    model: Path = Path()  # of the built-in voice none


class Wanted(NamedTuple):
    """What a variant wants of the voice: None, "" and 0 leave it to the person."""

    voice: Voice | None = None
    language: str = ""  # BCP 47
    speed: float = 0.0


def voice_of(preferences: PreferencesController) -> Voice:
    """The person's choice."""
    chosen = preferences.voice.voice
    return Voice(PIPER, Path(chosen)) if chosen else Voice(BUILT_IN)


def options_of(voice: Voice, preferences: PreferencesController, language: str = "") -> Any:
    """As the person set them. The built-in voice speaks the language that is wanted, else the one
    the person speaks, unless another was chosen for it."""
    options = preferences.options_of(voice.engine)
    if voice.engine == BUILT_IN and (wanted := spoken_as(language)):
        return replace(options, language=wanted)
    spoken = spoken_as(preferences.settings.language[:2])
    if voice.engine == BUILT_IN and spoken and options == type(options)():
        return replace(options, language=spoken)
    return options


def spoken_as(language: str) -> str:
    """How the built-in voice calls a language by its code, "" where it has none."""
    code = language.lower()
    return REGIONS.get(code, "") or LANGUAGES.get(code.partition("-")[0], "")


def language_of(voice: Voice, options: Any) -> str:
    """Two letters where it is known, for how numbers and signs are read."""
    if voice.engine == BUILT_IN:
        name = options.language.split()[0]
        return next((code for code, one in LANGUAGES.items() if one.split()[0] == name), "")
    code = voice.model.name[:2].lower()
    return code if voice.model.name[2:3] in ("_", "-") else ""


class Voices(QObject):
    """The link of the voice. One that is missing or broken is replaced, and said so once."""

    notice = Signal(object)
    came = Signal(int, object)  # job, engines.messages.Event

    def __init__(
        self, link: Any, preferences: PreferencesController, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.link, self._preferences = link, preferences
        self._open: tuple[Voice, Any] | None = None  # with its options
        self._broken: set[Voice] = set()  # until another is chosen, or Parley starts again
        self.name = ""  # of the voice that is loaded
        self.language, self.speed = "en", 1.0
        # what the variant of a turn wants, or of the next one
        self.wanted: Callable[[StoredTurn | None], Wanted] = lambda _: Wanted()
        link.event.connect(self._on_event)
        preferences.voice_changed.connect(self._on_chosen)

    def get_ready(self, turn: StoredTurn | None = None) -> None:
        """Have the right voice loaded, or loading; costs nothing when it is."""
        asked = self.wanted(turn)
        voice = self._usable(asked.voice or voice_of(self._preferences))
        wanted = voice, options_of(voice, self._preferences, asked.language)
        self.speed = asked.speed or self._preferences.settings.speed
        self.language = language_of(*wanted)
        if wanted != self._open or self.link.state == "stopped":
            self._open = wanted
            self.link.open(voice.engine, voice.model, wanted[1])

    def submit(self, request: Request) -> int:
        return self.link.submit(request)

    def give_up(self, why: Failed) -> bool:
        """The voice that is open does not work; whether there is another to go on with."""
        if self._open is None or self._open[0].engine == BUILT_IN:
            return False
        if self._open[0] not in self._broken:
            self._broken.add(self._open[0])
            hint = f"{why.hint} {INSTEAD}".strip()
            self.notice.emit(Notice(why.message, hint, why.detail, kind="error"))
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
                self.give_up(event)
        else:
            self.came.emit(job, event)
