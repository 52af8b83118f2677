"""Faults of talking and being answered, each a function that provokes one in the running app.

One generator for the whole list and for the tenth of it that is always run: `course(count, seed)`
names the kinds so that each comes up equally often, in an order of its own.
"""

import contextlib
import os
import random
import signal
from array import array
from collections.abc import Callable, Iterator
from pathlib import Path

import apsw
import pytestqt.exceptions

from app.audio import wav
from engines.errors import ParleyError
from tests.data import speech
from tests.data.pulse import LOUDSPEAKER, MICROPHONE

SAID = "please tell me seven times eight"
WAIT = 60_000  # ms
LOUD = 300  # of 32768: speech is louder, silence is not

Fault = Callable[["Scene"], bool]  # whether something was said that must not be lost
FAULTS: dict[str, Fault] = {}


def fault(act: Fault) -> Fault:
    FAULTS[act.__name__] = act
    return act


def course(count: int, seed: int) -> list[tuple[str, int]]:
    """So many (kind, seed of its own)."""
    chance = random.Random(seed)
    kinds: list[str] = []
    while len(kinds) < count:
        kinds += chance.sample(sorted(FAULTS), len(FAULTS))
    return [(kind, chance.randrange(10**6)) for kind in kinds[:count]]


class Scene:
    """Parley with a sound server that can be broken."""

    def __init__(self, qtbot, parts, server, folder: Path, broken_ears: Path) -> None:
        self.qtbot, self.parts, self.server, self.folder = qtbot, parts, server, folder
        self.talk, self.chat, self.sound = parts.talk, parts.chat, parts.sound
        self.listener, self.stt = (one.link for one in parts.voice[:2])
        self.tts = parts.speak._voices.link
        self.broken_ears = broken_ears
        self.takes = parts.folders.data / "takes"
        self.chance = random.Random(0)
        self.pcm = speech.spoken(SAID)
        self.players: list = []
        self.last: list[str] = []  # kinds of faults
        self.told: list[str] = []  # notices, to be read when something fails
        self.talk.notice.connect(lambda notice: self.told.append(notice.message))
        self.sound.troubled.connect(lambda trouble: self.told.append(trouble.message))

    # what a person does

    def wait(self, low: float, high: float | None = None) -> None:
        seconds = self.chance.uniform(low, high) if high else low
        self.qtbot.wait(round(seconds * 1000))

    def until(self, holds: Callable[[], bool], what: str, ms: int = WAIT) -> None:
        try:
            self.qtbot.waitUntil(holds, timeout=ms)
        except pytestqt.exceptions.TimeoutError:
            raise AssertionError(
                f"not so: {what}; {self.talk.state}; {self.last}; told {self.told[-8:]}"
            ) from None

    def hold(self) -> None:
        self.until(lambda: self.talk.state != "off", "there is a microphone")
        self.talk.press()
        self.until(lambda: self.talk.state == "listening", "it listens")

    def let_go(self) -> None:
        self.talk.release()

    def say(self, pcm: bytes = b"", microphone: str = MICROPHONE) -> None:
        with contextlib.suppress(OSError):
            self.players.append(
                self.server.say_pcm(pcm or self.pcm, speech.RATE, microphone=microphone)
            )

    def said(self) -> None:
        """Until the sentence is over, and a little longer, as people hold a key."""
        player = self.players[-1]
        self.until(lambda: not player.playing, "the sentence ends")
        self.wait(0.1)

    def talked(self) -> None:
        """One whole sentence, and the key is let go."""
        self.hold()
        self.say()
        self.said()
        self.let_go()

    def answered(self) -> None:
        """A sentence whose answer is being spoken."""
        self.talked()
        self.until(lambda: self.parts.speak.speaking, "the answer is spoken")

    def settle(self) -> None:
        """Nothing is under way any more."""
        for player in self.players:
            player.stop()
        self.players.clear()
        self.until(self.calm, f"{self.talk.state}, busy {self.chat.busy}")

    def calm(self) -> bool:
        resting = self.talk.state in ("idle", "off") and not self.talk.writing.busy
        return resting and not self.talk.keeping.busy and not self.parts.speak.speaking

    # what is kept

    def utterances(self) -> set[str]:
        """Takes on disk with something in them, and the sound in conversations, by their names."""
        database = apsw.Connection(
            str(self.parts.folders.database), flags=apsw.SQLITE_OPEN_READONLY
        )
        with contextlib.closing(database):
            rows = database.execute("SELECT id FROM part WHERE kind = 'sound'").fetchall()
        files = {file.name.split("-")[0] for file in self.takes.glob("*.wav") if loud(file)}
        return files | {f"part {number}" for (number,) in rows}

    def kill(self, pid: int | None) -> None:
        if pid:
            os.kill(pid, signal.SIGKILL)

    def run(self, kind: str, seed: int) -> None:
        """Provoke one and see that nothing is lost."""
        self.chance.seed(seed)
        self.last.append(kind)
        del self.last[:-3]
        if self.chance.random() < 0.3:
            self.chat.new()
        before = self.utterances()
        said = FAULTS[kind](self)
        self.settle()
        if said:
            kept = f"{kind} {seed} kept what was said"
            self.until(lambda: bool(self.utterances() - before), kept)


