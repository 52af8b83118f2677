"""Whatever hands, engines and devices do, in any order: no illegal state, nothing said is lost."""

import itertools

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtWidgets import QApplication

from app.audio.messages import Device
from app.controllers import talk as talking
from app.controllers.careful import Careful
from app.controllers.hearing import Hearing
from app.controllers.keeping import Keeping
from app.controllers.listening import Listening
from app.controllers.replay import Replay
from app.controllers.takes import Takes
from app.controllers.talk import TalkController
from app.controllers.writing_down import WritingDown
from tests.conftest import Clock, FakeSound
from tests.data.played import Played, Voice, silence, speech

LEGAL = {
    "off": {"idle", "finishing"},
    "idle": {"opening", "off", "finishing"},
    "opening": {"listening", "finishing", "idle", "waiting", "off"},
    "listening": {"finishing", "idle", "opening", "waiting", "off"},
    "finishing": {"idle", "opening", "off", "waiting"},
    "waiting": {"opening", "idle", "finishing", "off"},
}


class Bench:
    """Talking with everything around it played, and what became of each take."""

    def __init__(self, chat, preferences, store, background, folder):
        self.chat, self.clock, self.sound = chat, Clock(), FakeSound()
        chat.keep_draft("")
        self.listener, self.stt, self.voice = Played(), Played(), Voice()
        takes = Takes(folder, background)
        replay = Replay(self.sound, background, itertools.count(1))
        self.keeping = Keeping(takes, replay, store, chat, preferences)
        careful = Careful(self.stt, lambda _: None, lambda: folder, (), background)
        parts = Listening(self.listener), Hearing(self.stt, self.clock), careful, self.keeping
        self.writing = WritingDown(*parts, chat, preferences, warm=lambda: None, clock=self.clock)
        self.talk = TalkController(
            self.sound, self.writing, self.keeping, chat, preferences, clock=self.clock
        )
        self.talk.use_voice(self.voice)
        self.written, self.states, self.cancelled = [], ["idle"], set()
        self.spoken = {}  # take -> frames of speech the microphone gave
        self.files = {}  # take -> when it was said, which names its file
        self.writing.written.connect(lambda text, _: self.written.append(text))
        self.talk.state_changed.connect(self.states.append)

    def say(self, seconds):
        take = self.sound.take
        if take:
            frames = round(seconds / 0.032)
            self.spoken[take] = self.spoken.get(take, 0) + frames
            self.files[take] = self.writing.find(take).kept.said
            self.sound.give(speech(take % 250 + 1, seconds))

    def hush(self, seconds):
        self.sound.give(silence(seconds))

    def end_mic(self):
        """The tail of a take that was ended is over."""
        if self.sound.take in self.sound.ended:
            self.sound.end()

    def cancel(self):
        before = {take.number for take in self.writing._takes if not take.dropped}
        self.talk.cancel()
        self.cancelled |= before

    def devices(self, there):
        self.sound.devices = [Device("mic", "Microphone", True)] if there else []
        self.sound.devices_changed.emit()

    def settle(self):
        """Everything that is under way comes to its end."""
        self.voice.speak(False)
        self.talk.set_hands_free(False)
        self.talk.lose()
        if self.talk.staying:
            self.talk.toggle()
        self.end_mic()
        for _ in range(400):
            QApplication.processEvents()
            self.listener.answer()
            self.stt.answer()
            if not (self.listener.open or self.stt.open or self.writing.busy):
                return
        raise AssertionError("it goes on for ever")


EVENTS = {
    "press": lambda b: b.talk.press(),
    "release": lambda b: b.talk.release(),
    "lose": lambda b: b.talk.lose(),
    "toggle": lambda b: b.talk.toggle(),
    "cancel": lambda b: b.cancel(),
    "hands free": lambda b: b.talk.set_hands_free(True),
    "not hands free": lambda b: b.talk.set_hands_free(False),
    "begins": lambda b: b.sound.begin(),
    "speech": lambda b: b.say(0.5),
    "long speech": lambda b: b.say(14.0),
    "pause": lambda b: b.hush(0.4),
    "long pause": lambda b: b.hush(1.2),
    "tail": lambda b: b.end_mic(),
    "unplugged": lambda b: b.sound.end(),
    "no devices": lambda b: b.devices(False),
    "devices": lambda b: b.devices(True),
    "listener": lambda b: [b.listener.answer() for _ in range(9)],
    "stt": lambda b: b.stt.answer(),
    "listener dies": lambda b: b.listener.die(),
    "stt dies": lambda b: b.stt.die(),
    "speaks": lambda b: b.voice.speak(True),
    "spoken": lambda b: b.voice.speak(False),
    "new": lambda b: b.chat.new(),
    "moment": lambda b: setattr(b.clock, "now", b.clock.now + 0.1),
    "while": lambda b: setattr(b.clock, "now", b.clock.now + 1.0),
    "qt": lambda _: QApplication.processEvents(),
}

OFTEN = {  # what usually happens together, so that sequences lead somewhere
    "hold and say": ("press", "while", "begins", "speech", "listener"),
    "let go": ("release", "qt", "tail", "listener"),
    "tap": ("press", "moment", "release", "qt", "begins", "speech", "listener"),
    "say and pause": ("begins", "speech", "long pause", "listener", "tail", "listener"),
    "not understood": ("listener", "stt dies", "qt", "stt dies", "qt"),
    "not heard": ("listener dies", "listener dies", "listener dies"),
    "understood": ("listener", "stt", "stt", "qt"),
}
SEQUENCES = st.lists(
    st.one_of(
        st.sampled_from(sorted(OFTEN)).map(OFTEN.__getitem__),
        st.sampled_from(sorted(EVENTS)).map(lambda name: (name,)),
    ),
    min_size=4,
    max_size=25,
)


@pytest.fixture
def bench(chat, preferences, store, background, tmp_path, monkeypatch):
    for name in ("BOUNCE_MS", "TAIL_MS"):
        monkeypatch.setattr(talking, name, 0)
    made = (tmp_path / f"takes{number}" for number in itertools.count())
    return lambda: Bench(chat, preferences, store, background, next(made))


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(SEQUENCES)
def test_any_sequence(bench, caplog, events):
    one = bench()
    for name in itertools.chain.from_iterable(events):
        EVENTS[name](one)
        recording = one.talk._recording
        assert (one.talk.state in ("opening", "listening")) >= (recording is not None)
        assert recording is None or one.sound.take == recording.number
    one.settle()
    caplog.clear()
    assert one.talk.state in ("idle", "off"), one.states
    for before, after in itertools.pairwise(one.states):
        assert after in LEGAL[before], one.states
    account(one)
    one.talk.deleteLater()


def account(one):
    """Each take with enough speech in it has its words, or its file, or was dropped on purpose."""
    for _ in range(50):
        QApplication.processEvents()
    drafts = one.chat.draft
    held = {kept.said for kept in (*one.keeping._held, *one.keeping._waiting)}
    for take, frames in one.spoken.items():
        word = f"take{take % 250 + 1}"
        if frames < 12:
            continue
        times = sum(word in text.split() for text in (*one.written, drafts))
        assert times <= 1, f"{word} was written {times} times: {one.written}"
        if not times:
            assert take in one.cancelled or one.files[take] in held, f"{word} is lost"
    assert not one.writing._takes
