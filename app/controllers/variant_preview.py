"""A small conversation with a variant while it is made: nothing of it is kept."""

import msgspec
from PySide6.QtCore import QObject, Signal, Slot

from app.controllers.trial import Trial, Tried
from engines.variants.variant import Example, Variant

REMEMBERED = 20  # exchanges the model is told again


class ShownPreview(msgspec.Struct, frozen=True):
    """One question with its answer as far as it is written."""

    question: str
    answer: str = ""
    thought: str = ""
    tools: tuple[str, ...] = ()  # names of those it called
    state: str = "waiting"  # waiting, running, done, stopped, failed
    words: str = ""  # why it failed


class VariantPreview(QObject):
    """One question at a time; another one ends that before it."""

    preview_text = Signal(str)  # the whole answer to the last question, so far
    changed = Signal()  # shown

    def __init__(self, trial: Trial, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._trial, self._number = trial, -1
        self.shown: tuple[ShownPreview, ...] = ()
        trial.changed.connect(self._on_tried)
        trial.finished.connect(self._on_tried)

    @property
    def busy(self) -> bool:
        return self._number >= 0

    def preview(self, variant: Variant, question: str) -> None:
        """Ask the variant as it stands in the editor, with what was said in this preview before."""
        if not question.strip():
            return
        self.stop_preview()
        done = [one for one in self.shown if one.state == "done" and one.answer]
        before = [Example(one.question, one.answer) for one in done[-REMEMBERED:]]
        self.shown = (*self.shown, ShownPreview(question))
        self._number = self._trial.ask(variant, question, before, first=True)
        self.changed.emit()

    @Slot()
    def stop_preview(self) -> None:
        if self.busy:
            self._trial.cancel(self._number)
            self._number = -1
            self._put(msgspec.structs.replace(self.shown[-1], state="stopped"))

    @Slot()
    def clear_preview(self) -> None:
        """Begin again, as a new conversation would."""
        self.stop_preview()
        self.shown = ()
        self.changed.emit()

    @Slot(int, object)
    def _on_tried(self, number: int, tried: Tried) -> None:
        if number != self._number or not self.busy:
            return
        if tried.state in ("done", "failed"):
            self._number = -1
        words = f"{tried.failed.message} {tried.failed.hint}".strip() if tried.failed else ""
        about = tried.text, tried.thought, tried.tools, tried.state, words
        self._put(ShownPreview(self.shown[-1].question, *about))
        self.preview_text.emit(tried.text)

    def _put(self, shown: ShownPreview) -> None:
        self.shown = (*self.shown[:-1], shown)
        self.changed.emit()
