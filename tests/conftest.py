"""Fixtures every test may use: the real parts, with links whose engine the test plays."""

import itertools
import logging
from pathlib import Path

import hypothesis
import pytest
from PySide6.QtCore import QObject, Signal

from app import homes, settings
from app.audio.sound import Sound
from app.background import Background
from app.controllers.answering import Answering
from app.controllers.chat import ChatController
from app.controllers.consent import ConsentController
from app.controllers.history import HistoryController
from app.controllers.models import ModelController
from app.controllers.preferences import PreferencesController
from app.controllers.seal import SealController
from app.controllers.toolbox import ToolboxController
from app.controllers.undo import UndoStack
from app.store.conversations import Store
from engines.messages import Done, Event, Loaded, Request
from tests.data import pulse

# the same examples every time: what lands must not depend on luck
hypothesis.settings.register_profile("parley", derandomize=True, deadline=None)
hypothesis.settings.load_profile("parley")
STARTER = Path(__file__).parents[1] / "resources/starter/parley-starter.gguf"
HELP = STARTER.parents[1] / "help"


class FakeLink(QObject):
    """Stands in for app.engine.EngineLink; the test says what the engine answers."""

    event = Signal(int, object)
    state_changed = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.requests: list[Request] = []
        self.cancelled: list[int] = []
        self.opened: list[tuple[str, Path]] = []
        self.grants: dict[str, object] = {}
        self.state, self.loaded, self.pid = "stopped", None, None
        self._numbers = itertools.count(1)

    def open(self, name: str, model: Path, options: object, **grants: object) -> None:
        self.opened.append((name, model))
        self.grants = grants
        self._become("loading")

    def load(self, *events: Event) -> None:
        """What the engine says while it loads; a plain success when nothing is given."""
        for event in events or (Loaded(name="Test model", context=4096), Done()):
            self.event.emit(0, event)
        self._become("ready")

    def submit(self, request: Request) -> int:
        self.requests.append(request)
        return next(self._numbers)

    def cancel(self, job: int) -> None:
        self.cancelled.append(job)

    def answer(self, *events: Event) -> None:
        """Events of the job submitted last."""
        for event in events:
            self.event.emit(len(self.requests), event)

    def set_patience(self, seconds: float) -> None:
        self.patience = seconds

    def unload(self) -> None:
        self._become("stopped")

    def stop(self) -> None:
        self._become("stopped")

    def _become(self, state: str) -> None:
        self.state = state
        self.state_changed.emit(state)


@pytest.fixture
def llm(qapp):
    return FakeLink()


@pytest.fixture
def tool_link(qapp):
    return FakeLink()


@pytest.fixture
def background(qapp):
    background = Background()
    yield background
    background.stop()


@pytest.fixture
def store(background):
    store = Store(None, background.deliver)
    yield store
    store.close()


@pytest.fixture
def undo(qapp):
    return UndoStack()


@pytest.fixture
def preferences(qapp, tmp_path):
    return PreferencesController(settings.Chosen(), tmp_path / "settings.json", "llama_cpp")


@pytest.fixture
def models(llm, store, background, preferences):
    models = ModelController(llm, store, background, preferences, STARTER, HELP, "llama_cpp")
    models.open_starter()
    llm.load()
    return models


@pytest.fixture
def consent(store):
    return ConsentController(store, may_ask=True)


@pytest.fixture
def seal(store, preferences):
    return SealController(store, preferences)


@pytest.fixture
def toolbox(tool_link, store, consent, seal, preferences, tmp_path):
    """Every home of tools on one link the test plays."""
    names = homes.names()
    folders = tmp_path / "notes", tmp_path / "cache"
    starts = {name: homes.home(name, preferences, *folders) for name in names}
    links = dict.fromkeys(names, tool_link)
    return ToolboxController(links, starts, store, consent, seal, preferences)


@pytest.fixture
def chat(llm, toolbox, consent, store, models, preferences, undo):
    answering = Answering(llm, toolbox, store)
    return ChatController(store, answering, models, preferences, undo, toolbox, consent)


@pytest.fixture
def history(store, chat, undo):
    return HistoryController(store, chat, undo)


@pytest.fixture
def sound_server(monkeypatch):
    """PulseAudio for this test alone, with one microphone and one loudspeaker in memory."""
    with pulse.server() as server:
        for name, value in server.variables.items():
            monkeypatch.setenv(name, value)
        yield server


@pytest.fixture
def sound(qapp, sound_server, tmp_path):
    """Microphone and loudspeaker of this test, as the app has them."""
    sound = Sound(log=tmp_path / "audio.log")
    yield sound
    sound.stop()


@pytest.fixture(autouse=True)
def no_unexpected_log(caplog):
    """A warning nobody asked for fails the test; a test that provokes one clears caplog."""
    yield
    unexpected = [r for r in caplog.get_records("call") if r.levelno >= logging.WARNING]
    assert not unexpected, [r.getMessage() for r in unexpected]
