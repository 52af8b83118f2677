"""What the file of a model is called: a blob of Ollama's is called as Ollama calls the model."""

from pathlib import Path

from PySide6.QtCore import QObject, Signal

from app.background import Background, Task
from engines.models.shelves import manifests

NAMELESS = "A model of Ollama"


class FileNames(QObject):
    changed = Signal()  # a name is known now

    def __init__(self, background: Background, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._background = background
        self._known: dict[str, str] = {}  # of blobs

    def of(self, path: str) -> str:
        """At once; a blob's own name is looked for in the background, once."""
        if not is_blob(Path(path).name):
            return Path(path).stem
        if path not in self._known:
            self._known[path] = NAMELESS
            self._background.run(lambda task: self._look(path, task), self._found, self._failed)
        return self._known[path]

    def _look(self, path: str, task: Task) -> tuple[str, str]:
        return path, manifests.name_of(Path(path), lambda: task.cancelled)

    def _found(self, answer: tuple[str, str]) -> None:
        path, name = answer
        if name:
            self._known[path] = name
            self.changed.emit()

    def _failed(self, _: Exception) -> None:
        """It stays nameless."""


def is_blob(name: str) -> bool:
    return manifests.DIGEST.fullmatch(name) is not None
