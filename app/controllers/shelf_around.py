"""What lies on this computer, and what this computer is: looked at in the background."""

import logging
import os
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from app.background import Background, Task
from app.controllers.preferences import PreferencesController
from app.controllers.shelf_rows import UNKNOWN, Fit
from engines.models.found import Found

if TYPE_CHECKING:  # all of it is loaded with the first look, in its thread
    from engines.machine import Machine
    from engines.models.catalogue import Entry
    from engines.models.shelves.copies import Hashes

log = logging.getLogger(__name__)
OWN, NAMED = "Parley", "A folder of yours"  # sources


@dataclass(frozen=True)
class Around:
    """What was found."""

    places: tuple[tuple[str, Path], ...] = ()
    states: tuple[str, ...] = ()  # of the places: engines.models.shelves.places.THERE…
    found: tuple[Found, ...] = ()


class LookingAround(QObject):
    changed = Signal()

    def __init__(
        self,
        preferences: PreferencesController,
        background: Background,
        own: Path,
        cache: Path,
        kept: Path,
        hashes: "Hashes",
        catalogue: Path,
        pid: Callable[[], int | None],
        parent: QObject | None = None,
    ) -> None:
        """own: Parley's folder of models; kept: a file of ours; catalogue: models.toml; pid of the
        process that holds Parley's own model, which is let go of for another one."""
        super().__init__(parent)
        self._preferences, self._background, self._own = preferences, background, own
        self._cache, self._kept, self._hashes = cache, kept, hashes
        self._catalogue, self._pid = catalogue, pid
        self.entries: tuple[Entry, ...] = ()  # of the catalogue, known after the first look
        self.around = Around()
        self.machine: Machine | None = None
        self.measuring = False
        self.fits: dict[str, Fit] = {}  # by path, or by the key of an entry
        self.looked = False
        self._looking, self._again = False, False
        self._measured = False  # in this run

    @Slot()
    def look(self) -> None:
        """Anew; quick where nothing has changed."""
        if self._looking:
            self._again = True
            return
        self._looking, self._again = True, False
        named = [Path(one) for one in self._preferences.model_folders]
        pid = self._pid()

        def done(_: object) -> None:
            self._looking = False
            if self._again:
                self.look()

        def failed(error: Exception) -> None:
            log.error("this computer could not be looked through", exc_info=error)
            done(None)

        self._background.run(lambda task: self._work(task, named, pid), done, failed)

    @Slot()
    def measure_once(self) -> None:
        if not self._measured and not self.measuring:
            self.measure()

    def measure(self, afresh: bool = False) -> None:
        """Takes some seconds, once for each computer."""
        if self.measuring:
            return
        self.measuring = True
        self.changed.emit()

        def measured(found: "Machine") -> None:
            self.measuring = False
            self.machine, self._measured = found, True
            self.changed.emit()
            if found.measured:
                self.look()

        def failed(_: Exception) -> None:
            self.measuring = False
            self.changed.emit()

        def work(_: Task) -> "Machine":
            from engines.machine import measure

            return measure(self._cache, afresh=afresh)

        self._background.run(work, measured, failed)

    def fit(self, key: str) -> Fit:
        return self.fits.get(key, UNKNOWN)

    # in a thread

    def _work(self, task: Task, named: list[Path], pid: int | None) -> None:
        from app.controllers.shelf_fit import of_entry, of_found
        from engines import machine as machines
        from engines.models import catalogue
        from engines.models.shelves import copies, places, remembered

        entries = self.entries or catalogue.read(self._catalogue)
        machine, folders = machines.known(self._cache), roots(self._own, named)
        states = tuple(places.state(path) for _, path in folders)

        def cancelled() -> bool:
            return task.cancelled

        found = remembered.look(folders, self._kept, cancelled)
        around = Around(folders, states, tuple(found))
        self._background.deliver(lambda: self._found(around, machine, entries))
        free = machine.after(machines.released(pid) if pid else 0)
        fits = {entry.key: of_entry(entry, free) for entry in entries}
        fits |= {
            str(one.path): of_found(one, free) for one in found if one.there and not cancelled()
        }
        self._background.deliver(lambda: self._fitted(fits))
        single = replace(around, found=tuple(copies.merged(found, self._hashes, cancelled)))
        self._background.deliver(lambda: self._found(single, machine, entries))

    def _found(self, around: Around, machine: "Machine", entries: "tuple[Entry, ...]") -> None:
        self.around, self.machine, self.looked, self.entries = around, machine, True, entries
        self.changed.emit()

    def _fitted(self, fits: dict[str, Fit]) -> None:
        if fits != self.fits:
            self.fits = fits
            self.changed.emit()


def roots(own: Path, named: Iterable[Path]) -> tuple[tuple[str, Path], ...]:
    """Parley's own folder, the person's, and those of other programs; each once."""
    from engines.models.shelves.places import usual_places

    usual = usual_places(Path.home(), os.environ, sys.platform)
    found = [(OWN, own), *((NAMED, one) for one in named), *usual]
    sources = {path: source for source, path in reversed(found)}
    return tuple((sources[path], path) for path in dict.fromkeys(path for _, path in found))
