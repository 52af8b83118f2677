"""Runs the tests a variant carries, with the model that is open, and keeps how it did."""

import logging
import time
from collections.abc import Sequence
from functools import partial
from typing import Protocol

import msgspec
from msgspec.structs import replace
from PySide6.QtCore import QObject, QTimer, Signal, Slot

from app.background import Background, Task
from app.controllers.answering import CLOSED
from app.controllers.models import ModelController
from app.controllers.shown import Notice
from app.controllers.shown_variants import ShownTestResult
from app.controllers.trial import Trial, Tried
from app.store.variants import StoredScore, Variants
from engines.variants.variant import Check, Test, Variant

log = logging.getLogger(__name__)
SEED = 1  # where the variant names none: the same tests give the same score
PATIENCE = 5.0  # seconds for looking over what is being written
EVERY = 150  # ms between two looks at an answer that grows
LONGEST = 1_000  # characters of an answer that are on disk
OVER = ("passed", "failed", "broken")
NO_TESTS = Notice("This variant has no tests.", "Write some where it is edited.")
NO_ROOM = "The model was not told of the tools: they do not fit its context."
CHANGED = Notice("The tests were stopped: the model was closed.", "Run them again.")
_results = msgspec.json.Decoder(tuple[ShownTestResult, ...])


class Library(Protocol):
    """Who keeps variants; key is the id of one."""

    def variant(self, key: str) -> Variant | None: ...

    def digest(self, key: str) -> str:
        """SHA-256 of its contents as they are now, "" while they are being written."""
        ...


class Run(msgspec.Struct):
    """Tests under way, or the last ones that were."""

    key: str
    variant: Variant
    results: list[ShownTestResult]
    at: int = 0  # index of the test that runs
    number: int = -1  # of its trial
    model: object = None  # what answers; all answers must come from one


