"""What models take on a graphics card, against what was forecast; then the tests that need one.

    python tests/benchmarks/card.py [--software] [--figures]

--software makes a card of the processor first, once (packaging/software_card.py; Debian and
Ubuntu): its figures of memory and its answers are as a card's, its speed is not. --figures leaves
out the tests, which take half an hour there. Ends with one JSON line.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "packaging")]

import software_card  # noqa: E402
from engines.llm.llama_cpp import Options  # noqa: E402
from engines.messages import Loaded  # noqa: E402
from steps.terminal import Problem  # noqa: E402
from tests.data import large_models  # noqa: E402
from tests.data.running import Running  # noqa: E402
from tests.data.taking import CASES  # noqa: E402

TESTS = "tests/e2e/test_card_process.py"


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--software", action="store_true")
    options.add_argument("--figures", action="store_true")
    given = options.parse_args()
    if given.software:
        return on_software(["--figures"] if given.figures else [])
    found = list(figures())
    if not found:
        print("There is no graphics card that llama.cpp, as it is built here, could use.")
        return 1
    code = 0
    if not given.figures:
        environ = {"QT_QPA_PLATFORM": "offscreen", **os.environ}
        tests = [sys.executable, "-m", "pytest", TESTS, "-rs", "--durations=3"]
        code = subprocess.call(tests, cwd=ROOT, env=environ)
    ratios = [one["forecast_mb"] / one["took_mb"] for one in found]
    said = {
        "device": found[0]["device"],
        "jail": found[0]["jail"] or "whole",
        "cases": len(found),
        "forecast_to_took_median": round(median(ratios), 3),
        "forecast_to_took_least": round(min(ratios), 3),
        "forecast_to_took_most": round(max(ratios), 3),
        "within_a_tenth": sum(abs(ratio - 1) <= 0.1 for ratio in ratios),
    }
    print(json.dumps(said | ({} if given.figures else {"tests_passed": not code})))
    return code


def on_software(rest: list[str]) -> int:
    folder = software_card.folder_of_it()
    try:
        python = software_card.make(folder)
    except Problem as problem:
        print(problem.words(), file=sys.stderr)
        return 1
    environ = os.environ | software_card.environ(folder)
    return subprocess.call([str(python), __file__, *rest], env=environ)


def figures() -> Iterator[dict]:
    """Of each shape with all of it on the card, half and one layer; in MB."""
    with tempfile.TemporaryDirectory(prefix="parley-card-") as work:
        path = Path(work) / "model.gguf"
        for name, case in CASES.items():
            if case.eyes:
                continue
            large_models.write(path, case.shape)
            for layers in sorted({-1, case.shape.blocks // 2, 1}):
                asked = Options(context=case.context, memory=case.kv, gpu_layers=layers)
                loaded = load(path, asked, Path(work))
                if not loaded.card_took:
                    return
                found = {
                    "forecast_mb": loaded.card_forecast / 1e6,
                    "took_mb": loaded.card_took / 1e6,
                }
                print(
                    f"{name:20} {loaded.layers:3} of {loaded.layers_total:2} layers:"
                    f" {found['forecast_mb']:7.1f} MB forecast, {found['took_mb']:7.1f} taken"
                    f"  {loaded.gave_up}",
                    flush=True,
                )
                yield found | {"device": loaded.device, "jail": loaded.jail}


def load(path: Path, options: Options, work: Path) -> Loaded:
    running = Running("llama_cpp", options, work / "log.txt", path)
    try:
        [found] = [event for event in running.loaded if isinstance(event, Loaded)]
        return found
    finally:
        running.stop()


if __name__ == "__main__":
    sys.exit(main())
