"""Two variants answer the same question, unseen which is which; what the person chooses counts."""

import random
from functools import partial
from typing import Protocol

import msgspec
from msgspec.structs import replace
from PySide6.QtCore import QObject, Signal, Slot

from app.controllers.shown import Notice
from app.controllers.trial import Trial, Tried
from app.controllers.undo import UndoStack
from app.store.variants import Variants
from engines.variants.variant import Variant

SIDES = ("left", "right")
PLAIN = Variant("Plain Parley")  # asks for nothing: as the person set it


class ShownSide(msgspec.Struct, frozen=True):
    text: str = ""
    tools: tuple[str, ...] = ()  # names of those it called
    state: str = "waiting"  # waiting, running, done, failed
    words: str = ""  # why it failed
    name: str = ""  # "" until the person has chosen


class ShownComparison(msgspec.Struct, frozen=True):
    question: str
    left: ShownSide = ShownSide()
    right: ShownSide = ShownSide()
    choice: str = ""  # left, right or tie, once it is made

    @property
    def ready(self) -> bool:
        """Both have answered, and the person may choose."""
        return not self.choice and self.left.state == self.right.state == "done"

    @property
    def over(self) -> bool:
        """Nobody writes any more."""
        return {self.left.state, self.right.state} <= {"done", "failed"}


class Named(Protocol):
    """Who keeps variants; key is the id of one, "" is plain Parley."""

    def variant(self, key: str) -> Variant | None: ...


class VariantCompare(QObject):
    compared = Signal()  # shown, or who is which
    counted = Signal(object)  # the two keys whose won and lost are others now
    notice = Signal(object)  # Notice

    def __init__(
        self,
        trial: Trial,
        library: Named,
        kept: Variants,
        undo: UndoStack,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._trial, self._library, self._kept, self._undo = trial, library, kept, undo
        self._chance = random.SystemRandom()
        self.shown = ShownComparison("")
        self._keys: dict[str, str] = {}  # side -> key
        self._names: dict[str, str] = {}
        self._numbers: dict[int, str] = {}  # trial -> side
        trial.changed.connect(self._on_tried)
        trial.finished.connect(self._on_tried)

    def compare(self, key_a: str, key_b: str, question: str) -> None:
        """Sides and order are drawn by chance."""
        if not question.strip() or key_a == key_b:
            return
        self.stop_comparing()
        keys = [key_a, key_b]
        self._chance.shuffle(keys)
        self._keys = dict(zip(SIDES, keys, strict=True))
        self.shown = ShownComparison(question)
        variants = {side: self._library.variant(key) or PLAIN for side, key in self._keys.items()}
        self._names = {side: one.name for side, one in variants.items()}
        order = list(SIDES)
        self._chance.shuffle(order)
        self._numbers = {self._trial.ask(variants[side], question): side for side in order}
        self.compared.emit()

    @Slot()
    def stop_comparing(self) -> None:
        for number in self._numbers:
            self._trial.cancel(number)
        self._numbers = {}
        self.shown = ShownComparison("")

    @Slot(str)
    def choose(self, side: str) -> None:
        """left, right or tie; only now it is said who is which."""
        if not self.shown.ready or side not in (*SIDES, "tie"):
            return
        left, right = (self._keys[one] for one in SIDES)
        winner, loser = (right, left) if side == "right" else (left, right)
        self._kept.add_duel(winner, loser, side == "tie", partial(self._counted, winner, loser))
        named = {one: replace(getattr(self.shown, one), name=self._names[one]) for one in SIDES}
        self.shown = replace(self.shown, choice=side, **named)
        self.compared.emit()

    def _counted(self, winner: str, loser: str, duel: int) -> None:
        both = (winner, loser)

        def back() -> None:
            self._kept.forget_duel(duel, partial(self.counted.emit, both))

        self._undo.push("Choice", back)
        self.counted.emit(both)
        self.notice.emit(Notice("Your choice is counted.", action="Undo"))

    @Slot(int, object)
    def _on_tried(self, number: int, tried: Tried) -> None:
        side = self._numbers.get(number)
        if side is None:
            return
        words = f"{tried.failed.message} {tried.failed.hint}".strip() if tried.failed else ""
        shown = ShownSide(tried.text, tried.tools, tried.state, words)
        self.shown = replace(self.shown, **{side: shown})
        self.compared.emit()
