"""The page Voice: with what Parley hears and speaks, and the key that is held to talk."""

from collections.abc import Mapping
from functools import partial

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from app.controllers.preferences import PreferencesController
from app.controllers.sound_tests import LISTENING, OPENING, PLAYING, SoundTests
from app.controllers.voice import EARS, VOICE, VoiceController
from app.views.card import Card, headed
from app.views.controls import Button, column, label, row
from app.views.facts import CopyButton, Elided
from app.views.folder_dialog import choose_folder
from app.views.options_form import OptionsForm
from app.views.page import Page
from app.views.voice_rows import DeviceList, KeyEdit, LevelMeter, Line, SourceRow

TALKING, SPEAKING, KEY = "Talking", "Speaking", "Talk key"  # pages of settings shown here
PAGES = (KEY, TALKING, SPEAKING)
ABOUT = (
    "Hold the talk key, or the round microphone beside the message, speak, and let go. A short tap "
    "listens until the next one. What you say is understood on this computer; nothing of it leaves."
)
NO_MICROPHONE = "No microphone was found. Connect one; it shows up here by itself."
NO_LOUDSPEAKER = "No loudspeaker was found. Connect one; it shows up here by itself."
WHICH_MICROPHONE = "Which one Parley listens to."
WHICH_LOUDSPEAKER = "Through which Parley speaks."
TRY_MICROPHONE = "Speak, see how loud it is, and hear it back."
TRY_LOUDSPEAKER = "Two notes."
HOLD = "Held to talk. Esc while choosing keeps it as it is."
COMMAND = "Starts talking, and stops. A desktop that gives programs no keys can run it with one."
EARS_ABOUT = (
    "A speech model makes text of what you say. Whisper models in the format of CTranslate2 that "
    "are on this computer are found by themselves; a larger one hears better and needs longer."
)
VOICES_ABOUT = (
    "Voices of Piper (a .onnx file with its .onnx.json) that are on this computer are found by "
    "themselves. You can also drop one on the window."
)
VOICE_FILES = "Voices (*.onnx);;All files (*)"


class DevicesSection(QWidget):
    """The two devices, and a test of each."""

    def __init__(self, voice: VoiceController) -> None:
        super().__init__()
        self._voice, self._tests = voice, voice.tests
        self.microphones, self.loudspeakers = DeviceList("Microphone"), DeviceList("Loudspeaker")
        self.level = LevelMeter("Level of the microphone")
        self.listen, self.play = Button("Test", picture="mic"), Button("Test", picture="speaker")
        self.listen.setAccessibleName("Test the microphone")
        self.play.setAccessibleName("Test the loudspeaker")
        self.microphone = Line("Microphone", WHICH_MICROPHONE, self.microphones)
        self.loudspeaker = Line("Loudspeaker", WHICH_LOUDSPEAKER, self.loudspeakers)
        self.try_microphone = Line("Try it", TRY_MICROPHONE, self.level, self.listen)
        self.try_loudspeaker = Line("Try it", TRY_LOUDSPEAKER, self.play)
        ears = Card((self.microphone, self.try_microphone))
        mouth = Card((self.loudspeaker, self.try_loudspeaker))
        both = column(headed("Microphone", ears), headed("Loudspeaker", mouth), gap=0)
        self.setLayout(both)
        self._connect()

    def _connect(self) -> None:
        voice, tests = self._voice, self._tests
        self.microphones.device_chosen.connect(partial(voice.choose_device, "microphone"))
        self.loudspeakers.device_chosen.connect(partial(voice.choose_device, "loudspeaker"))
        self.listen.clicked.connect(tests.microphone)
        self.play.clicked.connect(tests.loudspeaker)
        voice.devices_changed.connect(self.show_devices)
        tests.changed.connect(self.show_tests)
        tests.level.connect(self.level.show_level)
        self.show_tests()

    @Slot()
    def show_devices(self) -> None:
        microphones, loudspeakers = self._voice.microphones(), self._voice.loudspeakers()
        self.microphones.show_devices(microphones)
        self.loudspeakers.show_devices(loudspeakers)
        self.microphone.say(WHICH_MICROPHONE if microphones else NO_MICROPHONE)
        self.loudspeaker.say(WHICH_LOUDSPEAKER if loudspeakers else NO_LOUDSPEAKER)
        self.listen.setEnabled(bool(microphones))
        self.play.setEnabled(bool(loudspeakers))

    @Slot()
    def show_tests(self) -> None:
        tests = self._tests
        goes_on = tests.state in (OPENING, LISTENING, PLAYING)
        self.try_microphone.say(tests.words or TRY_MICROPHONE)
        self.level.setVisible(tests.state in (OPENING, LISTENING))
        self.listen.setText("Stop" if goes_on else "Test")
        self.play.setText("Stop" if tests.sounding else "Test")