class VariantTests(QObject):
    """One variant at a time; each test is a trial, and what it says is judged off this thread."""

    results_changed = Signal(str)  # key
    scored = Signal(str)  # key: another score is kept
    running_changed = Signal(str)  # key of the one whose tests run, "" for none
    looked_over = Signal(object, object)  # tests, and in words what is wrong with each
    notice = Signal(object)  # Notice

    def __init__(
        self,
        trial: Trial,
        library: Library,
        kept: Variants,
        models: ModelController,
        background: Background,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._trial, self._library, self._kept = trial, library, kept
        self._models, self._background = models, background
        self._run: Run | None = None
        self._last: dict[str, Run] = {}
        self._looking: Task | None = None
        self._timer = QTimer(self, interval=EVERY, singleShot=True)
        self._timer.timeout.connect(self._tell)
        trial.changed.connect(self._on_changed)
        trial.finished.connect(self._on_finished)

    @property
    def running(self) -> str:
        """Key of the variant whose tests run, "" for none."""
        return self._run.key if self._run else ""

    def run_tests(self, key: str, variant: Variant | None = None) -> None:
        """variant: as it stands in the editor, not saved; of such a one no score is kept."""
        self.stop_tests()
        saved = self._library.variant(key)
        tested = variant or saved
        if not tested or not tested.tests:
            self.notice.emit(NO_TESTS)
            return
        results = [ShownTestResult(test.question) for test in tested.tests]
        self._run = self._last[key] = Run(key, tested, results)
        self.running_changed.emit(key)
        self._ask(self._run)

    @Slot()
    def stop_tests(self) -> None:
        if run := self._run:
            self._trial.cancel(run.number)
            self._end(run)

    def results(self, key: str, variant: Variant | None = None) -> tuple[ShownTestResult, ...]:
        """Of its tests as they are now, or of those of a variant in the editor: the newest."""
        last = self._last.get(key)
        wanted = variant or self._library.variant(key)
        if wanted is None:
            return ()
        if last and last.variant.tests == wanted.tests:
            return tuple(last.results)
        if variant is None and (found := self._stored(key)):
            return found
        return tuple(ShownTestResult(test.question) for test in wanted.tests)

    @Slot(object)
    def look_over(self, tests: Sequence[Test]) -> None:
        """looked_over follows: what is wrong with each in words, "" for nothing.

        A check that cannot be used, or a right and a wrong answer that do not prove the checks.
        """
        given = tuple(tests)
        if self._looking:
            self._looking.cancel()

        def looked(flaws: tuple[str, ...]) -> None:
            self._looking = None
            self.looked_over.emit(given, flaws)

        self._looking = self._background.run(partial(flaws_of, given), looked, self._not_judged)

    def _stored(self, key: str) -> tuple[ShownTestResult, ...]:
        """What is on disk of the variant as it is; the newest where several models were tried."""
        digest = self._library.digest(key)
        mine = [one for one in self._kept.scores() if one.digest == digest]
        try:
            return _results.decode(mine[-1].results) if mine else ()
        except msgspec.DecodeError as error:
            log.warning("results of tests are not readable: %s", error)
            return ()

    # one test after the other

    def _ask(self, run: Run) -> None:
        test = run.variant.tests[run.at]
        run.number = self._trial.ask(run.variant, test.question, test.before, seed=SEED)

    @Slot(int, object)
    def _on_changed(self, number: int, tried: Tried) -> None:
        run = self._run
        if run and number == run.number:
            state = "running" if tried.state == "running" else "waiting"
            shown = replace(run.results[run.at], state=state, answer=tried.text)
            first = shown.state != run.results[run.at].state
            run.results[run.at] = shown
            if first:
                self._tell()
            elif not self._timer.isActive():
                self._timer.start()

    @Slot(int, object)
    def _on_finished(self, number: int, tried: Tried) -> None:
        run = self._run
        if not run or number != run.number:
            return
        loaded = self._models.link.loaded
        model = (loaded.name, loaded.size, loaded.quantisation) if loaded else run.model
        if tried.failed == CLOSED or run.model not in (None, model):
            self._end(run)
            self.notice.emit(CHANGED)
            return
        run.model = model
        if tried.failed:
            words = f"{tried.failed.message} {tried.failed.hint}".strip()
            self._judged(run, tried, ("broken", words))
            return
        checks = run.variant.tests[run.at].checks
        self._background.run(
            partial(judged, checks, tried), partial(self._judged, run, tried), self._not_judged
        )

    def _judged(self, run: Run, tried: Tried, found: tuple[str, str]) -> None:
        """found: state and words."""
        if self._run is not run:
            return
        state, words = found
        question = run.results[run.at].question
        if tried.without_tools and state == "failed":
            words = f"{words} {NO_ROOM}"
        self._put(run, ShownTestResult(question, state, tried.text, words))
        run.at += 1
        if run.at < len(run.variant.tests):
            self._ask(run)
        else:
            self._keep(run)
            self._end(run)

    def _not_judged(self, error: Exception) -> None:
        log.error("a test could not be judged", exc_info=error)
        self.stop_tests()

    def _put(self, run: Run, result: ShownTestResult) -> None:
        run.results[run.at] = result
        self.results_changed.emit(run.key)

    @Slot()
    def _tell(self) -> None:
        if self._run:
            self.results_changed.emit(self._run.key)

    def _end(self, run: Run) -> None:
        """What was not finished waits as it did before."""
        self._run = None
        run.results = [
            one if one.state in OVER else ShownTestResult(one.question) for one in run.results
        ]
        self.running_changed.emit("")
        self.results_changed.emit(run.key)

    # how it did

    def _keep(self, run: Run) -> None:
        """Under the hash of what answered, once that is known; of a server, under its name.

        Not of a variant that is not saved, or was changed since.
        """
        digest = self._library.digest(run.key)
        if not digest or self._library.variant(run.key) != run.variant:
            return
        facts, loaded = self._models.facts(), self._models.link.loaded
        passed = sum(one.state == "passed" for one in run.results)
        about = run.key, facts["model"], loaded.size if loaded else 0, passed, len(run.results)
        short = [replace(one, answer=shortened(one.answer)) for one in run.results]
        results = msgspec.json.encode(short).decode()
        score = StoredScore(digest, "", *about, results=results)
        if self._models.server:
            self._write(replace(score, model=f"{self._models.server} {facts['model']}", size=0), "")
        else:
            self._models.when_identified(self._write, score)

    def _write(self, score: StoredScore, sha256: str) -> None:
        kept = replace(score, model=sha256 or score.model)
        self._kept.keep_score(kept, partial(self.scored.emit, score.variant))


def judged(checks: tuple[Check, ...], tried: Tried, _: Task) -> tuple[str, str]:
    """In a thread: the state of a test, and which check is not fulfilled."""
    from engines.variants.checks import Said, judge

    verdict = judge(checks, Said(tried.text, tried.tools))
    failed = "broken" if verdict.broken else "failed"
    return "passed" if verdict.passed else failed, verdict.words


def flaws_of(tests: Sequence[Test], task: Task) -> tuple[str, ...]:
    """As far as the time goes: a stranger may have written thousands of slow checks."""
    from engines.variants.checks import flaw

    until, found = time.monotonic() + PATIENCE, []
    for test in tests:
        if task.cancelled or time.monotonic() > until:
            break
        found.append(flaw(test))
    return (*found, *[""] * (len(tests) - len(found)))


def shortened(text: str) -> str:
    return text if len(text) <= LONGEST else text[:LONGEST] + "…"
