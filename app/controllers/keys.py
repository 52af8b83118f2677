"""Keys and tokens for whoever needs one: found and kept off the GUI thread."""

import logging
from collections.abc import Callable

from PySide6.QtCore import QObject

from app.background import Background, Task
from app.keys import HELD, Keys

log = logging.getLogger(__name__)


class KeysController(QObject):
    def __init__(self, keys: Keys, background: Background, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._keys, self._background = keys, background

    def find(self, name: str, found: Callable[[str], None]) -> Task:
        """found gets the key of that name, "" where there is none. The system may ask the person
        to unlock its store first; a Task that is cancelled calls nobody."""

        def failed(error: Exception) -> None:
            log.warning("a key could not be looked up: %s", error)
            found("")

        return self._background.run(lambda task: self._keys.get(name), found, failed)

    def keep(self, name: str, key: str, kept: Callable[[str], None] = lambda where: None) -> None:
        """kept gets a sentence that says where the key lies; "" forgets the key."""

        def failed(error: Exception) -> None:
            log.warning("a key could not be kept: %s", error)
            kept(HELD)

        self._background.run(lambda task: self._keys.keep(name, key), kept, failed)

    def forget(self, name: str) -> None:
        self.keep(name, "")
