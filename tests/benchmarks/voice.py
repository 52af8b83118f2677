"""From letting go of the key to hearing the answer, in the whole app with a sound server.

    python tests/benchmarks/voice.py [--turns 12]

Models: Whisper in the shape of "tiny" (random weights that say given words at true cost), the
starter, espeak-ng, and a voice in the shape of Piper's medium ones. A sentence of three seconds is
played into a virtual microphone; the key is let go when its last sample was played; an ear at the
loudspeaker hears the answer. The yardstick is the same engines in the same run, one after the
other: the whole take to text, the whole answer, all of its sound, then play.
"""

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from PySide6.QtCore import QEventLoop, QObject, QTimer  # noqa: E402
from PySide6.QtWidgets import QApplication  # noqa: E402

from app import paths  # noqa: E402
from app.parts import Parts, build  # noqa: E402
from app.views import fonts, style  # noqa: E402
from app.views.window import MainWindow  # noqa: E402
from engines import registry  # noqa: E402
from engines.messages import (  # noqa: E402
    ENDINGS,
    Chat,
    Pcm,
    Speak,
    Text,
    TextDelta,
    Transcribe,
    Turn,
)
from tests.data import piper_shape, pulse, speech, tiny_models, whisper_models  # noqa: E402
from tests.data.running import Running  # noqa: E402
from tests.data.tiny_models import TOOLS_FIRST  # noqa: E402

SAID = "please tell me what seven times eight makes"
LONG = 200  # words of the answer that is compared with the serial way
PATIENCE = 60.0  # seconds
STOP_AFTER = 0.7  # seconds of an answer, then it is silenced
SMALL_WORDS = ["the", "and", "of", "to", "in", "is", "it", "on", "as", "at"]
SMALL_WORDS += ["by", "or", "an", "be", "we", "so", "no", "up", "if", "do"]


def main() -> None:
    options = argparse.ArgumentParser(description="From the key to the answer's sound.")
    options.add_argument("--turns", type=int, default=12, help="of each kind")
    turns = options.parse_args().turns
    QApplication(sys.argv[:1])
    with tempfile.TemporaryDirectory() as folder, pulse.server() as server:
        os.environ.update(server.variables)
        figures = measure(Path(folder), server, turns)
    for name, value in figures.items():
        print(f"{name:32} {value:10.2f}")
    print(json.dumps(figures))


def measure(folder: Path, server: pulse.Server, turns: int) -> dict[str, float]:
    tiny = whisper_models.built(SAID, "tiny")
    long = scripted_answer(folder)
    piper = piper_shape.build(folder)
    app = App(folder / "data", server)
    figures: dict[str, float] = {}
    app.hear_with(tiny)
    for name, voice in (("", ""), ("_piper", str(piper))):
        app.speak_with(voice)
        figures |= named(app.talk(turns, warm=2), name)
    app.speak_with("")
    figures |= app.stop_in_mid_answer(turns, long)
    serial = Serial(folder, tiny, long, app.parts.toolbox.schemas())
    for name, voice in (("", Path()), ("_piper", piper)):
        app.speak_with(str(voice) if name else "")
        overlapped = app.talk(turns, warm=2)["release_to_sound_ms"]
        one_by_one = statistics.median(serial.turn(app.pcm, voice) for _ in range(turns))
        figures[f"long_answer{name}_ms"] = overlapped
        figures[f"long_answer_serial{name}_ms"] = one_by_one
        figures[f"overlap_speedup{name}"] = round(one_by_one / overlapped, 2)
    figures |= serial.factors(app.pcm, piper)
    serial.stop()
    app.stop()
    return figures


def named(figures: dict[str, float], name: str) -> dict[str, float]:
    return {key.replace("_ms", f"{name}_ms"): value for key, value in figures.items()}


