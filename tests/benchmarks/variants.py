"""How quickly an open model becomes another variant, against loading it anew.

    python tests/benchmarks/variants.py [--rounds 27] [--loads 9]

A llama of 335 million random weights (Q4_0, 210 MB, kept in the system's folder for temporary
files) in its real, jailed process, with LoRA adapters of rank 16 on every matrix of every layer
(15 MB) and a control vector. One round asks a short question twice, in turns: with what was set
before, and right after something else was; what the second takes longer until its first token is
the switch, one token more to read included. Beside it stands a process that is started with the
model and such an adapter, up to the same token. What counts is the CPU time of the worker, one
thread's, because the wall clock tells more about what else runs; it is given too. Medians of the
rounds; low and high are where the median lies with 95 % confidence.
"""

import argparse
import json
import queue
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

import numpy as np  # noqa: E402

from engines.host import EngineHost  # noqa: E402
from engines.llm.llama_cpp import Options  # noqa: E402
from engines.messages import (  # noqa: E402
    Adapted,
    AdaptersHeld,
    Chat,
    Done,
    Sampling,
    Text,
    Turn,
)
from tests.benchmarks import llm  # noqa: E402
from tests.benchmarks.llm import (  # noqa: E402
    HIDDEN,
    LAYERS,
    WIDTH,
    Whole,
    cpu_time,
    interval,
    write_model,
)
from tests.data import tiny_adapters  # noqa: E402

CONTEXT = 4096
RANK = 16
KEYS = WIDTH // llm.HEADS * llm.KV_HEADS
PARTS = {  # of a layer: what comes out of it, and what goes in
    **{"attn_q": (WIDTH, WIDTH), "attn_k": (KEYS, WIDTH), "attn_v": (KEYS, WIDTH)},
    **{"attn_output": (WIDTH, WIDTH), "ffn_gate": (HIDDEN, WIDTH), "ffn_up": (HIDDEN, WIDTH)},
    "ffn_down": (WIDTH, HIDDEN),
}
MANY = 6  # adapters that are used in turns: more than stay in memory
HISTORY = "a word " * 90  # some hundred tokens

Changes = tuple[Adapted, ...]
Spent = tuple[float, float]  # wall and CPU seconds


@dataclass
class Files:
    """The SHA-256 of each in the folder."""

    folder: Path
    loras: list[str]
    control: str


def main() -> None:
    options = argparse.ArgumentParser(description="How quickly variants are switched.")
    options.add_argument("--rounds", type=int, default=27)
    options.add_argument("--loads", type=int, default=9)
    given = options.parse_args()
    model = write_model()
    with tempfile.TemporaryDirectory() as folder:
        files = write_adapters(Path(folder))
        figures = measure(model, files, given.rounds, given.loads)
    for name, value in figures.items():
        print(f"{name:28} {value:10.3f}")
    print(json.dumps(figures))


class Changing(Whole):
    """A host, its jailed worker with a folder of adapters, and every event of an answer."""

    def __init__(self, model: Path, folder: Path) -> None:
        self._events: queue.SimpleQueue[tuple[int, Any]] = queue.SimpleQueue()
        self._host = EngineHost(lambda job, event: self._events.put((job, event)))
        chosen = Options(context=CONTEXT, threads=1, adapters=str(folder))
        self._host.start("llama_cpp", model, chosen, read=(folder,), log=folder / "engine.log")
        assert isinstance(self._until(0)[-1], Done)
        assert self._host.pid
        self.pid, self.changes = self._host.pid, ()
        self._numbers = iter(range(1_000_000))

    def submit(self, turns: Sequence[Turn], tokens: int) -> int:
        sampling = Sampling(temperature=0.0)
        chat = Chat(tuple(turns), sampling=sampling, max_tokens=tokens, adapters=self.changes)
        return self._host.submit(chat)

    def prepare(self, changes: Changes, history: str = "") -> None:
        """Read something that begins otherwise than a question, with these."""
        self.changes = changes
        system = Turn("system", (Text(f"{next(self._numbers)} {history}"),))
        self._until(self.submit((system, Turn("user", (Text("Hi"),))), 0))

    def question(self, changes: Changes, *before: Turn) -> tuple[Spent, int]:
        """What it took up to the first token with these, and the tokens of the prompt."""
        self.changes = changes
        turns = (*before, Turn("user", (Text(f"{next(self._numbers)} Hi"),)))
        wall, cpu = time.perf_counter(), cpu_time(self.pid)
        events = self._until(self.submit(turns, 1))
        spent = time.perf_counter() - wall, cpu_time(self.pid) - cpu
        assert isinstance(events[-1], Done), events[-1]
        return spent, events[-1].usage.prompt_tokens

    def held(self, changes: Changes) -> AdaptersHeld | None:
        """What it tells of adapters in memory, where that changed."""
        self.changes = changes
        events = self._until(self.submit((Turn("user", (Text("Hi"),)),), 1))
        return next((event for event in events if isinstance(event, AdaptersHeld)), None)


