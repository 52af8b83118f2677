"""Two variants answer the same question; the person says which did better, not knowing which."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, Qt, QTimer, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QWidget

from app.controllers.shown import ShownError, ShownTool, ShownTurn
from app.controllers.shown_variants import ShownVariant
from app.controllers.variant_compare import ShownSide
from app.views import style
from app.views.controls import Button, column, label, row
from app.views.notice import announce
from app.views.option_controls import Calm
from app.views.transcript.view import Transcript
from app.views.variants import portrait
from app.views.variants.desk import Desk
from app.views.variants.fields import Box
from app.views.variants.preview import FRAME_MS, PX, STATES, USED
from app.views.variants.words import duels

ABOUT = (
    "Both answer the same question. Which stands where is drawn by chance and said only when you "
    "have chosen; every choice is counted on their cards."
)
SIDES = {"left": "Left", "right": "Right"}
FAILED = "It could not answer."
CHOICES = (  # choice, words, key
    ("left", "Left is better", "1"),
    ("tie", "Both alike", "2"),
    ("right", "Right is better", "3"),
)


class SidePane(QFrame):
    """One answer, without the name of who gave it."""

    def __init__(self, side: str) -> None:
        super().__init__()
        self.setObjectName("pane")
        self._side = SIDES[side]
        self.setAccessibleName(self._side)
        self.title, self.won = label(self._side, "strong"), label("Better", "badge")
        self.transcript = Transcript(style.current())
        self.transcript.set_text_size(PX)
        self._shown = ShownTurn(0, "assistant")
        self.won.hide()
        head = row(self.title, self.won, None, margins=(18, 12, 14, 4), gap=10)
        whole = column(head, self.transcript, margins=(1, 0, 1, 8), gap=0)
        whole.setStretch(1, 1)
        self.setLayout(whole)

    def show_side(self, one: ShownSide, better: bool, asked: bool) -> None:
        self.title.setText(one.name or self._side)
        if self.won.isHidden() == better:
            self.won.setVisible(better)
        if not asked:
            self.transcript.set_turns([])
            return
        error = ShownError(FAILED, one.words) if one.state == "failed" else None
        tools = tuple(ShownTool(name, "", USED) for name in one.tools)
        status = STATES.get(one.state, one.state)
        turn = ShownTurn(1, "assistant", one.text, status=status, tools=tools, error=error,
                         plain=True)  # fmt: skip
        if self.transcript.row_of(1) < 0:
            self.transcript.set_turns([turn])
        elif turn != self._shown:
            self.transcript.change_turn(turn)
        self._shown = turn


class Compare(QWidget):
    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk, self._compare = desk, desk.compare
        self._keys: list[str] = []
        self._chosen = ["", ""]
        self.first, self.second = Calm((), "First variant"), Calm((), "Second variant")
        self.question = Box("Question for both", "Ask both the same", 2)
        self.ask, self.again = Button("Ask both", "primary"), Button("Another question")
        self.panes = {side: SidePane(side) for side in SIDES}
        self.buttons = {choice: Button(words) for choice, words, _ in CHOICES}
        self.words = label("", "second", wrap=True)
        self._soon = QTimer(self, singleShot=True, interval=FRAME_MS)
        self._lay_out()
        self._connect()
        self.refresh()

    def _lay_out(self) -> None:
        about = label(ABOUT, "second", wrap=True)
        for one in (self.first, self.second):
            one.setMinimumWidth(220)
        choosers = row(self.first, label("and", "second"), self.second, None, gap=12)
        asking = row(self.question, self.ask, gap=10)
        asking.setAlignment(self.ask, Qt.AlignmentFlag.AlignBottom)
        panes = row(*self.panes.values(), gap=12)
        choices = row(None, *self.buttons.values(), None, gap=10)
        self.words.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        foot = row(None, self.again, None)
        parts = (about, choosers, asking, panes, choices, self.words, foot)
        inside = QWidget()
        inside.setMaximumWidth(1080)
        whole = column(*parts, margins=(0, 18, 0, 18), gap=14)
        whole.setStretch(3, 1)
        inside.setLayout(whole)
        line = row(None, inside, None, margins=(24, 0, 24, 0))
        line.setStretch(1, 1000)
        self.setLayout(line)

    def _connect(self) -> None:
        self.first.activated.connect(self._choose_first)
        self.second.activated.connect(self._choose_second)
        self.question.textChanged.connect(self._show_state)
        self.ask.clicked.connect(self.ask_both)
        self.again.clicked.connect(self._begin_again)
        for choice, button in self.buttons.items():
            button.setProperty("choice", choice)
            button.clicked.connect(self._judge)
        self._compare.compared.connect(self._on_compared)
        self._soon.timeout.connect(self._show_sides)
        self._desk.variants.changed.connect(self.refresh)

    def begin(self, first: str, second: str = "") -> None:
        """With one or two variants chosen already."""
        others = [key for key in self._keys if key != first]
        self._chosen = [first, second or next(iter(others), "")]
        self.refresh()
        self.question.setFocus()

    @Slot()
    def refresh(self) -> None:
        """Plain Parley may be compared with, too."""
        variants = [*self._desk.variants.all(), self._desk.shown("")]
        keys = [one.key for one in variants]
        if keys != self._keys:
            self._keys = keys
            for box in (self.first, self.second):
                self._fill(box, variants)
        self._chosen = [key if key in keys else keys[0] for key in self._chosen]
        for box, key in zip((self.first, self.second), self._chosen, strict=True):
            box.setCurrentIndex(keys.index(key))
        self._show_sides()

    @staticmethod
    def _fill(box: Calm, variants: Sequence[ShownVariant]) -> None:
        box.clear()
        for one in variants:
            box.addItem(portrait.icon(one, 18, 6), one.name)

    @Slot()
    def _on_compared(self) -> None:
        if not self._soon.isActive():
            self._soon.start()

    @Slot()
    def _show_sides(self) -> None:
        shown = self._compare.shown
        for side, pane in self.panes.items():
            pane.show_side(getattr(shown, side), shown.choice == side, bool(shown.question))
        if shown.choice:
            self._say_choice(shown.choice)
        self._show_state()

    def _say_choice(self, choice: str) -> None:
        shown = self._compare.shown
        names = shown.left.name, shown.right.name
        said = {"left": f"“{names[0]}” was better.", "right": f"“{names[1]}” was better."}
        words = [said.get(choice, "Both alike.")]
        for key in self._chosen:
            one = self._desk.shown(key)
            if own := duels(one):
                words.append(f"{one.name}: {own}.")
        if self.words.text() != (text := " ".join(words)):
            self.words.setText(text)
            announce(self, text)

    @Slot()
    def _show_state(self) -> None:
        shown = self._compare.shown
        asked, busy = bool(shown.question), bool(shown.question) and not shown.over
        two = self._chosen[0] != self._chosen[1]
        self.ask.setText("Stop" if busy else "Ask both")
        self.ask.setEnabled(busy or (two and bool(self.question.text().strip())))
        for button in self.buttons.values():
            button.setEnabled(shown.ready)
        self.again.setEnabled(asked and not busy)
        if shown.choice:
            return
        if shown.ready:
            self.words.setText("Which did better?")
        elif busy:
            self.words.setText("They answer, one after the other.")
        elif asked:
            self.words.setText("One of them could not answer: nothing is counted.")
        else:
            self.words.setText("" if two else "Choose two different ones.")

    # What the person does

    @Slot(int)
    def _choose_first(self, place: int) -> None:
        self._pick(0, place)

    @Slot(int)
    def _choose_second(self, place: int) -> None:
        self._pick(1, place)

    def _pick(self, which: int, place: int) -> None:
        """Whoever is compared now is not who answered: their answers go."""
        self._chosen[which] = self._keys[place]
        self._compare.stop_comparing()
        self._show_sides()

    @Slot()
    def ask_both(self) -> None:
        shown = self._compare.shown
        if shown.question and not shown.over:
            self._compare.stop_comparing()
            self._show_sides()
        else:
            first, second = self._chosen
            self._compare.compare(first, second, self.question.text())

    @Slot()
    def _begin_again(self) -> None:
        self._compare.stop_comparing()
        self.question.set_text("")
        self._show_sides()
        self.question.setFocus()

    @Slot()
    def _judge(self) -> None:
        self._compare.choose(self.sender().property("choice"))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        choice = next((name for name, _, key in CHOICES if key == event.text()), "")
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if choice and self._compare.shown.ready and not self.question.hasFocus():
            self._compare.choose(choice)
        elif enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.ask_both()
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            for pane in self.panes.values():
                pane.transcript.set_theme(style.current())
