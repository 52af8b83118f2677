"""Fixtures of the window: Parley's fonts and look, and the whole window around real controllers."""

import itertools
from pathlib import Path

import pytest

from app import media, paths, shelves
from app import variants as kept_variants
from app.controllers.acting import ActingController
from app.controllers.arrivals import ArrivalController
from app.controllers.everyone import Controllers
from app.controllers.extras import ExtrasController
from app.controllers.keys import KeysController
from app.controllers.photo_keeping import PhotoKeeping
from app.controllers.photos import PhotosController
from app.controllers.plugins import PluginsController
from app.controllers.programs import ProgramsController
from app.controllers.registering import RegisteringController
from app.controllers.reminders import RemindersController
from app.controllers.running import RunningController
from app.controllers.sampling import VoiceSample
from app.controllers.saving import SavingController
from app.controllers.server import ServerController
from app.controllers.sound_files import SoundFilesController
from app.controllers.sound_tests import SoundTests
from app.controllers.speak import SpeakController
from app.controllers.terms import AsSet
from app.controllers.transcribing import Transcribing
from app.controllers.voice import VoiceController
from app.controllers.voices import Voices
from app.fetching import clip_packages
from app.keys import Keys
from app.paths import constraints, resource
from app.registering.freedesktop import FreeDesktop
from app.resting import Resting
from app.store.conversations import StoredPart
from app.views import fonts, style
from app.views.theme import LIGHT
from app.views.window import MainWindow
from tests.conftest import FakeLink
from tests.ui.appearing import appear


@pytest.fixture(scope="session")
def fonts_loaded(qapp):
    return fonts.load_fonts(resource("fonts"))


@pytest.fixture
def light(qapp, fonts_loaded):
    style.apply(qapp, LIGHT)
    return LIGHT


@pytest.fixture
def arrivals(chat, models, talk):
    return ArrivalController(chat, models, talk)


@pytest.fixture
def attaching(store, background, models, answering, chat, keeping, arrivals):
    """Nothing is read: tests/ui/test_attaching.py has the real engines."""
    files = Resting(FakeLink(), lambda: ("", Path(), None, {}))
    made = media.attaching(
        *(files, FakeLink(), FakeLink(), None, store, background, models, answering, chat, keeping)
    )
    arrivals.files.connect(made.take)
    return made


@pytest.fixture
def key_store(tmp_path, monkeypatch):
    """In a file: tests/unit/test_keys.py has a store."""
    monkeypatch.setattr("app.keys.system_store", lambda: None)
    return Keys(tmp_path / "keys.json")


@pytest.fixture
def keys(background, key_store):
    return KeysController(key_store, background)


@pytest.fixture
def asker(qapp):
    """The link through which a server is asked what it can do; the test plays it."""
    return FakeLink()


@pytest.fixture
def server(models, preferences, seal, keys, undo, asker):
    return ServerController(models, preferences, seal, keys, undo, asker)


@pytest.fixture
def reminders(store, undo):
    return RemindersController(store, undo)


@pytest.fixture
def acting(toolbox, preferences, seal, reminders, tmp_path):
    return ActingController(toolbox, preferences, seal, reminders, tmp_path / "notes")


@pytest.fixture
def program_links():
    """The links of the person's programs, in the order they were made; the test plays them."""
    return []


@pytest.fixture
def programs(preferences, toolbox, seal, undo, program_links, tmp_path):
    def new_link():
        program_links.append(FakeLink())
        return program_links[-1]

    return ProgramsController(preferences, toolbox, seal, undo, new_link, tmp_path / "programs")


@pytest.fixture
def plugin_links():
    """The links of the person's plugins, in the order they were made; the test plays them."""
    return []


@pytest.fixture
def plugins(preferences, toolbox, undo, background, plugin_links, arrivals, tmp_path):
    def new_link():
        plugin_links.append(FakeLink())
        return plugin_links[-1]

    place = tmp_path / "plugins"
    made = PluginsController(preferences, toolbox, undo, background, new_link, place)
    arrivals.plugin_given.connect(made.look_at)
    return made


@pytest.fixture
def sound_files(store, background, preferences, undo, arrivals):
    """Nothing is read: tests/ui/test_sound_files.py has the real engines."""
    transcribing = Transcribing(FakeLink(), Resting(FakeLink(), lambda: ("", Path(), None, {})))
    made = SoundFilesController(store, transcribing, background, preferences, undo)
    arrivals.sounds.connect(made.add)
    return made


@pytest.fixture
def speak(microphone, answering, chat, preferences):
    """Answers aloud, with a link and a loudspeaker of which the test sees what they get."""
    voices = Voices(FakeLink(), preferences)
    return SpeakController(voices, microphone, itertools.count(1), answering, chat, preferences)


