"""Whether the model a variant was made for is here, and what to say where another one is open."""

from pathlib import Path

from PySide6.QtCore import QObject, Signal

from app.background import Background
from app.controllers.models import ModelController
from app.controllers.shown import Notice
from app.controllers.variant_words import base_words
from app.store.conversations import Store
from engines.variants.variant import Variant

FILES = "SELECT path, sha256 FROM model_file"


class Fit(QObject):
    changed = Signal()

    def __init__(
        self,
        models: ModelController,
        store: Store,
        background: Background,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._models, self._store, self._background = models, store, background
        self._here: frozenset[str] | None = None  # hashes of weights; None: not looked yet

    def look(self) -> None:
        """Which models that were read once are still there."""
        rows = self._store.rows(FILES)

        def work(_: object) -> frozenset[str]:
            return frozenset(sha256 for path, sha256 in rows if Path(path).is_file())

        def looked(found: frozenset[str]) -> None:
            if found != self._here:
                self._here = found
                self.changed.emit()

        self._background.run(work, looked, lambda _: None)

    def here(self, variant: Variant) -> bool:
        """Also where nobody knows: it names no model, or none by its hash."""
        wanted = hashes(variant)
        known = (self._here or frozenset()) | {self._open}
        return not wanted or self._here is None or bool(wanted & known)

    def doubts(self, variant: Variant) -> Notice | None:
        """What the person may want to know when they begin to use it."""
        wanted, model = hashes(variant), self._models.model.name
        about = f"“{variant.name}” was made for {base_words(variant.base) or 'another model'}."
        if wanted and self._open and self._open not in wanted:
            where = "Open it on the page Models" if self.here(variant) else "It is not here"
            return Notice(about, f"{where}; {model} may answer otherwise than its maker meant.")
        if variant.context > self._models.context > 0:
            words = f"“{variant.name}” wants to remember {variant.context:,} tokens."
            hint = f"{model} remembers {self._models.context:,}; more can be set in Preferences."
            return Notice(words, hint)
        return None

    @property
    def _open(self) -> str:
        return self._models.facts()["hash"]


def hashes(variant: Variant) -> frozenset[str]:
    bases = (variant.base, *variant.alternatives)
    return frozenset(base.sha256 for base in bases if base.sha256)
