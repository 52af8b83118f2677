"""Fixtures every test may use: the real parts, with links whose engine the test plays."""

import itertools
import logging
import os
from pathlib import Path

import hypothesis
import pytest
from PySide6.QtCore import QObject, Signal
from pytestqt.qtbot import QtBot

from app import garbage, homes, settings
from app.audio.messages import Captured, Device
from app.audio.samples import SPEECH
from app.audio.sound import Sound
from app.audio.wav import header
from app.background import Background
from app.controllers.answering import Answering
from app.controllers.careful import Careful
from app.controllers.chat import ChatController
from app.controllers.consent import ConsentController
from app.controllers.hearing import Hearing
from app.controllers.history import HistoryController
from app.controllers.keeping import Keeping
from app.controllers.listening import Listening
from app.controllers.models import ModelController
from app.controllers.preferences import PreferencesController
from app.controllers.replay import Replay
from app.controllers.seal import SealController
from app.controllers.takes import Takes
from app.controllers.talk import TalkController
from app.controllers.toolbox import ToolboxController
from app.controllers.undo import UndoStack
from app.controllers.writing_down import WritingDown
from app.store.conversations import Store
from engines.messages import Done, Event, Loaded, Request
from engines.process import SET
from tests.data import pulse

try:
    import resource
except ImportError:  # not on Windows
    resource = None

os.environ |= SET  # tests that load an engine's library here do it as a worker does

# the same examples every time: what lands must not depend on luck
hypothesis.settings.register_profile("parley", derandomize=True, deadline=None)
hypothesis.settings.load_profile("parley")
STARTER = Path(__file__).parents[1] / "resources/starter/parley-starter.gguf"
HELP = STARTER.parents[1] / "help"
WAIT = 60_000  # ms


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
        self.options: object = None
        self.state, self.loaded, self.pid = "stopped", None, None
        self._numbers = itertools.count(1)

    def open(self, name: str, model: Path, options: object, **grants: object) -> None:
        self.opened.append((name, model))
        self.options, self.grants = options, grants
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


class FakeSound(QObject):
    """Stands in for app.audio.sound.Sound; the test says what the microphone hears."""

    devices_changed = Signal()
    captured = Signal(object)
    level = Signal(float)
    listening = Signal(int)
    troubled = Signal(object)
    heard = Signal(int, float)
    finished = Signal(int)
    silenced = Signal(int, float)

    def __init__(self) -> None:
        super().__init__()
        self.take, self.file = 0, Path()
        self.devices = [Device("mic", "Microphone", True)]
        self.ended: list[int] = []
        self.played: list[tuple[int, bytes, int]] = []

    def microphones(self) -> list[Device]:
        return self.devices

    loudspeakers = microphones

    def start_take(self, take: int, file: Path) -> None:
        if self.take:
            self.end()
        self.take, self.file = take, file
        file.write_bytes(header(SPEECH, 0))

    def give(self, pcm: bytes, last: bool = False) -> None:
        """The microphone hears this (16 kHz, mono, s16)."""
        if self.take:
            with self.file.open("ab") as opened:
                opened.write(pcm)
            self.captured.emit(Captured(self.take, pcm, 16_000, 1, "s16", last))
            self.take = 0 if last else self.take

    def begin(self) -> None:
        """Its first sound has come."""
        self.listening.emit(self.take)

    def end(self) -> None:
        self.give(b"", last=True)

    def end_take(self, take: int) -> None:
        self.ended.append(take)

    def play(self, speech: int, pcm: bytes, rate: int) -> None:
        self.played.append((speech, pcm, rate))

    def finish(self, speech: int) -> None: ...

    def silence(self) -> None:
        if self.played:
            self.silenced.emit(self.played[-1][0], 0.0)

    def use(self, microphone: str, loudspeaker: str) -> None: ...

    def open_loudspeaker(self) -> None: ...

    def stop(self) -> None: ...


class PatientBot(QtBot):
    """Waits as long as a busy machine may take, where a test does not say how long."""

    def waitUntil(self, callback, *, timeout=WAIT):  # noqa: N802
        super().waitUntil(callback, timeout=timeout)

    def waitSignal(self, signal, *, timeout=WAIT, **given):  # noqa: N802
        return super().waitSignal(signal, timeout=timeout, **given)


@pytest.fixture
def qtbot(qapp, request):
    return PatientBot(request)


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
def answering(llm, toolbox, store):
    return Answering(llm, toolbox, store)


@pytest.fixture
def chat(answering, consent, store, models, preferences, undo, toolbox):
    return ChatController(store, answering, models, preferences, undo, toolbox, consent)


@pytest.fixture
def microphone(qapp):
    return FakeSound()


@pytest.fixture
def listener(qapp):
    return FakeLink()


@pytest.fixture
def stt(qapp):
    return FakeLink()


@pytest.fixture
def clock():
    """A clock the test moves: clock.now += 1."""
    return Clock()


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def keeping(microphone, background, store, chat, preferences, tmp_path):
    takes = Takes(tmp_path / "takes", background)
    replay = Replay(microphone, background, itertools.count(1))
    return Keeping(takes, replay, store, chat, preferences)


@pytest.fixture
def careful(stt, background, tmp_path):
    """Hears again through the same link, whatever the model."""
    return Careful(stt, lambda _: None, lambda: tmp_path / "ears", (), background)


@pytest.fixture
def talk(microphone, listener, stt, careful, clock, keeping, chat, preferences):
    writing = WritingDown(
        *(Listening(listener), Hearing(stt, clock), careful, keeping, chat, preferences),
        warm=lambda: None,
        clock=clock,
    )
    return TalkController(microphone, writing, keeping, chat, preferences, clock=clock)


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


@pytest.fixture(scope="session", autouse=True)
def collector(qapp):
    return garbage.Garbage(qapp)


@pytest.fixture(autouse=True)
def collected():
    """Many tests run no event loop, in which the app collects."""
    yield
    garbage.collect()


def limits():
    """The bounds the system puts on this process, by their numbers."""
    if resource is None:
        return {}
    names = [name for name in dir(resource) if name.startswith("RLIMIT_")]
    return {name: resource.getrlimit(getattr(resource, name)) for name in names}


@pytest.fixture(autouse=True)
def nothing_stays_bounded():
    """What an engine does to its own process would end the tests after it, far from the cause."""
    before = limits()
    yield
    assert limits() == before


@pytest.fixture(autouse=True)
def no_unexpected_log(caplog):
    """A warning nobody asked for fails the test; a test that provokes one clears caplog."""
    yield
    unexpected = [r for r in caplog.get_records("call") if r.levelno >= logging.WARNING]
    assert not unexpected, [r.getMessage() for r in unexpected]