def scripted_answer(folder: Path) -> Path:
    """A model that says two hundred words in sentences of ten, each word only once."""
    words = []
    for number in range(LONG):
        word = SMALL_WORDS[number % len(SMALL_WORDS)] + "abcdefghijklmnopqrst"[number // 20]
        words.append(f" {word}" + (". " if number % 10 == 9 else ""))
    return tiny_models.scripted(folder / "long.gguf", words, template=TOOLS_FIRST)


class App:
    """Parley as it is, and a person who talks to it."""

    def __init__(self, data: Path, server: pulse.Server) -> None:
        self.server, self.owner = server, QObject()
        args = Namespace(data_dir=data, model="", echo=False, files=[])
        self.parts: Parts = build(args, self.owner)
        fonts.load_fonts(paths.resource("fonts"))
        style.Look(QApplication.instance(), self.parts.preferences, self.owner)  # pyright: ignore
        self.window = MainWindow(self.parts, paths.resource(""))
        self.window.show()
        self.parts.preferences.set("speak_answers", "always")
        self.parts.start_engines("")
        self.parts.tidy()
        self.pcm = three_seconds()
        self.seen: dict[str, float] = {}
        self.spoken = 0.0  # seconds of the answer that were heard
        self.parts.sound.heard.connect(self._on_heard)  # pyright: ignore
        self.parts.chat.turn_added.connect(self._on_turn)
        self.working = Working(self.parts)
        self.parts.chat.text_added.connect(lambda _: self._see("word"))
        until(lambda: self.parts.models.ready)

    def hear_with(self, folder: Path) -> None:
        self.parts.preferences.set_voice("ears", str(folder))

    def speak_with(self, voice: str) -> None:
        self.parts.preferences.set_voice("voice", voice)

    def answer_with(self, model: Path) -> None:
        self.parts.preferences.set_engine("context", 16384)  # a letter is a token to this one
        self.parts.models.open_file(str(model))
        until(lambda: self.parts.models.ready)

    def _see(self, what: str) -> None:
        self.seen.setdefault(what, time.perf_counter())

    def _on_heard(self, _: int, seconds: float) -> None:
        self.spoken = seconds

    def _on_turn(self, turn: Any) -> None:
        if turn.role == "user":
            self._see("text")

    def talk(self, turns: int, warm: int) -> dict[str, float]:
        """Medians and 95th percentiles over so many turns, in ms from letting go."""
        found: dict[str, list[float]] = {n: [] for n in ("text", "word", "sound", "own")}
        for number in range(warm + turns):
            times = self.turn()
            for name, seconds in times.items() if number >= warm else ():
                found[name].append(1000 * seconds)
        figures = {}
        for name, values in found.items():
            key = "own_overhead" if name == "own" else f"release_to_{name}"
            figures[f"{key}_ms"] = statistics.median(values)
            figures[f"{key}_p95_ms"] = statistics.quantiles(values, n=20)[-1]
        return figures

    def turn(self) -> dict[str, float]:
        """One question and its answer; seconds from letting go."""
        self.ask()
        let_go = self.let_go
        ear = self.ear
        until(lambda: self.spoken > 0.3 or (self.calm() and self.spoken > 0))
        until(lambda: not self.parts.chat.busy)
        self.parts.speak.silence()
        until(self.calm)
        ear.stop()
        self.seen["sound"] = next(start for start, _ in ear.loud_spans() if start > let_go)
        self.seen["own"] = let_go + self.working.idle(let_go, self.seen["sound"])
        return {name: self.seen[name] - let_go for name in ("text", "word", "sound", "own")}

    def ask(self) -> None:
        self.parts.chat.new()
        self.ear = self.server.listen()
        self.parts.talk.press()
        until(lambda: self.parts.talk.state == "listening")
        player = self.server.say_pcm(self.pcm, speech.RATE)
        until(lambda: not player.playing)
        self.seen.clear()
        self.working.clear()
        self.spoken = 0.0
        self.let_go = time.perf_counter()
        self.parts.talk.release()

    def calm(self) -> bool:
        parts = self.parts
        return parts.talk.state == "idle" and not parts.chat.busy and not parts.speak.speaking

    def stop_in_mid_answer(self, turns: int, model: Path) -> dict[str, float]:
        """How long the loudspeaker still sounds after Esc."""
        self.answer_with(model)
        late = []
        for _ in range(turns):
            self.ask()
            ear = self.ear
            until(lambda: self.spoken > STOP_AFTER)
            stopped = time.perf_counter()
            self.parts.speak.silence()
            until(self.calm)
            pause(0.3)
            ear.stop()
            late.append(1000 * max(0.0, ear.loud_spans()[-1][1] - stopped))
        return {
            "silence_after_stop_ms": statistics.median(late),
            "silence_after_stop_p95_ms": statistics.quantiles(late, n=20)[-1],
        }

    def stop(self) -> None:
        self.window.close()
        self.parts.stop()


class Working:
    """When the engines were at work on a turn, or the end of the take was still waited for.

    A model that writes on while its first words are spoken is waited for only until those words.
    """

    def __init__(self, parts: Parts) -> None:
        self._spans: list[list[float]] = []
        self._open: dict[tuple[str, int], list[float]] = {}
        listener, stt, *_ = parts.voice
        voice = parts.speak._voices.link
        links = {"stt": stt.link, "llm": parts.llm, "tts": voice, **parts.homes}
        for name, link in links.items():
            self._watch(name, link)
        parts.sound.captured.connect(self._on_captured)  # pyright: ignore

    def clear(self) -> None:
        now = time.perf_counter()
        self._spans = [[now, now]]  # until the last piece of the take is here
        self._open.clear()

    def idle(self, begin: float, end: float) -> float:
        """Seconds between begin and end in which nothing was at work."""
        free, at = 0.0, begin
        for start, stop in sorted(self._spans):
            free += max(0.0, min(start, end) - at)
            at = max(at, min(stop, end))
        return free + max(0.0, end - at)

    def _watch(self, name: str, link: Any) -> None:
        submit = link.submit

        def submitted(request: Any) -> int:
            job = submit(request)
            span = [time.perf_counter()] * 2
            self._open[name, job] = span
            self._spans.append(span)
            return job

        link.submit = submitted
        link.event.connect(lambda job, event: self._on_event(name, job, event))

    def _on_event(self, name: str, job: int, event: Any) -> None:
        if span := self._open.get((name, job)):
            span[1] = time.perf_counter()
            first = isinstance(event, Pcm) or (isinstance(event, TextDelta) and event.text.strip())
            if first or isinstance(event, ENDINGS):
                del self._open[name, job]

    def _on_captured(self, piece: Any) -> None:
        if piece.last and self._spans:
            self._spans[0][1] = time.perf_counter()


class Serial:
    """The same engines, one after the other."""

    def __init__(self, folder: Path, ears: Path, model: Path, tools: Any) -> None:
        self._tools = tools  # as Parley tells them; what is read stays in the cache here, too
        self._folder, self._voices = folder, dict[Path, Running]()
        self._ears = self._run("faster_whisper", ears)
        context = {"context": 16384}
        self._llm = self._run("llama_cpp", model, **context)

    def _run(self, name: str, model: Path, **options: Any) -> Running:
        made = registry.all_specs()[name].options(**options)
        return Running(name, made, self._folder / f"{name}.log", model)

    def _voice(self, file: Path) -> Running:
        if file not in self._voices:
            self._voices[file] = self._run("piper" if file.name else "espeak", file)
            self._voices[file].ask(Speak("Warm."))
        return self._voices[file]

    def turn(self, pcm: bytes, voice: Path) -> float:
        """ms until all is made and the first sample could be played."""
        speaker, began = self._voice(voice), time.perf_counter()
        self._ears.ask(Transcribe(pcm, language="en"))
        asked = (Turn("user", (Text(SAID),)),)
        events = self._llm.ask(Chat(asked, self._tools, max_tokens=1000))
        text = "".join(event.text for event in events if isinstance(event, TextDelta))
        speaker.ask(Speak(text))
        return 1000 * (time.perf_counter() - began)

    def factors(self, pcm: bytes, piper: Path) -> dict[str, float]:
        """Seconds of work for a second of sound; and what the smallest models cost in a turn."""
        figures = {}
        lasts = len(pcm) / 2 / speech.RATE
        figures["hearing_rtf"] = self._took(lambda: self._ears.ask(Transcribe(pcm, "en"))) / lasts
        for name, file in (("espeak", Path()), ("piper", piper)):
            speaker = self._voice(file)
            made = speaker.ask(Speak(SAID))
            sound = sum(len(e.pcm) / 2 / e.rate for e in made if isinstance(e, Pcm))
            took = self._took(lambda speaker=speaker: speaker.ask(Speak(SAID)))
            figures[f"{name}_rtf"] = took / sound
        return figures

    def _took(self, act: Callable[[], Any]) -> float:
        seconds = []
        for _ in range(9):
            began = time.perf_counter()
            act()
            seconds.append(time.perf_counter() - began)
        return statistics.median(seconds)

    def stop(self) -> None:
        for one in (self._ears, self._llm, *self._voices.values()):
            one.stop()


def three_seconds() -> bytes:
    """The sentence with silence before it, three seconds long."""
    said = speech.spoken(SAID).rstrip(b"\0")
    return bytes(max(0, 3 * 2 * speech.RATE - len(said)) // 2 * 2) + said


def until(holds: Callable[[], bool]) -> None:
    limit = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < limit, "it never came"
        pause(0.005)


def pause(seconds: float) -> None:
    loop = QEventLoop()
    QTimer.singleShot(round(1000 * seconds), loop.quit)
    loop.exec()


if __name__ == "__main__":
    main()
