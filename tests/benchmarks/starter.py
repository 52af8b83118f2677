"""How well the starter answers: whole as shipped, its model alone, and its rules alone.

    python tests/benchmarks/starter.py [--count 40] [--model FILE.gguf]

Families of questions its training never saw, and the 300 requests written by hand, all greedily
through Parley's own engines; packaging/starter/evaluate.py says what counts as right. The last line
is one JSON object: figure -> who -> right, of, and the ends of Wilson's 95 % interval.
"""

import argparse
import json
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "packaging/starter")]

import evaluate  # noqa: E402
import speaker  # noqa: E402

MODEL = ROOT / "resources/starter/parley-starter.gguf"


def main() -> None:
    options = argparse.ArgumentParser(description="How well the starter answers.")
    options.add_argument("--count", type=int, default=40, help="questions of each kind")
    options.add_argument("--model", type=Path, default=MODEL)
    given = options.parse_args()
    everyone = {
        "shipped": lambda: speaker.shipped(given.model),
        "model": lambda: speaker.alone(given.model),
        "rules": speaker.rules,
    }
    told: dict[str, dict[str, dict[str, float]]] = {}
    for name, begin in everyone.items():
        found = evaluate.measure(name, begin(), given.count)["figures"]
        for figure, score in found.items():
            told.setdefault(figure, {})[name] = score
    print(json.dumps(told))


if __name__ == "__main__":
    main()
