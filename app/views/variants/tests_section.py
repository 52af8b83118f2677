"""The section Tests of the editor: its own tests, run with the model that is open."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtWidgets import QProgressBar, QWidget

from app.controllers.shown_variants import ShownTestResult, ShownVariant
from app.controllers.variant_data import Check, Test
from app.views.controls import Button, column, label, row
from app.views.entering import enter
from app.views.notice import announce
from app.views.variants.draft import Draft
from app.views.variants.one_test import OneTest
from app.views.variants.section import FieldCard, Section
from app.views.variants.steps import Work
from app.views.variants.words import counted

ABOUT = (
    "Questions with what the answers must fulfil. They are asked outside your conversations, of "
    "the model that is open, with tools that only work things out; results stay on this computer."
)
NOTHING = "None yet. A variant with tests can say how well it does here, with each model."
LOOKED_AT = 400  # ms after the last change
OVER = ("passed", "failed", "broken")


class OwnTests(Section):
    run_asked = Signal()
    stop_asked = Signal()
    proof_asked = Signal(object)  # tests: whether they prove themselves

    def __init__(self, draft: Draft, tools: Mapping[str, str], *, fixed: bool) -> None:
        """tools: name -> title."""
        super().__init__(draft, fixed=fixed)
        self._tools, self._running = tools, False
        self.rows: list[OneTest] = []
        self._results: Sequence[ShownTestResult] = ()
        self._look = QTimer(self, interval=LOOKED_AT, singleShot=True)
        self._look.timeout.connect(self._ask_for_proof)

    def build(self) -> Work:
        self.run = Button("Run the tests", "primary", "play", "on_accent")
        self.stop = Button("Stop", picture="square")
        self.stop.setAccessibleName("Stop the tests")
        self.add = Button("Add a test", picture="plus")
        self.words, self.smallest = label("", "strong"), label("", "second", wrap=True)
        self.scores = label("", "second", wrap=True)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.nothing = label(NOTHING, "soft", wrap=True)
        for one in (self.nothing, self.words, self.smallest, self.scores):
            one.setContentsMargins(4, 0, 0, 0)
        self.run.clicked.connect(self.run_asked)
        self.stop.clicked.connect(self.stop_asked)
        self.add.clicked.connect(self._add)
        self.put_heading("Tests", ABOUT)
        self.put_widget(self._top(), 10)
        yield
        self.put_widget(self.nothing)
        self.card = FieldCard()
        self.put_widget(self.card)
        below = QWidget()
        below.setLayout(row(self.add, None))
        self.add.setVisible(not self.fixed)
        self.put_widget(below, 20)
        yield

    def _top(self) -> QWidget:
        head = row(column(self.words, self.scores, self.smallest, gap=2), self.run, self.stop)
        head.setStretch(0, 1)
        top = QWidget()
        top.setLayout(column(head, self.bar, gap=10))
        self.stop.hide()
        self.bar.hide()
        return top

    def refresh(self) -> None:
        tests = self.variant.tests
        if tests != tuple(row.test for row in self.rows):
            self.card.clear()
            self.rows = []
            self.steps.drop()
            self.steps.add(self._make_all(tests))
        self._show_state()

    def _make_all(self, tests: Sequence[Test]) -> Work:
        for test in tests:
            self._make(test)
            yield
        self._show_state()
        self._look.start()

    def _make(self, test: Test) -> OneTest:
        made = self.card.add(OneTest(test, self._tools, fixed=self.fixed))
        made.changed.connect(self._tell)
        made.removed.connect(self._remove)
        made.stepped.connect(self._step)
        self.rows.append(made)
        made.show_result(self._result(len(self.rows) - 1, made))
        return made

    # What the controller tells

    def show_variant(self, shown: ShownVariant) -> None:
        """Its scores with this and other models."""
        if not self.ready:
            return
        said = [
            f"{one.passed} of {one.total} with {one.model}{'' if one.current else ' (before)'}"
            for one in shown.scores
        ]
        self.scores.setText(" · ".join(said))
        self.scores.setVisible(bool(said))
        self.smallest.setText(shown.smallest)
        self.smallest.setVisible(bool(shown.smallest))

    def show_results(self, results: Sequence[ShownTestResult]) -> None:
        """One for each test, in their order; as long as it was not run a result only waits."""
        self._results = results
        for place, line in enumerate(self.rows):
            line.show_result(self._result(place, line))
        self._show_state()

    @Slot()
    def _ask_for_proof(self) -> None:
        self.proof_asked.emit(tuple(row.test for row in self.rows))

    @Slot(object, object)
    def show_flaws(self, tests: Sequence[Test], flaws: Sequence[str]) -> None:
        """What is wrong with each of these, "" for nothing; they may be others by now."""
        for row_of_it, test, words in zip(self.rows, tests, flaws, strict=False):
            if row_of_it.test == test:
                row_of_it.show_flaw(words)

    def _result(self, place: int, line: OneTest) -> ShownTestResult | None:
        found = self._results[place] if place < len(self._results) else None
        if found is None or found.question != line.test.question:
            return None
        return None if found.state == "waiting" and not self._running else found

    def show_running(self, running: bool) -> None:
        over = self._running and not running
        self._running = running
        self.show_results(self._results)
        if over and self.ready:
            announce(self, self.words.text())

    def _show_state(self) -> None:
        if not self.ready:
            return
        results, running = self._results, self._running
        over = [one for one in results if one.state in OVER]
        passed = sum(one.state == "passed" for one in results)
        tests = self.variant.tests
        self.nothing.setVisible(not tests)
        self.run.setVisible(not running)
        self.run.setEnabled(bool(tests))
        self.run.setText("Run them again" if over and not running else "Run the tests")
        self.stop.setVisible(running)
        self.bar.setVisible(running)
        self.bar.setRange(0, max(1, len(results)))
        self.bar.setValue(len(over))
        self.bar.setAccessibleName(f"{len(over)} of {len(results)} tests are over")
        if running:
            self.words.setText(f"{passed} passed, {len(over)} of {len(results)} over")
        elif over:
            self.words.setText(f"{passed} of {len(results)} passed")
        else:
            self.words.setText(counted(len(tests), "test") if tests else "")

    # What the person does

    @Slot()
    def _add(self) -> None:
        made = self._make(Test("", (Check("contains"),)))
        self._tell()
        made.head.setChecked(True)
        assert made.body
        enter(made.body.question)

    @Slot()
    def _remove(self) -> None:
        gone = self.sender()
        place = next(place for place, one in enumerate(self.rows) if one is gone)
        self.card.take_out(self.rows.pop(place))
        near = self.rows[min(place, len(self.rows) - 1)].head if self.rows else self.add
        near.setFocus()
        self._tell()

    @Slot(int)
    def _step(self, by: int) -> None:
        sender = self.sender()
        there = next(place for place, one in enumerate(self.rows) if one is sender) + by
        if 0 <= there < len(self.rows):
            self.rows[there].head.setFocus()

    @Slot()
    def _tell(self) -> None:
        self.draft.set(tests=tuple(row.test for row in self.rows))
        self._show_state()
        self._look.start()
