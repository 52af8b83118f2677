"""What the hub of models has: searched, and asked which packings there are."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from app.controllers.hub_door import HubDoor, Visit, locked
from app.controllers.server import is_here
from app.controllers.shelf_rows import UNKNOWN, Fit
from app.controllers.shown import Notice
from engines.errors import ParleyError
from engines.models.packings import Packing, packings, usual

if TYPE_CHECKING:  # the network's library is loaded when something is asked
    from engines.machine import Machine
    from engines.models.hub import Listing, Repository

START = 256 << 10  # bytes of a file in which its shape stands
MOST = 40  # results of a search
PREFERRED = ("fits", "tight")


@dataclass(frozen=True)
class Offered:
    """What a repository has for a job."""

    listing: "Listing"
    packings: tuple[Packing, ...] = ()
    fits: dict[str, Fit] = field(default_factory=dict)  # by the file of a packing

    def fit(self, file: str) -> Fit:
        return self.fits.get(file, UNKNOWN)

    @property
    def best(self) -> Packing | None:
        """What is usual where that fits, else the largest that does."""
        common = usual(self.packings)
        if common is None or self.fit(common.file).fit in (*PREFERRED, "unknown"):
            return common
        smaller = [one for one in self.packings if self.fit(one.file).fit in PREFERRED]
        return smaller[-1] if smaller else common


class HubOffers(QObject):
    changed = Signal()
    told = Signal(str)  # repository of which the packings are known now, or are not to be had
    notice = Signal(object)

    def __init__(
        self,
        door: HubDoor,
        hub: Callable[[Callable[[str], bool]], Any],
        machine: "Callable[[], Machine | None]",
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._door, self._hub, self._machine = door, hub, machine
        self._searching: Visit | None = None
        self._asking: set[str] = set()
        self._offered: dict[tuple[str, str], Offered] = {}  # by repository and job
        self.results: tuple[Repository, ...] = ()
        self.fits: dict[str, Fit] = {}  # of the results
        self.job, self.words = "talk", ""
        self.problem = ""  # why the last search brought nothing, in words

    @property
    def place(self) -> str:
        return self._door.own()

    @property
    def open(self) -> bool:
        """Whether the hub may be asked without a click for it."""
        place = self._door.own()
        return is_here(place) or self._door.seal.stands_open(place)

    @property
    def searching(self) -> bool:
        return self._searching is not None

    def search(self, words: str, job: str) -> None:
        """Only what the person typed and sent leads here. No words: the results go."""
        if self._searching:
            self._searching.stop()
            self._searching = None
        self.words, self.job, self.problem = words.strip(), job, ""
        self.results, self.fits = (), {}
        if self.words and self._door.locked:
            self._refused(locked())
        elif self.words:
            self._ask_for_words()
        self.changed.emit()

    def _ask_for_words(self) -> None:
        words, job, machine = self.words, self.job, self._machine()

        def work(visit: Visit) -> "tuple[list[Repository], dict[str, Fit]]":
            from app.controllers.shelf_fit import of_name

            hub = self._hub(visit.permits)
            try:
                found = hub.search(words, job, MOST)
            finally:
                hub.web.close()
            fits = {one.id: of_name(job, one.id, machine) for one in found if machine}
            return found, fits

        def done(answer: "tuple[list[Repository], dict[str, Fit]]") -> None:
            self._searching = None
            self.results, self.fits = tuple(answer[0]), answer[1]
            self.problem = "" if self.results else f"The hub has nothing for “{words}”."
            self.changed.emit()

        def failed(error: Exception) -> None:
            self._searching = None
            self._refused(error)
            self.changed.emit()

        self._searching = self._door.run(f"search for {words}", work, done, failed)

    def offered(self, repository: str, job: str) -> Offered | None:
        return self._offered.get((repository, job))

    def listing(self, repository: str) -> "Listing | None":
        for (known, _), offered in self._offered.items():
            if known == repository:
                return offered.listing
        return None

    def learn(self, repository: str, listing: "Listing") -> None:
        """A fetch asked for it anyway."""
        for job in {job for known, job in self._offered if known == repository} or {""}:
            before = self._offered.get((repository, job), Offered(listing))
            self._offered[(repository, job)] = replace(before, listing=listing)
        self.changed.emit()

    def ask(self, repository: str, job: str) -> None:
        """Which packings there are; told when that is known."""
        if repository in self._asking:
            return
        if self._door.locked:
            self._refused(locked())
            self.told.emit(repository)
            return
        self._asking.add(repository)
        machine = self._machine()

        def done(found: Offered) -> None:
            self._asking.discard(repository)
            self._offered[(repository, job)] = found
            if not found.packings:
                words = "There is nothing in this model that Parley can open."
                self.notice.emit(Notice(words, "Look for another one.", repository, kind="error"))
            self.told.emit(repository)
            self.changed.emit()

        def failed(error: Exception) -> None:
            self._asking.discard(repository)
            self._refused(error)
            self.told.emit(repository)

        def work(visit: Visit) -> Offered:
            return self._listed(visit, repository, job, machine)

        self._door.run(f"list the files of {repository}", work, done, failed)

    def _listed(
        self, visit: Visit, repository: str, job: str, machine: "Machine | None"
    ) -> Offered:
        """In a thread."""
        from app.controllers.shelf_fit import of_packing

        hub = self._hub(visit.permits)
        try:
            listing = hub.listing(repository)
            made = packings(job, {one.name: one.size for one in listing.files})
            start = b""
            if job in ("talk", "see") and (common := usual(made)):
                start = self._start(hub, listing, common)
        finally:
            hub.web.close()
        fits = {}
        if machine:
            for one in made:
                fits[one.file] = of_packing(job, one, machine, start, repository)
        return Offered(listing, made, fits)

    @staticmethod
    def _start(hub: Any, listing: "Listing", one: Packing) -> bytes:
        """Its shape tells more than its size; without it a guess has to do."""
        try:
            return hub.head(listing.repository, listing.commit, one.file, START)
        except ParleyError:
            return b""

    def _refused(self, error: Exception) -> None:
        known = error if isinstance(error, ParleyError) else None
        words = known.message if known else "The hub could not be asked."
        hint = known.hint if known else "Try again."
        detail = known.detail if known else repr(error)
        self.problem = f"{words} {hint}".strip()
        self.notice.emit(Notice(words, hint, detail, kind="error"))
