"""What is heard and said with: devices, the talk key, models that hear, voices that speak."""

import shlex
import shutil
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot

from app.background import Background
from app.controllers.preferences import PreferencesController
from app.controllers.sampling import VoiceSample
from app.controllers.shown import Notice, ShownDevice, ShownSource
from app.controllers.sound_tests import SoundTests
from app.hotkeys import keys
from engines.errors import ParleyError
from engines.stt import folders as whispers
from engines.stt.pocketsphinx import WORDS as STARTS_WITH
from engines.tts import voices as pipers

EARS, VOICE, KEY = "ears", "voice", "talk_key"  # fields of settings.Voice
SYSTEM = "The system's choice"
AWAY = "The one you chose, not connected now"
OWN_EARS = "Parley's own ears"
OWN_EARS_WORDS = (
    "Short requests in English, as Parley's starter understands them. A stopgap: anything else, "
    "and long recordings, need a Whisper model."
)
NO_EARS = "They are not in this copy of Parley. Choose a Whisper model to talk."
OWN_VOICE, OWN_VOICE_WORDS = "espeak-ng", "Came with Parley: quick, clear, and like a robot."
USE_EARS, USE_VOICE = "Listen with it", "Speak with it"  # on the button of a notice


class VoiceController(QObject):
    """Looking for models takes a moment: lists are as they were found last, look() renews them."""

    devices_changed = Signal()
    sources_changed = Signal()  # ears or voices
    key_changed = Signal()  # the talk key, where it works, or why not
    refused = Signal(str, str)  # EARS or VOICE, why what was chosen cannot be used, in words
    notice = Signal(object)

    def __init__(
        self,
        preferences: PreferencesController,
        sound: Any,
        background: Background,
        tests: SoundTests,
        sample: VoiceSample,
        models: Path,
        own_ears: Path,
        data_dir: Path | None,
        parent: QObject | None = None,
    ) -> None:
        """sound is app.audio.sound.Sound or None; models is Parley's own folder of them.

        own_ears is the starter's speech model; data_dir the folder Parley was started with.
        """
        super().__init__(parent)
        self._preferences, self._sound, self._background = preferences, sound, background
        self.tests, self.sample = tests, sample
        self._models, self._own_ears = models, own_ears
        self._key: Any = None
        self._given: dict[str, Path] = {}  # words on a button -> what was dropped
        self._ears: list[whispers.SpeechModel] = []
        self._voices: list[pipers.Voice] = []
        self.command = command(data_dir)
        preferences.voice_changed.connect(self._on_voice)
        if sound:
            sound.devices_changed.connect(self.devices_changed)

    # microphone and loudspeaker

    def microphones(self) -> list[ShownDevice]:
        """The system's choice first; empty where there is none."""
        found = self._sound.microphones() if self._sound else []
        return shown_devices(found, self._preferences.voice.microphone)

    def loudspeakers(self) -> list[ShownDevice]:
        found = self._sound.loudspeakers() if self._sound else []
        return shown_devices(found, self._preferences.voice.loudspeaker)

    def choose_device(self, part: str, device: str) -> None:
        """part is "microphone" or "loudspeaker"; "" is the system's choice."""
        self._preferences.set_voice(part, device)

    # the talk key

    def use_key(self, key: Any) -> None:
        """The TalkKey of the window: everywhere, pause, ask, changed."""
        self._key = key
        key.changed.connect(self.key_changed)
        self.key_changed.emit()

    @property
    def key(self) -> str:
        return self._preferences.voice.talk_key

    @property
    def key_words(self) -> str:
        """Where it works, for people."""
        return self._key.everywhere.words if self._key else ""

    @property
    def key_must_ask(self) -> bool:
        return bool(self._key and self._key.everywhere.must_ask)

    @Slot()
    def ask_desktop(self) -> None:
        if self._key:
            self._key.ask()

    @Slot(bool)
    def choosing_key(self, choosing: bool) -> None:
        """Meanwhile the key before does nothing."""
        if self._key:
            self._key.pause(choosing)

    def set_key(self, name: str, shortcuts: Mapping[str, str]) -> str:
        """Take another key. Returns "" or, in words, why it cannot be; shortcuts as in keys."""
        key = keys.parse(name)
        if key is None:
            return "Parley does not know this key. Take another one."
        if trouble := keys.trouble(key, shortcuts, sys.platform):
            return trouble
        self._preferences.set_voice(KEY, key.name)
        return ""

    # what hears and what speaks

    def look(self) -> None:
        """Find anew what this computer has."""
        chosen = self._preferences.voice
        ears = [self._models, *([Path(chosen.ears)] if chosen.ears else [])]
        voices = [self._models, *([Path(chosen.voice)] if chosen.voice else [])]
        self._background.run(
            lambda _: (whispers.find(*ears), pipers.find(*voices)),
            self._found,
            lambda error: self._tell(f"Models could not be looked for: {error}."),
        )

    def ears(self) -> list[ShownSource]:
        chosen = self._preferences.voice.ears
        problem = "" if (self._own_ears / STARTS_WITH).is_file() else NO_EARS
        own = ShownSource("", OWN_EARS, OWN_EARS_WORDS, problem, not chosen)
        rest = [
            ShownSource(str(one.path), one.name, megabytes(one.size), one.problem, False)
            for one in self._ears
        ]
        return [own, *marked(rest, chosen)]

    def voices(self) -> list[ShownSource]:
        chosen = self._preferences.voice.voice
        own = ShownSource("", OWN_VOICE, OWN_VOICE_WORDS, "", not chosen)
        rest = [
            ShownSource(str(one.path), one.name, voice_words(one), one.problem, False)
            for one in self._voices
        ]
        return [own, *marked(rest, chosen)]

    @Slot(str)
    def use_ears(self, folder: str) -> None:
        """A folder of a Whisper model, "" for Parley's own; refused tells when it is none."""
        self._use(EARS, folder, whispers.check)

    @Slot(str)
    def use_voice(self, file: str) -> None:
        """A voice of Piper (.onnx), "" for the one that came with Parley."""
        self._use(VOICE, file, pipers.check)

    @Slot(str)
    def offer(self, path: str) -> None:
        """A voice or a speech model was dropped on the window: ask what to do with it."""
        if path.lower().endswith(pipers.MODEL):
            about, action = "looks like a voice.", USE_VOICE
        else:
            about, action = "looks like a speech model.", USE_EARS
        self._given[action] = Path(path)
        self.notice.emit(Notice(f"{Path(path).name} {about}", action=action))

    def take(self, action: str) -> bool:
        """The button of such a notice was pressed; False when it was another button."""
        given = self._given.pop(action, None)
        if given is not None:
            (self.use_voice if action == USE_VOICE else self.use_ears)(str(given))
        return given is not None

    def _use(self, part: str, path: str, check: Callable[[Path], Any]) -> None:
        def accept(_: Any) -> None:
            self.refused.emit(part, "")
            self._preferences.set_voice(part, path)

        def refuse(error: Exception) -> None:
            known = isinstance(error, ParleyError)
            words = f"{error.message} {error.hint}" if known else f"It cannot be read: {error}."
            self.refused.emit(part, words)

        if path:
            self._background.run(lambda _: check(Path(path)), accept, refuse)
        else:
            accept(None)

    def _found(self, found: tuple[list[whispers.SpeechModel], list[pipers.Voice]]) -> None:
        self._ears, self._voices = found
        self.sources_changed.emit()

    @Slot(str, str)
    def _on_voice(self, name: str, value: str) -> None:
        if name in (EARS, VOICE):
            self.look()
        elif name == KEY:
            self.key_changed.emit()
        else:
            self.devices_changed.emit()

    def _tell(self, words: str) -> None:
        self.notice.emit(Notice(words, kind="error"))