def measure(model: Path, files: Files, rounds: int, loads: int) -> dict[str, float]:
    one, other = (Adapted(sha256) for sha256 in files.loras[:2])
    weaker, mood = Adapted(one.sha256, scale=0.6), Adapted(files.control, "control", 0.1)
    running = Changing(model, files.folder)
    try:
        held = [running.held((one, mood)), running.held((other,))][-1]
        assert held and len(held.sha256s) == 3
        figures = switches(running, "switch", [((one,), (other,)), ((other,), (one,))], rounds)
        figures |= switches(running, "scale", [((one,), (weaker,)), ((weaker,), (one,))], rounds)
        figures |= switches(running, "control", [((), (mood,)), ((mood,), ())], rounds)
        figures |= switches(running, "without", [((one,), ()), ((), (one,))], rounds)
        long = [((one,), (other,)), ((other,), (one,))]
        figures |= switches(running, "switch_long", long, loads, HISTORY)
        figures |= coming_back(running, (one,), (other,), loads)
        figures |= first_uses(running, files, loads)
    finally:
        running.stop()
    reloads = [reload(model, files.folder, (one,)) for _ in range(loads)]
    return {
        **figures,
        **summary("reload", reloads),
        "adapter_mb": held.took / len(held.sha256s) / 1e6,
        "rounds": rounds,
    }


def switches(
    running: Changing,
    name: str,
    ways: list[tuple[Changes, Changes]],
    rounds: int,
    history: str = "",
) -> dict[str, float]:
    """What a question takes longer when something else was set before it."""
    chance, longer = Random(1), []
    for n in range(rounds):
        before, after = ways[n % len(ways)]
        took = {}
        for first in chance.sample((before, after), 2):
            running.prepare(first, history)
            took[first], _ = running.question(after)
        longer.append(less(took[before], took[after]))
    return summary(name, longer)


def coming_back(running: Changing, mine: Changes, others: Changes, rounds: int) -> dict[str, float]:
    """The next question of a conversation after another variant was asked something."""
    cold, back, tokens = [], [], 0
    for n in range(rounds):
        talk = Turn("user", (Text(f"{n} {HISTORY}"),)), Turn("assistant", (Text("Yes."),))
        running.prepare(mine)
        first, tokens = running.question(mine, *talk)
        running.prepare(others)
        cold.append(first)
        back.append(running.question(mine, *talk)[0])
    speedup = statistics.median(one[1] / other[1] for one, other in zip(cold, back, strict=True))
    return {**summary("back", back), "back_speedup": speedup, "history_tokens": tokens}


def first_uses(running: Changing, files: Files, rounds: int) -> dict[str, float]:
    """A question with an adapter that has to be loaded: longer than with it in memory."""
    longer = []
    for n in range(rounds):
        changes = (Adapted(files.loras[n % MANY], scale=0.5),)
        running.prepare(())
        first, _ = running.question(changes)
        running.prepare(())
        longer.append(less(first, running.question(changes)[0]))
    return summary("load_more", longer)


def reload(model: Path, folder: Path, changes: Changes) -> Spent:
    """From nothing to the first token with these."""
    began = time.perf_counter()
    running = Changing(model, folder)
    try:
        running.question(changes)
        return time.perf_counter() - began, cpu_time(running.pid)
    finally:
        running.stop()


def less(one: Spent, other: Spent) -> Spent:
    return one[0] - other[0], one[1] - other[1]


def summary(name: str, spent: list[Spent]) -> dict[str, float]:
    """Of the worker's CPU time, and of the wall clock; milliseconds."""
    found: dict[str, float] = {}
    for kind, seconds in zip((f"{name}_wall", name), zip(*spent, strict=True), strict=True):
        each = [1000 * one for one in seconds]
        found[f"{kind}_ms"] = statistics.median(each)
        found[f"{kind}_low"], found[f"{kind}_high"] = interval(each)
    return found


def write_adapters(folder: Path) -> Files:
    loras = []
    for seed in range(MANY):
        path = tiny_adapters.lora(folder / "new.gguf", weights(seed))
        loras.append(tiny_adapters.named(path))
    random = np.random.default_rng(9)
    own = {f"direction.{n}": tiny_adapters.normal(random, WIDTH) for n in range(1, LAYERS)}
    control = tiny_adapters.named(tiny_adapters.control(folder / "new.gguf", own))
    return Files(folder, loras, control)


def weights(seed: int) -> dict[str, np.ndarray]:
    random = np.random.default_rng(seed)
    found = {}
    for n in range(LAYERS):
        for name, (out, taken) in PARTS.items():
            part = f"blk.{n}.{name}.weight"
            a = tiny_adapters.normal(random, RANK, taken) / taken**0.5
            b = tiny_adapters.normal(random, out, RANK) * 0.02
            found |= {f"{part}.lora_a": a.astype(np.float16)}
            found |= {f"{part}.lora_b": b.astype(np.float16)}
    return found


if __name__ == "__main__":
    main()
