"""How long tools that draw and run code take, cold and warm, and what their processes weigh.

    python tests/benchmarks/tools.py

The whole path from host to event, pictures included, 15 calls each.
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
from engines.messages import ENDINGS, CallTool, Done, ToolCall, ToolResult  # noqa: E402

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


if __name__ == "__main__":
    main()