def shown_devices(found: list[Any], chosen: str) -> list[ShownDevice]:
    """found: app.audio.sound.Device; the one that is chosen is there even when it is not."""
    if not found:
        return []
    usual = next((one.name for one in found if one.default), "")
    shown = [ShownDevice("", f"{SYSTEM} ({usual})" if usual else SYSTEM, not chosen)]
    shown += [ShownDevice(one.id, one.name, one.id == chosen) for one in found]
    if not any(one.chosen for one in shown):
        shown.append(ShownDevice(chosen, AWAY, True))
    return shown


def marked(sources: list[ShownSource], chosen: str) -> list[ShownSource]:
    """With the one in use marked, which is there even when its files are not."""
    real = Path(chosen).resolve() if chosen else None
    shown = [
        ShownSource(one.value, one.name, one.words, one.problem, Path(one.value).resolve() == real)
        for one in sources
    ]
    if chosen and not any(one.chosen for one in shown):
        gone = ShownSource(chosen, Path(chosen).name, "", "It is not there any more.", True)
        shown.append(gone)
    return shown


def voice_words(voice: pipers.Voice) -> str:
    about = voice.about
    told = (about.language, about.quality, about.licence) if about else ()
    return " · ".join([*(one for one in told if one), megabytes(voice.size)])


def megabytes(size: int) -> str:
    return f"{size / 1e9:.1f} GB" if size >= 1e9 else f"{max(1, round(size / 1e6))} MB"


def command(data_dir: Path | None) -> str:
    """What starts and stops talking from outside, as it is typed on this computer."""
    program = [sys.executable] if getattr(sys, "frozen", False) else [sys.executable, "-m", "app"]
    if shutil.which("parley"):
        program = ["parley"]
    folder = ["--data-dir", str(data_dir)] if data_dir else []
    return shlex.join([*program, "talk", *folder])
