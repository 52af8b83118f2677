"""The page Voice: with what Parley hears and speaks, and the key that is held to talk."""

from collections.abc import Mapping
from functools import partial

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from app.controllers.preferences import PreferencesController
from app.controllers.sound_tests import LISTENING, OPENING
from app.controllers.voice import EARS, VOICE, VoiceController
from app.views.card import Card, headed
from app.views.controls import Button, Switch, column, label, row
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
TRY_MICROPHONE = "Test: speak, see how loud it is, and hear it back."
TRY_LOUDSPEAKER = "Test: two notes."
ANYWHERE = "In other programs"
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
BUILT_IN = "espeak"  # the engine of the voice that came with Parley
TEST_WIDTH = 92
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
        for one in (self.listen, self.play):
            one.setFixedWidth(TEST_WIDTH)
        ear, mouth = (self.microphones, self.listen), (self.loudspeakers, self.play)
        self.microphone = Line("Microphone", "", *ear, below=self.level)
        self.loudspeaker = Line("Loudspeaker", "", *mouth)
        card = Card((self.microphone, self.loudspeaker))
        self.setLayout(headed("Microphone and loudspeaker", card))
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
        self.microphones.show_devices(self._voice.microphones())
        self.loudspeakers.show_devices(self._voice.loudspeakers())
        self.show_tests()

    @Slot()
    def show_tests(self) -> None:
        tests = self._tests
        hears, speaks = (bool(one.count()) for one in (self.microphones, self.loudspeakers))
        self.microphone.say(tests.words or (TRY_MICROPHONE if hears else NO_MICROPHONE))
        self.loudspeaker.say(TRY_LOUDSPEAKER if speaks else NO_LOUDSPEAKER)
        self.level.setVisible(tests.state in (OPENING, LISTENING))
        self.listen.setText("Stop" if tests.state else "Test")
        self.play.setText("Stop" if tests.sounding else "Test")
        self.listen.setVisible(hears or bool(tests.state))
        self.play.setVisible(speaks)


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
        self._preferences = preferences
        self.key, self.ask = KeyEdit(), Button("Ask the desktop")
        self.choose = Line("Talk key", HOLD, self.key)
        self.anywhere = Switch(preferences.settings.talk_anywhere, ANYWHERE)
        self.where = Line(ANYWHERE, "", self.ask, self.anywhere)
        shown = Elided(voice.command, "code")
        shown.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.copy = CopyButton("the command", voice.command)
        self.command = Line("Command", COMMAND, below=row(shown, self.copy, margins=(0, 4, 0, 0)))
        self.setLayout(headed("Talk key", Card((self.choose, self.where, self.command))))
        self.key.waiting.connect(voice.choosing_key)
        self.key.given.connect(self._take)
        self.key.refused.connect(self.choose.complain)
        self.ask.clicked.connect(voice.ask_desktop)
        self.anywhere.clicked.connect(self._set_anywhere)
        voice.key_changed.connect(self.show_key)
        self.show_key()

    @Slot()
    def show_key(self) -> None:
        if self.key.on:
            return  # meanwhile the key before is given back
        self.key.show_key(self._voice.key)
        self.where.say(self._voice.key_words)
        self.anywhere.setChecked(self._preferences.settings.talk_anywhere)
        self.ask.setVisible(self._voice.key_must_ask)

    @Slot(bool)
    def _set_anywhere(self, on: bool) -> None:
        self._preferences.set("talk_anywhere", on)

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
        self.talking, self.speaking = (
            OptionsForm(preferences.settings, preferences.set, pages=(one,))
            for one in (TALKING, SPEAKING)
        )
        hears, speaks = (engine_forms(preferences, hears) for hears in (True, False))
        self.engines = hears | speaks
        inside = QWidget()
        about = label(ABOUT, "soft", wrap=True)
        built_in = speaks.pop(BUILT_IN)
        hearing, speaking = (self.talking, self.ears), (self.voices, built_in, self.speaking)
        engines = (*hears.values(), *speaks.values())
        parts = (self.devices, self.key, *hearing, *speaking, *engines)
        inside.setLayout(column(about, 16, *parts, gap=0))
        super().__init__("Voice", inside)
        preferences.changed.connect(self.talking.show_value)
        preferences.changed.connect(self.speaking.show_value)
        voice.sources_changed.connect(self.show_sources)
        voice.refused.connect(self.ears.complain)
        voice.refused.connect(self.voices.complain)
        self.sample = Button("Hear it", picture="speaker")
        self.sample.setAccessibleName("Hear the voice")
        self.voices.below.insertWidget(1, self.sample)
        self.sample.clicked.connect(voice.sample.toggle)
        voice.sample.changed.connect(self.show_sample)
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
        self._voice.sample.stop()

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
    def show_sample(self) -> None:
        sample = self._voice.sample
        self.sample.setText("Stop" if sample.playing else "Hear it")
        self.voices.complain(VOICE, sample.problem)

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


def engine_forms(preferences: PreferencesController, hears: bool) -> dict[str, OptionsForm]:
    """A form for every engine of one kind with something to choose, by its name."""
    return {
        name: OptionsForm(options, partial(preferences.set_option, name), title)
        for name, title, options in preferences.voice_options(hears)
    }


def holding(layout) -> QWidget:
    made = QWidget()
    made.setLayout(layout)
    return made
