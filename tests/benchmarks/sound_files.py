"""How fast sound files are read, in what memory, and what their text costs the window.

    python tests/benchmarks/sound_files.py [--minutes 30] [--lines 5000]

Reading is measured through the engine in its process, as it is used: times real time on the wall
clock, and the most memory that process held. The window's figures are CPU time of the GUI thread:
the longest turn of the event loop while the lines of a text are put in, and all turns together.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).parents[2]))

import psutil  # noqa: E402
from PySide6.QtWidgets import QApplication  # noqa: E402

from app.controllers.subtitles import Line, as_srt  # noqa: E402
from app.paths import resource  # noqa: E402
from app.views import fonts, style  # noqa: E402
from app.views.sound_text import SoundText  # noqa: E402
from app.views.theme import LIGHT  # noqa: E402
from engines.messages import Done, Pcm, ReadSound  # noqa: E402
from engines.sound.files import Options  # noqa: E402
from tests.data.running import Running  # noqa: E402
from tests.data.sounds import encoded, tone  # noqa: E402

NAMES = ("a.wav", "a.mp3", "a.m4a", "a.opus", "a.flac", "film.mp4")
SENTENCE = "What is said here is about as long as what people say in one breath, number {}."


def reading(folder: Path, name: str, minutes: float) -> dict[str, float]:
    path = encoded(folder / name, tone(10) * round(minutes * 6))
    began = time.perf_counter()
    running = Running("sound_files", Options(), folder / "log.txt", path)
    opened, seconds, ending = time.perf_counter(), 0.0, Done()
    while ending == Done():
        *events, ending = running.ask(ReadSound(seconds, 55, 25))
        seconds += sum(len(one.pcm) for one in events if isinstance(one, Pcm)) / 32_000
    took = time.perf_counter() - opened
    assert running.host.pid
    memory = psutil.Process(running.host.pid).memory_info().rss / 2**20
    running.stop()
    return {
        "open_ms": round((opened - began) * 1000),
        "times_real_time": round(seconds / took),
        "memory_mb": round(memory),
    }


def showing(qt: QApplication, count: int) -> dict[str, float]:
    fonts.load_fonts(resource("fonts"))
    style.apply(qt, LIGHT)
    text = SoundText()
    text.resize(600, 500)
    text.show()
    qt.processEvents()
    lines = [Line(2.5 * n, 2.5 * n + 2, SENTENCE.format(n)) for n in range(count)]
    turns: list[float] = []

    def turn(work) -> None:
        began = time.thread_time()
        work()
        turns.append(time.thread_time() - began)

    turn(lambda: text.set_lines(lines))
    while not text.complete:
        turn(qt.processEvents)
    put_in, several = sum(turns), len(turns)
    for place in range(0, 100, 5):
        bar = text.verticalScrollBar()
        bar.setValue(bar.maximum() * place // 100)
        turn(qt.processEvents)
    turn(lambda: text.add_lines([Line(1e5, 1e5 + 1, "One more.")]))
    turn(lambda: text.find("breath"))
    began = time.thread_time()
    as_srt(lines)
    return {
        "longest_turn_ms": round(max(turns) * 1000, 2),
        "put_in_ms": round(put_in * 1000),
        "turns": several,
        "srt_ms_beside": round((time.thread_time() - began) * 1000),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--lines", type=int, default=5000)
    args = parser.parse_args()
    qt = QApplication([])
    found = {"showing": showing(qt, args.lines), "reading": {}}
    with tempfile.TemporaryDirectory() as folder:
        for name in NAMES:
            found["reading"][name] = reading(Path(folder), name, args.minutes)
    print(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