@pytest.fixture
def saving(background, chat, preferences):
    voices = Voices(FakeLink(), preferences)
    return SavingController(voices, FakeLink(), background, chat, preferences)


@pytest.fixture
def sample_link(qapp):
    """The voice that says the sample of the page Voice; the test plays it."""
    return FakeLink()


@pytest.fixture
def voicing(preferences, background, talk, tmp_path, microphone, sample_link):
    def listening():
        return talk.listening

    trials = SoundTests(microphone, background, itertools.count(1), tmp_path, listening)
    voices = Voices(sample_link, preferences)
    sample = VoiceSample(voices, microphone, itertools.count(100), preferences)
    places = tmp_path / "models", resource("ears")
    return VoiceController(preferences, microphone, background, trials, sample, *places, None)


@pytest.fixture
def extras(seal, background, tmp_path):
    """Nothing is fetched: tests/ui/test_extras.py has an index of its own."""
    extra = clip_packages(tmp_path / "components/clip", constraints())
    return ExtrasController(extra, seal, background)


@pytest.fixture
def photos(preferences, background, undo, attaching, tmp_path):
    """Nothing is looked at: tests/ui/test_photos_page.py has the real engines."""
    looker, finder = (Resting(FakeLink(), lambda: ("", Path(), None, {})) for _ in range(2))
    keeping = PhotoKeeping(looker, background, preferences, lambda: False)
    made = PhotosController(keeping, finder, preferences, background, undo, tmp_path / "thumbs")
    made.asked.connect(attaching.take)
    yield made
    made.stop()


@pytest.fixture
def shelf(preferences, models, seal, store, background, undo, key_store, keys, tmp_path):
    """The real one, with an empty folder of models; it looks around when it is asked to."""
    folders = paths.folders(tmp_path / "parley").make()
    parts = (folders, preferences, models, seal, store, background, undo, key_store, keys)
    made = shelves.controller(*parts, models)
    yield made
    made.stop()


@pytest.fixture
def variants(preferences, models, toolbox, seal, store, background, undo, chat, tmp_path):
    """The real one, without those that came with Parley; it reads its folder when it is started."""
    folders = paths.folders(tmp_path / "parley").make()
    parts = (folders, preferences, models, toolbox, seal, store, background, undo, chat)
    made = kept_variants.controller(*parts, built_in=tmp_path / "built_in")
    yield made
    made.stop()
    background.stop()
    made.finish()


@pytest.fixture
def sorting(arrivals, variants):
    """What is dropped is looked into."""
    arrivals.look_into = variants.imports.sort_out
    arrivals.variants_given.connect(variants.look_at)
    return arrivals


@pytest.fixture
def trying(variants, preferences, toolbox, models, answering, background, undo):
    """What asks variants outside a conversation."""
    plain = AsSet(preferences, toolbox)
    return kept_variants.trials(*(variants, plain, models, answering, toolbox, background, undo))


@pytest.fixture
def running(models, background):
    return RunningController(models, background)


@pytest.fixture
def registering(background, tmp_path):
    """A desktop of this test's own."""
    desktop = FreeDesktop(tmp_path / "share", tmp_path / "config", ["parley"], resource(""))
    return RegisteringController(desktop, background)


@pytest.fixture
def controllers(
    preferences, models, chat, history, arrivals, attaching, undo, toolbox, consent, seal,
    server, reminders, acting, programs, plugins, talk, sound_files, speak, saving, voicing, extras,
    photos, shelf, registering, running, variants, trying,
):  # fmt: skip
    return Controllers(
        *(preferences, models, chat, history, arrivals, attaching, undo, toolbox, consent, seal),
        *(server, reminders, acting, programs, plugins, talk, sound_files, speak, saving, voicing),
        *(extras, photos, shelf, registering, running, variants, *trying),
    )


@pytest.fixture
def window(qtbot, light, controllers):
    window = MainWindow(controllers, resource(""))
    qtbot.addWidget(window)
    appear(qtbot, window)
    return window


@pytest.fixture
def conversations(qtbot, store, history):
    """Three conversations in the store, the newest last; answers their ids."""
    made = []

    def begun(conversation, turn):
        made.append(conversation)

    for count, title in enumerate(("Garden shed", "Lisbon letter", "Slow join"), start=1):
        parts = (StoredPart("text", f"What about the {title.lower()}?"),)
        store.begin(title, "user", parts, begun)
        qtbot.waitUntil(lambda count=count: len(made) == count)
    history.refresh()
    return made
