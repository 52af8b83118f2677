"""How fast the window is: first frame, opening 10,000 turns, stalls while an answer streams.

    python tests/benchmarks/window.py [--starts 9] [--seconds 10] [--pages]

The first frame is measured from the start of the process on the wall clock, warm, in turns with
a bare QMainWindow. Everything else is CPU time of the GUI thread in the whole window around a
real store, because the wall clock tells more about what else runs. A stall is one turn of the
event loop, from waking up to waiting again, garbage collection included. --pages measures only
how long the longest such turn is when each page is opened for the first time.
"""

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from argparse import Namespace
from functools import partial
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

import psutil  # noqa: E402
from PySide6.QtCore import QEventLoop, QObject, QTimer, Signal, Slot  # noqa: E402
from PySide6.QtWidgets import QApplication  # noqa: E402

from app.controllers.shown import ShownTurn  # noqa: E402
from app.parts import Parts, build  # noqa: E402
from app.paths import resource  # noqa: E402
from app.store.conversations import StoredPart  # noqa: E402
from app.views import fonts, style  # noqa: E402
from app.views.window import MainWindow  # noqa: E402

TURNS, RATE = 10_000, 200
BARE = """
import os, sys, time
from pathlib import Path
from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication, QMainWindow
class Told(QObject):
    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Paint:
            watched.removeEventFilter(self)
            QTimer.singleShot(0, self.tell)
        return False
    def tell(self):
        Path(os.environ["PARLEY_FIRST_FRAME"]).write_text(str(time.monotonic()))
app = QApplication(sys.argv)
window, told = QMainWindow(), Told()
window.installEventFilter(told)
window.resize(1200, 800)
window.show()
app.exec()
"""
SENTENCE = (
    "the quick model reasons about a question and writes a clear answer with evidence then checks "
    "each step before it commits to a conclusion because careful work is cheaper than repair"
)
WORDS = SENTENCE.split()
CODE = '''```python
def fib(n: int) -> int:
    """Return the n-th Fibonacci number."""
    a, b = 0, 1
    for _ in range(n):
        a, b = b, a + b
    return a

print([fib(i) for i in range(10)])  # 0, 1, 1, 2 ...
```'''


def main() -> None:
    options = argparse.ArgumentParser(description="How fast the window is.")
    options.add_argument("--starts", type=int, default=9, help="of Parley and of a bare window")
    options.add_argument("--seconds", type=float, default=10, help="that an answer streams")
    options.add_argument("--pages", action="store_true", help="only the first opening of each")
    given = options.parse_args()
    if given.pages:
        figures = measure_pages()
    else:
        figures = {**measure_starts(given.starts), **measure_window(given.seconds)}
    for name, value in figures.items():
        print(f"{name:28} {value:10.3f}")
    print(json.dumps(figures))


# the first frame


def measure_starts(starts: int) -> dict[str, float]:
    found: dict[str, list[tuple[float, float]]] = {"first_frame": [], "bare_frame": []}
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        parley = [sys.executable, "-m", "app", "--data-dir", str(data), "--echo"]
        bare = [sys.executable, "-c", BARE]
        for number in range(starts + 1):  # the first of each only warms the caches
            for name, command in (("first_frame", parley), ("bare_frame", bare)):
                measured = start(command, Path(folder) / f"{name}-{number}")
                if number:
                    found[name].append(measured)
    figures = {}
    for name, measured in found.items():
        seconds = [wall for wall, _ in measured]
        figures[f"{name}_s"] = round(statistics.median(seconds), 3)
        figures[f"{name}_cpu_s"] = round(statistics.median(cpu for _, cpu in measured), 3)
        low, _, high = statistics.quantiles(seconds, n=4)
        print(f"{name}: middle half of {starts} starts {low:.3f} to {high:.3f} s")
    return figures


