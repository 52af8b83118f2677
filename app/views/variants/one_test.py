"""A test of a variant: a line with how it went; opened, what is asked and what is looked for."""

from collections.abc import Mapping

from msgspec.structs import replace
from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QFont, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QLineEdit, QWidget

from app.controllers.shown_variants import ShownTestResult
from app.controllers.variant_data import Test
from app.views import icons, style
from app.views.controls import Button, column, label, row
from app.views.line_button import LineButton
from app.views.shelf.body import write
from app.views.theme import text_font
from app.views.variants.checks_field import WITH_TOOL, ChecksField, words_of
from app.views.variants.fields import Box

HIGH, SIDE, MARK = 60, 20, 18
MARKS = {  # of a state: drawing, colour, words
    "": ("circle-help", "muted", "Not run"),
    "waiting": ("clock", "muted", "Waits"),
    "running": ("ellipsis", "accent", "Runs"),
    "passed": ("circle-check", "ok", "Passed"),
    "failed": ("circle-x", "danger", "Failed"),
    "broken": ("triangle-alert", "warn", "Could not be run"),
}
NO_QUESTION = "A new test"
PROOF = "One answer that is right and one that is wrong prove that the checks can tell them apart."


def summary(test: Test) -> str:
    return " · ".join(words_of(one) for one in test.checks) or "Nothing is looked for yet"


