"""How long sound takes through Parley, beside the sound server's own programs in the same run.

    python -m tests.benchmarks.audio [--runs N]

A private PulseAudio, devices in memory. Its own parec and pacat with short buffers are the
yardstick, by turns with Parley: the server and the ear that measures have their share in both, so
"behind" is what Parley adds. The ear stamps what it gets some ms early. The last line is JSON.
"""

import argparse
import json
import math
import os
import statistics
import subprocess
import sys
import tempfile
import time
from array import array
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
from PySide6.QtCore import QCoreApplication, QEventLoop, QTimer

from app.audio.sound import Sound
from tests.data import pulse
from tests.data.hearing import Told
from tests.data.tones import silence, tone

RATE = 22_050
SHORT = ("--raw", "--format=s16le", "--channels=1", "--latency-msec=20")
LONG = tone(440, 20, RATE)


class Loop:
    """Waits while Qt works."""

    def for_ms(self, duration: int) -> None:
        loop = QEventLoop()
        QTimer.singleShot(duration, loop.quit)
        loop.exec()

    def until(self, ready: Callable[[], object]) -> None:
        deadline = time.monotonic() + 30
        while not ready():
            assert time.monotonic() < deadline, "nothing happens"
            QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents, 5)


class Bench:
    def __init__(self, server: pulse.Server, runs: int, folder: Path) -> None:
        self.server, self.runs, self.folder = server, runs, folder
        self.loop = Loop()
        self.sound = Sound()
        self.told = Told(self.sound)
        self._numbers = iter(range(1, 10_000))

    def all(self) -> dict[str, float]:
        found = self.first_press()
        found |= self.out() | self.into()
        self.sound.stop()
        return found

    def first_press(self) -> dict[str, float]:
        """From the key to the first sound: with no process yet, with one, and while still warm."""
        cold = self._press()
        self.loop.for_ms(2_500)  # the microphone has closed by then
        closed, warm = [], []
        for _ in range(max(3, self.runs // 4)):
            closed.append(self._press())
            warm.append(self._press())
            self.loop.for_ms(2_300)
        return {
            "press_to_listening_cold_ms": cold,
            **spread("press_to_listening_ms", closed),
            **spread("press_to_listening_warm_ms", warm),
        }

    def _press(self) -> float:
        take = next(self._numbers)
        begun = time.perf_counter()
        self.sound.start_take(take, self.folder / f"{take}.wav")
        self.loop.until(lambda: take in self.told.listening)
        waited = time.perf_counter() - begun
        self.sound.end_take(take)
        self.loop.until(lambda: self.told.ends(take))
        return waited * 1000

    def out(self) -> dict[str, float]:
        """From play to the ear and from silence to quiet, by turns with pacat."""
        ours: dict[str, list[float]] = {"heard": [], "quiet": [], "off": []}
        theirs: dict[str, list[float]] = {"heard": [], "quiet": []}
        self.sound.open_loudspeaker()
        self.loop.for_ms(500)
        for _ in range(self.runs):
            self._speak(ours)
            self._speak_bare(theirs)
        found = spread("write_to_heard_ms", ours["heard"])
        found |= spread("bare_write_to_heard_ms", theirs["heard"])
        found |= spread("silence_after_stop_ms", ours["quiet"])
        found |= spread("bare_silence_after_stop_ms", theirs["quiet"])
        found |= spread("heard_position_off_ms", ours["off"])
        speech = next(self._numbers)
        self.sound.play(speech, LONG, RATE)
        self.loop.for_ms(500)
        assert self.sound.pid
        found["playing_cpu_percent"] = self._cpu(self.sound.pid)
        with self._pacat() as bare:
            bare.stdin.write(LONG[: RATE * 4])
            bare.stdin.flush()
            found["bare_playing_cpu_percent"] = self._cpu(bare.pid, 1.5)
        self.sound.silence()
        self.loop.for_ms(300)
        return found

    def _speak(self, found: dict[str, list[float]]) -> None:
        ear, speech = self.server.listen(), next(self._numbers)
        self.loop.for_ms(100)
        asked = time.perf_counter()
        self.sound.play(speech, LONG, RATE)
        self.loop.for_ms(400)
        stopped = time.perf_counter()
        self.sound.silence()
        self.loop.until(lambda: any(n == speech for n, _ in self.told.silenced))
        self.loop.for_ms(150)
        ear.stop()
        start, end = whole(ear)
        found["heard"].append((start - asked) * 1000)
        found["quiet"].append((end - stopped) * 1000)
        found["off"].append(abs(dict(self.told.silenced)[speech] - (end - start)) * 1000)

    def _speak_bare(self, found: dict[str, list[float]]) -> None:
        ear = self.server.listen()
        with self._pacat() as bare:
            bare.stdin.write(silence(0.2, RATE))  # it plays already when the sound comes
            bare.stdin.flush()
            self.loop.for_ms(400)
            asked = time.perf_counter()
            bare.stdin.write(LONG[: RATE * 2])
            bare.stdin.flush()
            self.loop.for_ms(400)
            stopped = time.perf_counter()
            bare.kill()
        self.loop.for_ms(150)
        ear.stop()
        start, end = whole(ear)
        found["heard"].append((start - asked) * 1000)
        found["quiet"].append((end - stopped) * 1000)

    def into(self) -> dict[str, float]:
        """When a click at the microphone arrives in the window, and when at parec."""
        behind: list[float] = []
        gaps: list[float] = []
        take = next(self._numbers)
        self.sound.start_take(take, self.folder / f"{take}.wav")
        self.loop.until(lambda: take in self.told.listening)
        arrived: list[pulse.Piece] = []
        self.sound.captured.connect(
            lambda piece: arrived.append(pulse.Piece(time.perf_counter(), array("h", piece.pcm)))
        )
        for _ in range(self.runs):
            ear = pulse.Ear(self.server.program_environment, pulse.MICROPHONE, rate=16_000)
            arrived.clear()
            said = self.server.say_pcm(silence(0.1) + tone(500, 0.1), 16_000)
            self.loop.until(lambda said=said: not said.playing)
            self.loop.until(lambda ear=ear: first_loud(arrived) and first_loud(ear.pieces))
            self.loop.for_ms(300)  # the end of this click is not the beginning of the next
            ear.stop()
            behind.append((first_loud(arrived) - first_loud(ear.pieces)) * 1000)
            times = [at for at, _ in arrived]
            gaps += [(b - a) * 1000 for a, b in zip(times, times[1:], strict=False)]
        assert self.sound.pid
        cpu = self._cpu(self.sound.pid)
        lost = self._lost(arrived)
        self.sound.end_take(take)
        self.loop.until(lambda: self.told.ends(take))
        return {
            **spread("capture_behind_parec_ms", behind),
            **spread("capture_piece_every_ms", gaps),
            "recording_cpu_percent": cpu,
            "lost_while_window_blocked_ms": lost,
        }

    def _lost(self, arrived: list[pulse.Piece]) -> float:
        """In 4 s, of which the GUI thread stands still for 200 ms five times."""
        self.loop.for_ms(50)
        arrived.clear()
        begun = time.perf_counter()
        for _ in range(5):
            time.sleep(0.2)
            self.loop.for_ms(600)
        seconds = sum(len(samples) for _, samples in arrived) / 16_000
        return (arrived[-1][0] - begun - seconds) * 1000

    def _cpu(self, pid: int, seconds: float = 4.0) -> float:
        program = psutil.Process(pid)
        before = program.cpu_times()
        self.loop.for_ms(round(seconds * 1000))
        after = program.cpu_times()
        return (after.user + after.system - before.user - before.system) / seconds * 100

    @contextmanager
    def _pacat(self) -> Iterator[subprocess.Popen]:
        asked = [*SHORT, f"--rate={RATE}", f"--device={pulse.LOUDSPEAKER}"]
        environment = self.server.program_environment
        bare = subprocess.Popen(["pacat", *asked], env=environment, stdin=subprocess.PIPE)
        try:
            yield bare
        finally:
            bare.kill()
            bare.wait()
            bare.stdin.close()


def whole(ear: pulse.Ear) -> tuple[float, float]:
    spans = ear.loud_spans(gap=0.5)
    return spans[0][0], spans[-1][1]


def first_loud(pieces: list[pulse.Piece]) -> float:
    """When the piece with the first loud sample arrived; 0 while none has."""
    loud = (at for at, samples in pieces if any(abs(value) > 1_000 for value in samples))
    return next(loud, 0.0)


def spread(name: str, values: list[float]) -> dict[str, float]:
    ordered = sorted(values)
    at95 = min(len(ordered) - 1, math.ceil(len(ordered) * 0.95) - 1)
    return {f"{name}_p50": statistics.median(ordered), f"{name}_p95": ordered[at95]}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=20)
    runs = parser.parse_args().runs
    with pulse.server() as server, tempfile.TemporaryDirectory() as folder:
        os.environ.update(server.variables)
        qt = QCoreApplication(sys.argv[:1])
        found = Bench(server, runs, Path(folder)).all()
        del qt
    for part in ("write_to_heard", "silence_after_stop"):
        ours, bare = found[f"{part}_ms_p50"], found[f"bare_{part}_ms_p50"]
        found[f"{part}_behind_pacat_ms"] = ours - bare
    for name, value in found.items():
        print(f"{name:40} {value:8.1f}")
    print(json.dumps({name: round(value, 2) for name, value in found.items()}))


if __name__ == "__main__":
    main()
