"""How the variants that come with Parley do in their own tests, with one model or several.

    python tests/benchmarks/variant_tests.py [MODEL.gguf …] [--only NAME] [--answers]

Without a model: the starter. Runs Parley's own parts without a window: the same engines, tools,
jails and judges as a click on "Run tests". The last line is one JSON object: model -> variant ->
passed, of, and the questions that failed.
"""

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from PySide6.QtCore import QCoreApplication, QTimer  # noqa: E402

from app import garbage  # noqa: E402
from app.parts import Parts, build  # noqa: E402

MARKS = {"passed": "✓", "failed": "✗", "broken": "!"}
LONGEST = 160  # characters of an answer that are shown


class Measuring:
    """One variant after the other, then the program ends."""

    def __init__(self, parts: Parts, only: str, answers: bool) -> None:
        self._parts, self._only, self._answers = parts, only.casefold(), answers
        self._waiting: list[str] = []
        self._began = 0.0
        self.told: dict[str, Any] = {}
        parts.variant_tests.running_changed.connect(self._on_running)

    def start(self) -> None:
        self._parts.variants.library.when_ready(self._ready)

    def _ready(self) -> None:
        variants = self._parts.variants
        for shown in variants.all():
            if self._only in shown.name.casefold():
                self._waiting.append(shown.key)
            for wish in shown.wishes:
                variants.grant(shown.key, wish.key, True)
        self._next()

    def _next(self) -> None:
        if self._waiting:
            self._began = time.monotonic()
            self._parts.variant_tests.run_tests(self._waiting.pop(0))
        else:
            QCoreApplication.quit()

    def _on_running(self, key: str) -> None:
        if key:
            self._key = key
            return
        shown, results = self._parts.variants.shown(self._key), self._results(self._key)
        assert shown
        passed = sum(one.state == "passed" for one in results)
        seconds = time.monotonic() - self._began
        print(f"{shown.name}: {passed} of {len(results)}, {seconds:.1f} s")
        for one in results:
            if self._answers or one.state != "passed":
                self._print(one)
        failed = [short(one.question)[:40] for one in results if one.state != "passed"]
        self.told[shown.name] = {"passed": passed, "of": len(results), "failed": failed}
        QTimer.singleShot(0, self._next)

    def _results(self, key: str) -> tuple[Any, ...]:
        return self._parts.variant_tests.results(key)

    def _print(self, one: Any) -> None:
        question, answer = (short(text) for text in (one.question, one.answer))
        print(f"   {MARKS.get(one.state, '?')} {question}\n     → {answer}")
        if one.words:
            print(f"     {one.words}")


def short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def measured(core: QCoreApplication, model: str, given: argparse.Namespace) -> tuple[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        about = argparse.Namespace(data_dir=Path(folder), echo=False, model=model)
        parts = build(about, core, in_memory=True)
        measuring = Measuring(parts, given.only, given.answers)
        parts.start_engines(model)
        parts.models.notice.connect(lambda notice: print(notice.message, notice.hint))
        QTimer.singleShot(0, measuring.start)
        core.exec()
        name = parts.models.model.name
        parts.stop()
    return name, measuring.told


def main() -> None:
    options = argparse.ArgumentParser(description="How variants do in their own tests.")
    options.add_argument("models", nargs="*", default=[""])
    options.add_argument("--only", default="", help="variants with this in their names")
    options.add_argument("--answers", action="store_true", help="also those that passed")
    given = options.parse_args()
    core = QCoreApplication(sys.argv[:1])
    garbage.Garbage(core)
    told = dict(measured(core, model, given) for model in given.models)
    print(json.dumps(told, ensure_ascii=False))


if __name__ == "__main__":
    main()