def loud(file: Path) -> bool:
    try:
        pieces = list(wav.pieces(file))
    except (OSError, ParleyError):
        return False
    samples = b"".join(pcm for _, pcm in pieces)[: 1 << 20]
    whole = array("h", samples[: len(samples) & ~1])
    return bool(whole) and max(whole) > LOUD


# the sound server, and what hangs on it


@contextlib.contextmanager
def talking(scene: Scene) -> Iterator[None]:
    """In the middle of a sentence, before the key is let go."""
    scene.hold()
    scene.say()
    scene.wait(0.8, 1.4)
    yield
    scene.wait(0.2, 0.6)
    scene.let_go()


@fault
def microphone_unplugged(scene: Scene) -> bool:
    with talking(scene):
        scene.server.unplug(MICROPHONE)
    scene.settle()
    scene.server.plug_microphone(MICROPHONE)
    return True


@fault
def microphone_unplugged_and_back(scene: Scene) -> bool:
    with talking(scene):
        scene.server.unplug(MICROPHONE)
        scene.wait(0.05, 0.4)
        scene.server.plug_microphone(MICROPHONE)
    return True


@fault
def server_gone_while_talking(scene: Scene) -> bool:
    with talking(scene):
        scene.server.kill()
    scene.wait(0.0, 0.5)
    scene.server.start()
    return True


@fault
def sound_process_killed_while_talking(scene: Scene) -> bool:
    with talking(scene):
        scene.kill(scene.sound.pid)
    return True


SHAPES = ((44_100, 1, "s16le"), (8_000, 1, "u8"), (48_000, 2, "float32le"), (96_000, 6, "s32le"))


@fault
def microphone_of_another_shape(scene: Scene) -> bool:
    """Wrong rate, wrong format, too many channels."""
    scene.server.plug_microphone("odd", *scene.chance.choice(SHAPES))
    scene.server.choose(microphone="odd")
    scene.wait(0.3)
    scene.hold()
    scene.say(microphone="odd")
    scene.said()
    scene.let_go()
    scene.settle()
    scene.server.choose(microphone=MICROPHONE)
    scene.server.unplug("odd")
    return True


@fault
def another_microphone_chosen_while_talking(scene: Scene) -> bool:
    scene.server.plug_microphone("other")
    with talking(scene):
        found = [one for one in scene.sound.microphones() if "other" in one.name]
        scene.parts.preferences.set_voice("microphone", found[0].id if found else "nowhere")
    scene.settle()
    scene.parts.preferences.set_voice("microphone", "")
    scene.server.unplug("other")
    return True


# what is said


@fault
def nothing_said(scene: Scene) -> bool:
    """Silence, noise, a hum, a tone, a knock: no words are made up."""
    sound = scene.chance.choice((speech.noise, speech.hum, speech.tone, speech.burst))
    turns = len(scene.chat.turns)
    scene.hold()
    scene.say(sound(0.8))
    scene.said()
    scene.let_go()
    scene.settle()
    assert len(scene.chat.turns) == turns, f"{sound.__name__} became words"
    return False


@fault
def key_played_with(scene: Scene) -> bool:
    """Zero-length takes, bounces, taps."""
    for _ in range(scene.chance.randint(2, 9)):
        scene.talk.press()
        scene.wait(0.0, 0.12)
        scene.talk.release()
        scene.wait(0.0, 0.12)
    scene.wait(0.05)
    scene.talk.cancel()
    return False


@fault
def clipped(scene: Scene) -> bool:
    samples = array("h", scene.pcm)
    hard = array("h", (max(-32_768, min(32_767, 60 * value)) for value in samples))
    scene.hold()
    scene.say(hard.tobytes())
    scene.said()
    scene.let_go()
    return True