class KeySection(QWidget):
    """The talk key, where it works, and the command for desktops that have no keys to give."""

    def __init__(
        self,
        voice: VoiceController,
        preferences: PreferencesController,
        shortcuts: Mapping[str, str],
    ) -> None:
        super().__init__()
        self._voice, self._shortcuts = voice, shortcuts
        self.key, self.ask = KeyEdit(), Button("Ask the desktop")
        self.choose = Line("Talk key", HOLD, self.key)
        self.where = Line("In other programs", "", self.ask)
        self.copy = CopyButton("the command", voice.command)
        shown = Elided(voice.command, "code")
        shown.setMinimumWidth(220)
        self.command = Line("Command", COMMAND, shown, self.copy)
        self.anywhere = OptionsForm(preferences.settings, preferences.set, pages=(KEY,))
        rows = (self.choose, self.where, self.anywhere.row("talk_anywhere"), self.command)
        self.setLayout(headed("Talk key", Card(rows)))
        self.key.waiting.connect(voice.choosing_key)
        self.key.given.connect(self._take)
        self.key.refused.connect(self.choose.complain)
        self.ask.clicked.connect(voice.ask_desktop)
        voice.key_changed.connect(self.show_key)
        preferences.changed.connect(self.anywhere.show_value)
        self.show_key()

    @Slot()
    def show_key(self) -> None:
        self.key.show_key(self._voice.key)
        self.where.say(self._voice.key_words)
        self.where.setVisible(bool(self._voice.key_words))
        self.ask.setVisible(self._voice.key_must_ask)

    @Slot(str)
    def _take(self, name: str) -> None:
        self.choose.complain(self._voice.set_key(name, self._shortcuts))


class SourcesSection(QWidget):
    """Models that hear, or voices that speak: those that were found, and a way to name another."""

    def __init__(self, part: str, title: str, about: str, choose: str) -> None:
        super().__init__()
        self._part = part
        self.card, self.problem = Card(), label("", "danger", wrap=True)
        self.choose = Button(choose, picture="folder-open")
        words = label(about, "second", wrap=True)
        words.setContentsMargins(4, 0, 0, 0)
        self.problem.hide()
        self.below = row(self.choose, None)
        self.setLayout(headed(title, words, self.card, self.problem, holding(self.below)))

    @Slot(str, str)
    def complain(self, part: str, problem: str) -> None:
        if part == self._part:
            self.problem.setText(problem)
            self.problem.setVisible(bool(problem))


class VoicePage(Page):
    def __init__(
        self,
        voice: VoiceController,
        preferences: PreferencesController,
        shortcuts: Mapping[str, str],
    ) -> None:
        """shortcuts: what keys do already, by their name: {"Ctrl+N": "New conversation"}."""
        self._voice = voice
        self.devices = DevicesSection(voice)
        self.key = KeySection(voice, preferences, shortcuts)
        self.ears = SourcesSection(EARS, "Hearing", EARS_ABOUT, "Choose a folder…")
        self.voices = SourcesSection(VOICE, "Voice", VOICES_ABOUT, "Choose a voice…")
        self.form = OptionsForm(preferences.settings, preferences.set, pages=(TALKING, SPEAKING))
        inside = QWidget()
        about = label(ABOUT, "soft", wrap=True)
        parts = (self.devices, self.key, self.ears, self.voices, self.form)
        inside.setLayout(column(about, 16, *parts, gap=0))
        super().__init__("Voice", inside)
        preferences.changed.connect(self.form.show_value)
        voice.sources_changed.connect(self.show_sources)
        voice.refused.connect(self.ears.complain)
        voice.refused.connect(self.voices.complain)
        self.ears.choose.clicked.connect(self._choose_ears)
        self.voices.choose.clicked.connect(self._choose_voice)
        self.show_sources()

    def enter(self) -> None:
        super().enter()
        self._voice.look()
        self.devices.show_devices()

    def hideEvent(self, event) -> None:
        """A test does not go on where nobody sees it."""
        super().hideEvent(event)
        self._voice.tests.stop()

    @Slot()
    def show_sources(self) -> None:
        for section, sources, use in (
            (self.ears, self._voice.ears(), self._voice.use_ears),
            (self.voices, self._voice.voices(), self._voice.use_voice),
        ):
            rows = [SourceRow(one) for one in sources]
            for one in rows:
                one.asked.connect(use)
            section.card.show_rows(rows)

    @Slot()
    def _choose_ears(self) -> None:
        choose_folder(self, "The folder of a Whisper model", self._voice.use_ears)

    @Slot()
    def _choose_voice(self) -> None:
        dialog = QFileDialog(self, "A voice of Piper", "", VOICE_FILES)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self._voice.use_voice)
        dialog.open()


def holding(layout) -> QWidget:
    made = QWidget()
    made.setLayout(layout)
    return made