class OneTestHead(LineButton):
    """All of a test's line; a click, Enter or Space opens it."""

    def __init__(self, test: Test) -> None:
        super().__init__()
        self.setCheckable(True)
        self.setFixedHeight(HIGH)
        self.setAccessibleDescription("Press to open or close it")
        self.result: ShownTestResult | None = None
        self.flaw = ""  # what is wrong with the test itself
        self.show_test(test)

    def show_test(self, test: Test) -> None:
        self._test = test
        self._say()

    def show_result(self, result: ShownTestResult | None) -> None:
        if result != self.result:
            self.result = result
            self._say()

    def show_flaw(self, words: str) -> None:
        if words != self.flaw:
            self.flaw = words
            self._say()

    @property
    def state(self) -> str:
        return self.result.state if self.result else ""

    @property
    def words(self) -> str:
        """The second line: what is wrong with it, what went wrong, else what is looked for."""
        return self.flaw or (self.result.words if self.result else "") or summary(self._test)

    def _say(self) -> None:
        _, _, said = MARKS[self.state]
        self.setAccessibleName(f"{self._test.question or NO_QUESTION}. {said}. {self.words}")
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(300, HIGH)

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, box = style.current(), QRectF(self.rect()).adjusted(5, 3, -5, -3)
        dpr = self.devicePixelRatioF()
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            if self.underMouse() or self.isDown():
                painter.setBrush(theme.color("panel" if theme.name == "light" else "raised"))
                painter.drawRoundedRect(box, 10, 10)
            if self.hasFocus():
                painter.setPen(QPen(theme.color("accent"), 2))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), 10, 10)
            picture, color, _ = MARKS[self.state]
            drawn = icons.pixmap(picture, getattr(theme, color), MARK, dpr)
            painter.drawPixmap(SIDE, (HIGH - MARK) // 2, drawn)
            self._paint_words(painter)
            turned = "chevron-up" if self.isChecked() else "chevron-down"
            arrow = icons.pixmap(turned, theme.muted, 16, dpr)
            painter.drawPixmap(self.width() - SIDE - 16, (HIGH - 16) // 2, arrow)

    def _paint_words(self, painter: QPainter) -> None:
        theme, left = style.current(), SIDE + MARK + 14
        wide = self.width() - left - SIDE - 28
        question = " ".join(self._test.question.split()) or NO_QUESTION
        font = text_font(14, QFont.Weight.Medium)
        write(painter, QRect(left, 10, wide, 20), question, font, theme.text)
        bad = self.state in ("failed", "broken")
        bad = bad or bool(self.flaw)
        color = theme.danger if self.state == "failed" else theme.warn if bad else theme.muted
        write(painter, QRect(left, 31, wide, 18), self.words, text_font(12), color)


class OneTestBody(QFrame):
    """What is asked, what is looked for, and the two answers that prove it."""

    changed = Signal(object)  # Test
    removed = Signal()

    def __init__(self, test: Test, tools: Mapping[str, str], fixed: bool) -> None:
        super().__init__()
        self.test = test
        self.question = Box("Question of the test", "What is asked", 2)
        self.checks = ChecksField(test.checks, tools)
        self.right, self.wrong = Box("A right answer", "42", 2), Box("A wrong answer", "41", 2)
        self.right_tools, self.wrong_tools = QLineEdit(), QLineEdit()
        for field, name in ((self.right_tools, "right"), (self.wrong_tools, "wrong")):
            field.setPlaceholderText("Tools it called, with commas between")
            field.setAccessibleName(f"Tools called with the {name} answer")
        self.answer = label("", "value", wrap=True)
        self.answer.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.said = QWidget()
        self.said.setLayout(column(label("What it answered", "second"), self.answer, gap=4))
        self.said.hide()
        self.remove = Button("Remove this test", "quiet", "trash-2")
        self._lay_out(fixed)
        self.remove.setVisible(not fixed)
        self.show_test()
        self._connect()

    def _lay_out(self, fixed: bool) -> None:
        right = column(label("A right answer", "second"), self.right, self.right_tools, gap=4)
        wrong = column(label("A wrong answer", "second"), self.wrong, self.wrong_tools, gap=4)
        proofs = row(right, wrong, gap=12)
        self.proof = label(PROOF, "caption", wrap=True)
        inside = QWidget()
        parts = (self.question, self.checks, 2, proofs, self.proof)
        inside.setLayout(column(label("It is asked", "second"), *parts, gap=6))
        inside.setEnabled(not fixed)
        foot = row(self.remove, None)
        margins = (SIDE + MARK + 14, 2, SIDE, 16)
        self.setLayout(column(self.said, inside, foot, margins=margins, gap=10))

    def _connect(self) -> None:
        for box in (self.question, self.right, self.wrong):
            box.textChanged.connect(self._tell)
        for field in (self.right_tools, self.wrong_tools):
            field.textEdited.connect(self._tell)
        self.checks.edited.connect(self._tell)
        self.remove.clicked.connect(self.removed)

    def stops(self) -> list[QWidget]:
        """Where Tab halts, in order."""
        checks = [part for one in self.checks.rows for part in one.stops()]
        right, wrong = (self.right, self.right_tools), (self.wrong, self.wrong_tools)
        return [self.question, *checks, self.checks.add, *right, *wrong, self.remove]

    def show_test(self) -> None:
        one = self.test
        self.question.show_value(one.question)
        self.right.show_value(one.right)
        self.wrong.show_value(one.wrong)
        self.right_tools.setText(", ".join(one.right_tools))
        self.wrong_tools.setText(", ".join(one.wrong_tools))
        self._show_tools()

    def _show_tools(self) -> None:
        shown = any(check.kind in WITH_TOOL for check in self.test.checks)
        for field in (self.right_tools, self.wrong_tools):
            if field.isHidden() == shown:
                field.setVisible(shown)

    def show_flaw(self, words: str) -> None:
        self.proof.setText(words or PROOF)

    def show_result(self, result: ShownTestResult | None) -> None:
        text = result.answer if result else ""
        self.answer.setText(text[:4000])
        if self.said.isHidden() == bool(text):
            self.said.setVisible(bool(text))

    @Slot()
    def _tell(self) -> None:
        self.test = replace(
            self.test,
            question=self.question.text(),
            checks=self.checks.values(),
            right=self.right.text(),
            wrong=self.wrong.text(),
            right_tools=names_in(self.right_tools.text()),
            wrong_tools=names_in(self.wrong_tools.text()),
        )
        self._show_tools()
        self.changed.emit(self.test)


def names_in(text: str) -> tuple[str, ...]:
    return tuple(name for part in text.split(",") if (name := part.strip()))


class OneTest(QWidget):
    changed = Signal(object)  # Test
    removed = Signal()
    stepped = Signal(int)

    def __init__(self, test: Test, tools: Mapping[str, str], *, fixed: bool) -> None:
        super().__init__()
        self.test, self._tools, self._fixed = test, tools, fixed
        self.head = OneTestHead(test)
        self.body: OneTestBody | None = None
        self._lines = column(self.head, gap=0)
        self.setLayout(self._lines)
        self.head.toggled.connect(self._toggle)
        self.head.stepped.connect(self.stepped)

    def show_result(self, result: ShownTestResult | None) -> None:
        self.head.show_result(result)
        if self.body:
            self.body.show_result(result)

    def show_flaw(self, words: str) -> None:
        """What is wrong with the test itself, "" for nothing."""
        self.head.show_flaw(words)
        if self.body:
            self.body.show_flaw(words)

    @Slot(bool)
    def _toggle(self, on: bool) -> None:
        if self.body is None:
            self.body = OneTestBody(self.test, self._tools, self._fixed)
            self.body.changed.connect(self._take)
            self.body.removed.connect(self.removed)
            self.body.show_result(self.head.result)
            self.body.show_flaw(self.head.flaw)
            self._lines.addWidget(self.body)
            before: QWidget = self.head
            for stop in self.body.stops():
                QWidget.setTabOrder(before, stop)
                before = stop
        self.body.setVisible(on)

    @Slot(object)
    def _take(self, test: Test) -> None:
        self.test = test
        self.head.show_test(test)
        self.changed.emit(test)