@fault
def called_off(scene: Scene) -> bool:
    """Esc in the middle: dropped, and it can be had back."""
    with talking(scene):
        scene.talk.cancel()
        scene.wait(0.0, 0.3)
        scene.until(lambda: scene.talk.state in ("idle", "finishing"), "it stops")
    return False


@fault
def conversation_left_while_talking(scene: Scene) -> bool:
    with talking(scene):
        scene.chat.new()
    return True


@fault
def folder_of_takes_gone(scene: Scene) -> bool:
    """Nothing can be written there: the words arrive all the same."""
    aside = scene.takes.with_name("aside")
    scene.takes.mkdir(exist_ok=True)
    scene.takes.rename(aside)
    scene.takes.write_text("not a folder")
    spoken = scene.parts.chat.answer_finished
    heard: list[str] = []
    spoken.connect(heard.append)
    try:
        scene.talked()
        scene.until(lambda: bool(heard), "it is answered")
        scene.settle()
    finally:
        spoken.disconnect(heard.append)
        scene.takes.unlink()
        aside.rename(scene.takes)
    return False


# engines


@fault
def listener_killed(scene: Scene) -> bool:
    with talking(scene):
        scene.kill(scene.listener.pid)
    return True


@fault
def recogniser_killed_while_talking(scene: Scene) -> bool:
    with talking(scene):
        scene.kill(scene.stt.pid)
    return True


@fault
def recogniser_killed_at_the_end(scene: Scene) -> bool:
    scene.talked()
    scene.wait(0.0, 0.2)
    scene.kill(scene.stt.pid)
    return True


@fault
def both_killed(scene: Scene) -> bool:
    with talking(scene):
        scene.kill(scene.listener.pid)
        scene.kill(scene.stt.pid)
    return True


@fault
def speech_model_broken(scene: Scene) -> bool:
    """The folder of the model has become something else: what was said waits."""
    before = scene.parts.preferences.voice.ears
    scene.parts.preferences.set_voice("ears", str(scene.broken_ears))
    scene.talked()
    scene.settle()
    scene.parts.preferences.set_voice("ears", before)
    return True


@fault
def model_killed_while_answering(scene: Scene) -> bool:
    scene.talked()
    scene.until(lambda: scene.chat.busy or scene.calm(), "it is answered")
    scene.kill(scene.parts.llm.pid)
    return True


# the answer aloud


@fault
def loudspeaker_unplugged(scene: Scene) -> bool:
    scene.answered()
    scene.server.unplug(LOUDSPEAKER)
    scene.wait(0.0, 0.5)
    scene.server.plug_loudspeaker(LOUDSPEAKER)
    return True


@fault
def server_gone_while_speaking(scene: Scene) -> bool:
    scene.answered()
    scene.wait(0.0, 0.3)
    scene.server.kill()
    scene.wait(0.0, 0.3)
    scene.server.start()
    return True


@fault
def sound_process_killed_while_speaking(scene: Scene) -> bool:
    scene.answered()
    scene.wait(0.0, 0.3)
    scene.kill(scene.sound.pid)
    return True


@fault
def voice_killed_in_mid_word(scene: Scene) -> bool:
    scene.talked()
    scene.until(lambda: scene.parts.speak.speaking or scene.calm(), "it is spoken")
    scene.kill(scene.tts.pid)
    return True


@fault
def voice_file_gone(scene: Scene) -> bool:
    scene.parts.preferences.set_voice("voice", str(scene.folder / "nowhere.onnx"))
    scene.talked()
    scene.settle()
    scene.parts.preferences.set_voice("voice", "")
    return True


@fault
def talked_into_the_answer(scene: Scene) -> bool:
    """Twice within a moment: the answer is silent, and the new words count."""
    scene.answered()
    for _ in range(2):
        scene.talk.press()
        scene.wait(0.0, 0.1)
        scene.talk.release()
    scene.talk.cancel()
    scene.until(lambda: not scene.parts.speak.speaking, "it is silent")
    scene.until(lambda: not scene.chat.busy, "it has stopped")
    scene.talked()
    return True


@fault
def silenced(scene: Scene) -> bool:
    scene.answered()
    scene.wait(0.0, 0.6)
    scene.parts.speak.silence()
    scene.until(lambda: not scene.parts.speak.speaking, "it is silent")
    return True