def start(command: list[str], told: Path) -> tuple[float, float]:
    """Seconds from the start of a process to its first frame, and of CPU time until then."""
    environment = os.environ | {"PARLEY_FIRST_FRAME": str(told)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # a warm start has its byte code
    begun = time.monotonic()
    process = subprocess.Popen(command, cwd=ROOT, env=environment)
    try:
        while not (told.exists() and told.read_text()):
            if process.poll() is not None:
                raise SystemExit(f"{command} ended with {process.returncode}")
            time.sleep(0.005)
        times = psutil.Process(process.pid).cpu_times()
    finally:
        process.kill()
        process.wait()
    return float(told.read_text()) - begun, times.user + times.system


# the window


def measure_window(seconds: float) -> dict[str, float]:
    app = QApplication(sys.argv[:1])
    fonts.load_fonts(resource("fonts"))
    with tempfile.TemporaryDirectory() as folder:
        parts = build(Namespace(data_dir=Path(folder), echo=True), app)
        style.Look(app, parts.preferences, app)
        window = MainWindow(parts, resource(""))
        window.show()
        conversation = write_conversation(parts)
        wait(1500)
        opened = measure_opening(parts, window, conversation)
        meter = Meter(app)
        stream(parts, seconds)
        figures = {"open_10k_ms": opened, **meter.figures()}
        figures["rss_mb"] = round(psutil.Process().memory_info().rss / 1e6, 1)
        window.close()
        parts.stop()
    return figures


def measure_pages() -> dict[str, float]:
    """The longest turn of the event loop in milliseconds of CPU, and all turns together."""
    app = QApplication(sys.argv[:1])
    fonts.load_fonts(resource("fonts"))
    figures = {}
    with tempfile.TemporaryDirectory() as folder:
        parts = build(Namespace(data_dir=Path(folder), echo=True), app)
        style.Look(app, parts.preferences, app)
        window = MainWindow(parts, resource(""))
        window.show()
        parts.shelf.look()
        wait(3000)
        meter = Meter(app)
        for name in window.pages.names:
            before = window.pages.currentWidget()
            meter.start()
            QTimer.singleShot(0, partial(window.pages.open_page, name))
            while window.pages.currentWidget() is before:
                wait(100)
            wait(1500)
            figures[f"{name.replace(' ', '_')}_ms"] = round(max(meter.taken), 1)
            figures[f"{name.replace(' ', '_')}_all_ms"] = round(sum(meter.taken), 1)
        window.close()
        parts.stop()
    return figures


def wait(milliseconds: int) -> None:
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def some_words(chosen: random.Random, count: int) -> str:
    return " ".join(chosen.choice(WORDS) for _ in range(count))


def block(chosen: random.Random) -> str:
    kind = chosen.random()
    if kind < 0.55:
        return f"{some_words(chosen, chosen.randint(25, 90))}. **{some_words(chosen, 3)}** and `x`."
    if kind < 0.72:
        count = chosen.randint(3, 6)
        return "\n".join(f"- {some_words(chosen, chosen.randint(4, 14))}" for _ in range(count))
    if kind < 0.8:
        return f"## {some_words(chosen, 4)}\n\n{some_words(chosen, 40)}"
    if kind < 0.94:
        return CODE
    rows = [f"| {chosen.randrange(99)} | {some_words(chosen, 2)} | **b** |" for _ in range(4)]
    return "\n".join(["| a | b | c |", "|---|---|---|", *rows])


def write_conversation(parts: Parts) -> int:
    """10,000 turns of mixed markdown, about 3.5 MB."""
    chosen = random.Random(7)
    begun: list[Any] = []
    question = [StoredPart("text", some_words(chosen, 12) + "?")]
    parts.store.begin("Ten thousand turns", "user", question, lambda *found: begun.extend(found))
    while not begun:
        wait(10)
    conversation, turn = begun
    for number in range(1, TURNS):
        if number % 2:
            text = "\n\n".join(block(chosen) for _ in range(chosen.randint(1, 3)))
        else:
            text = some_words(chosen, chosen.randint(5, 30)) + "?"
        role = "assistant" if number % 2 else "user"
        parent = turn.id + number - 1
        parts.store.add_turn(conversation, parent, role, [StoredPart("text", text)])
        if number % 500 == 0:
            parts.store.flush(60)
    parts.store.flush(60)
    return conversation


def measure_opening(parts: Parts, window: MainWindow, conversation: int) -> float:
    """From the click on the conversation to its being on the screen, in CPU milliseconds."""
    taken = []
    for _ in range(5):
        parts.chat.new()
        wait(200)
        before = time.thread_time()
        parts.chat.open(conversation)
        window.grab()
        taken.append((time.thread_time() - before) * 1000)
        wait(200)
    assert len(parts.chat.turns) == TURNS
    return round(statistics.median(taken), 1)


class Meter(QObject):
    """CPU time of every turn of the event loop."""

    def __init__(self, app: QApplication) -> None:
        super().__init__()
        self.start()
        app.eventDispatcher().aboutToBlock.connect(self._wait)

    def start(self) -> None:
        """Once more from the beginning."""
        self.taken: list[float] = []
        self._waited = time.thread_time()
        self._begun, self._wall = time.thread_time(), time.monotonic()

    @Slot()
    def _wait(self) -> None:
        """Waiting costs no CPU: all since the last time was one turn of the loop."""
        now = time.thread_time()
        self.taken.append((now - self._waited) * 1000)
        self._waited = now

    def figures(self) -> dict[str, float]:
        share = (time.thread_time() - self._begun) / (time.monotonic() - self._wall)
        taken = sorted(self.taken)
        return {
            "stall_ms_max": round(taken[-1], 2),
            "stall_ms_99": round(taken[int(len(taken) * 0.99)], 2),
            "stall_ms_median_of_work": round(statistics.median(t for t in taken if t > 0.5), 2),
            "gui_thread_busy": round(share, 3),
        }


class Tokens(QObject):
    came = Signal(str)

    def send(self, tokens: list[str]) -> None:
        """In a thread of its own, as they come from an engine."""
        begun = time.monotonic()
        for number, token in enumerate(tokens, 1):
            self.came.emit(token)
            time.sleep(max(0.0, begun + number / RATE - time.monotonic()))


def stream(parts: Parts, seconds: float) -> None:
    """200 tokens a second into the open conversation; 4.8 characters each."""
    chosen = random.Random(3)
    text = ""
    while len(text) < seconds * RATE * 4.8:
        text += f"{some_words(chosen, 60)}. **{some_words(chosen, 2)}** and $x^2$.\n\n"
        text += "".join(f"{n}. {some_words(chosen, 9)}\n" for n in range(1, 5))
        text += f"\n{CODE}\n\n{block(chosen)}\n\n"
    count = int(seconds * RATE)
    size = len(text) / count
    tokens = [text[int(n * size) : int((n + 1) * size)] for n in range(count)]
    parts.chat.turn_added.emit(ShownTurn(10**9, "user", "go on"))
    parts.chat.turn_added.emit(ShownTurn(10**9 + 1, "assistant", status="waiting"))
    source = Tokens()
    source.came.connect(parts.chat.text_added)
    sender = threading.Thread(target=source.send, args=(tokens,))
    sender.start()
    while sender.is_alive():
        wait(100)
    sender.join()
    parts.chat.turn_changed.emit(ShownTurn(10**9 + 1, "assistant", text, facts="done"))
    wait(500)


if __name__ == "__main__":
    main()
