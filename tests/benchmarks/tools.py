"""How long tools that draw, run code or are a plugin's take, cold and warm, and what they weigh.

    python tests/benchmarks/tools.py

The whole path from host to event, pictures included, 15 calls each; of a plugin 15 starts.
"""

import queue
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

import psutil  # noqa: E402

from app import paths  # noqa: E402
from engines import registry  # noqa: E402
from engines.host import EngineHost  # noqa: E402
from engines.messages import (  # noqa: E402
    ENDINGS,
    CallTool,
    Done,
    ListTools,
    ToolCall,
    ToolResult,
)
from engines.plugins import contents  # noqa: E402
from engines.tools.plugins import Options  # noqa: E402
from engines.tools.strangers import digest  # noqa: E402
from tests.data import plugins  # noqa: E402
from tests.data.running import Running  # noqa: E402

RUNS = 15
PLOT = "import matplotlib.pyplot as plt\nplt.plot([1, 4, 9])\nplt.show()"
CALLS = {
    "drawing": [
        ("plot", {"expression": "sin x", "start": 0, "end": 10}),
        ("plot", {"expression": "tan x; 1/x; x sin x"}),
        ("chart", {"kind": "bar", "labels": "a, b, c", "values": "1, 2, 3"}),
    ],
    "python": [
        ("run_python", {"code": "1 + 1"}),
        ("run_python", {"code": PLOT}),
        ("algebra", {"task": "solve", "expression": "x^2 - 5x + 6 = 0"}),
        ("algebra", {"task": "integrate", "expression": "sin(x)^2 exp(x)"}),
    ],
}


class Home:
    def __init__(self, name: str, scratch: Path) -> None:
        self._events: queue.SimpleQueue = queue.SimpleQueue()
        self.host = EngineHost(lambda job, event: self._events.put((job, event)))
        fonts = paths.resource("fonts")
        given = {"fonts": str(fonts), "scratch": str(scratch)}
        kind = registry.all_specs()[name].options
        options = kind(**{k: v for k, v in given.items() if k in kind.__dataclass_fields__})
        log = scratch / "log"
        self.host.start(name, Path(), options, read=(fonts,), write=(scratch,), log=log)
        self._until_ended()

    def _until_ended(self) -> list:
        found: list = []
        while not found or not isinstance(found[-1], ENDINGS):
            found.append(self._events.get(timeout=60)[1])
        assert isinstance(found[-1], Done), found[-1]
        return found

    def call(self, tool: str, given: dict) -> float:
        began = time.perf_counter()
        self.host.submit(CallTool(ToolCall("1", tool, given)))
        results = [event for event in self._until_ended() if isinstance(event, ToolResult)]
        assert not results[0].error, results[0].text
        return time.perf_counter() - began


def main() -> None:
    for name, calls in CALLS.items():
        with tempfile.TemporaryDirectory() as folder:
            began = time.perf_counter()
            home = Home(name, Path(folder))
            started = time.perf_counter() - began
            first = home.call(*calls[0])
            print(f"{name}: start {started:.2f} s, then the first call {first * 1000:.0f} ms")
            for tool, given in calls:
                times = [home.call(tool, given) * 1000 for _ in range(RUNS)]
                words = str(next(iter(given.values())))[:40].replace("\n", " ")
                print(
                    f"  {tool} {words!r}: median {statistics.median(times):.0f} ms,"
                    f" {min(times):.0f} to {max(times):.0f}"
                )
            memory = psutil.Process(home.host.pid).memory_full_info()
            print(f"  resident {memory.rss >> 20} MB, its own {memory.uss >> 20} MB")
            home.host.stop()
            home.host.gone.wait(60)


def plugin() -> None:
    """Start with the list of its tools, which all that follows needs, and a call."""
    starts, calls, weights = [], [], []
    for _ in range(RUNS):
        with tempfile.TemporaryDirectory() as folder:
            made = plugins.folder(Path(folder) / "dice")
            options = Options(str(made), contents.read(made).digest)
            began = time.perf_counter()
            running = Running("plugins", options, Path(folder) / "log", read=[made])
            found, _ = running.ask(ListTools())
            starts.append(time.perf_counter() - began)
            request = CallTool(ToolCall("1", "roll_dice", {}), (), digest(found.tools[0]))
            for _ in range(RUNS):
                began = time.perf_counter()
                assert not running.ask(request)[0].error
                calls.append((time.perf_counter() - began) * 1000)
            keeper = psutil.Process(running.host.pid)
            both = (keeper, *keeper.children())
            weights.append(sum(one.memory_full_info().uss for one in both) >> 20)
            running.stop()
    print(
        f"plugin: start {statistics.median(starts):.2f} s, {min(starts):.2f} to {max(starts):.2f};"
        f" a call {statistics.median(calls):.2f} ms, {min(calls):.2f} to {max(calls):.2f};"
        f" both its processes' own {statistics.median(weights):.0f} MB"
    )


if __name__ == "__main__":
    main()
    plugin()
