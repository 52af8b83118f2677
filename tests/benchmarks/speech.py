"""How soon a voice is heard, how fast it makes sound, and how soon it is quiet again.

    python tests/benchmarks/speech.py [--blocks 9]

Whole engine processes, from Speak to the first sound that comes back. espeak-ng, and a voice of
Piper's true shape with random weights (tests/data/piper_shape.py, made once in build/). Beside it
in the same run, block by block: the same voice as piper-tts loads it by itself, with as many
spinning threads as there are cores. Once alone and once while another process keeps a core busy,
as a model that writes does. Reading is what turns an answer into clauses, in the app's process.
"""

import argparse
import json
import multiprocessing
import statistics
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from engines import registry  # noqa: E402
from engines.messages import ENDINGS, Pcm, Speak  # noqa: E402
from engines.tts.reading import Reading  # noqa: E402
from tests.data import piper_shape  # noqa: E402
from tests.data.running import Running  # noqa: E402

FIRST = "Sure, I can help with that."
SENTENCE = (
    "The quick brown fox jumps over the lazy dog, and then it sleeps in the warm sun until the "
    "evening comes."
)
ANSWER = f"**{FIRST}** It costs $3.50 for 5 km, e.g. on 2024-05-03. {SENTENCE}\n\n" * 8
WARM = 2  # blocks that are not counted


class Voice:
    """An engine in its process; times in seconds from the moment it is asked."""

    def __init__(self, name: str, folder: Path, model: Path | None = None) -> None:
        began = time.perf_counter()
        options = registry.all_specs()[name].options()
        self._running = Running(name, options, folder / f"{name}.log", model)
        self.loading = time.perf_counter() - began

    def say(self, text: str) -> tuple[float, float, float]:
        """(first sound, all of it, how long it lasts)."""
        began = time.perf_counter()
        job, first, size, rate = self._running.host.submit(Speak(text)), 0.0, 0, 1
        while not isinstance(event := self._next(job), ENDINGS):
            if isinstance(event, Pcm):
                first = first or time.perf_counter() - began
                size, rate = size + len(event.pcm) // 2, event.rate
        return first, time.perf_counter() - began, size / rate

    def stop_after_first_sound(self, text: str) -> float:
        job = self._running.host.submit(Speak(text))
        while not isinstance(self._next(job), Pcm):
            pass
        time.sleep(0.05)
        began = time.perf_counter()
        self._running.host.cancel(job)
        while not isinstance(self._next(job), ENDINGS):
            pass
        return time.perf_counter() - began

    def _next(self, job: int):
        while True:
            number, event = self._running._events.get(timeout=120)
            if number == job:
                return event

    def close(self) -> None:
        self._running.stop()


class Bare:
    """The same voice as piper-tts loads and runs it."""

    def __init__(self, model: Path) -> None:
        from piper import PiperVoice

        began = time.perf_counter()
        self._voice = PiperVoice.load(model)
        self.loading = time.perf_counter() - began

    def say(self, text: str) -> tuple[float, float, float]:
        began, first, size = time.perf_counter(), 0.0, 0
        for chunk in self._voice.synthesize(text):
            size += len(chunk.audio_int16_bytes) // 2
            first = first or time.perf_counter() - began
        return first, time.perf_counter() - began, size / piper_shape.RATE


def busy() -> None:
    while True:
        pass


def compared(voices: dict, blocks: int) -> dict:
    """Medians, in turns, so that a busy moment meets them all."""
    taken = {name: {"first": [], "factor": []} for name in voices}
    for block in range(blocks + WARM):
        for name, voice in voices.items():
            first, _, _ = voice.say(FIRST)
            _, whole, lasts = voice.say(SENTENCE)
            if block >= WARM:
                taken[name]["first"].append(first * 1e3)
                taken[name]["factor"].append(whole / lasts)
    return {
        name: {
            "first_sound_ms": round(statistics.median(one["first"]), 1),
            "first_sound_ms_worst": round(max(one["first"]), 1),
            "real_time_factor": round(statistics.median(one["factor"]), 4),
        }
        for name, one in taken.items()
    }


def reading_ms() -> dict:
    """CPU per delta of 4 characters, and for the whole answer at once per 1000 characters."""
    reading, deltas = Reading(), []
    for place in range(0, len(ANSWER), 4):
        began = time.process_time()
        reading.feed(ANSWER[place : place + 4])
        deltas.append((time.process_time() - began) * 1e3)
    began = time.process_time()
    Reading().feed(ANSWER)
    whole = (time.process_time() - began) * 1e3 / len(ANSWER) * 1000
    return {
        "reading_ms_per_delta": round(statistics.median(deltas), 3),
        "reading_ms_worst_delta": round(max(deltas), 2),
        "reading_ms_per_1000_characters": round(whole, 2),
    }


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--blocks", type=int, default=9)
    blocks = asked.parse_args().blocks
    model = piper_shape.build(ROOT / "build" / "voices")
    found: dict = reading_ms()
    with tempfile.TemporaryDirectory() as folder:
        voices = {
            "espeak": Voice("espeak", Path(folder)),
            "piper": Voice("piper", Path(folder), model),
            "piper_bare": Bare(model),
        }
        found |= {f"{name}_loading_s": round(one.loading, 2) for name, one in voices.items()}
        for circumstance in ("alone", "busy"):
            other = multiprocessing.Process(target=busy, daemon=True)
            if circumstance == "busy":
                other.start()
            found[circumstance] = compared(voices, blocks)
            if circumstance == "busy":
                other.kill()
                other.join()
            ours, bare = found[circumstance]["piper"], found[circumstance]["piper_bare"]
            for key in ("first_sound_ms", "real_time_factor"):
                found[circumstance][f"bare_over_ours_{key}"] = round(bare[key] / ours[key], 2)
        for name in ("espeak", "piper"):
            stops = [
                voices[name].stop_after_first_sound(SENTENCE * 60) * 1e3 for _ in range(blocks)
            ]
            found[f"{name}_stopped_ms"] = round(statistics.median(stops), 1)
            found[f"{name}_stopped_ms_worst"] = round(max(stops), 1)
            voices[name].close()
    print(json.dumps(found, indent=1))
    print(json.dumps(found))


if __name__ == "__main__":
    main()
