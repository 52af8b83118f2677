"""The shelf of models: what is here, what could be, and what is done with it."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace
from PySide6.QtCore import QObject, QTimer, Signal, Slot

from app.controllers import shelf_rows as rows
from app.controllers.fetch import Fetch, Wanted
from app.controllers.fetches import FetchesController
from app.controllers.hub_offers import HubOffers
from app.controllers.hub_token import HubToken
from app.controllers.models import size_words
from app.controllers.preferences import PreferencesController
from app.controllers.shelf_around import NAMED, OWN, LookingAround
from app.controllers.shelf_best import CAPABLE, QUICK, to_begin_with, why
from app.controllers.shelf_machine import shown_machine
from app.controllers.shelf_use import Using
from app.controllers.shown import (
    Notice,
    ShownChoice,
    ShownMachine,
    ShownShelfFolder,
    ShownShelfModel,
)
from engines.models.found import Found

if TYPE_CHECKING:
    from engines.models.catalogue import Entry

USE = "Use it"  # on the button of a notice
SOON, LATER = 1_500, 20_000  # ms after the start: this computer is looked through, and measured
ORDER = {"fits": 0, "tight": 1, "unknown": 2, "large": 3}
THERE, AWAY, SHUT = "there", "away", "shut"  # as engines.models.shelves.places has them
STATES = {AWAY: "Away: its drive or folder is not there now", SHUT: "Parley may not look into it"}


class ShelfController(QObject):
    """Rows have keys: of what is here its path, of what could be fetched its name at the hub."""

    changed = Signal()
    choices_changed = Signal(str)  # key of a row whose choices are known now
    notice = Signal(object)

    def __init__(
        self,
        around: LookingAround,
        using: Using,
        offers: HubOffers,
        fetches: FetchesController,
        token: HubToken,
        preferences: PreferencesController,
        own: Path,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._around, self._using, self._offers, self.fetches = around, using, offers, fetches
        self.token = token
        self._preferences, self._own = preferences, own
        self._entries: tuple[Entry, ...] = ()
        self._by_key: dict[str, Entry] = {}
        self._given: dict[str, str] = {}  # words on a button -> key
        self._known: dict[Path, Entry] = {}
        self._found: dict[Path, Found] = {}
        self._soon, self._later = QTimer(self, singleShot=True), QTimer(self, singleShot=True)
        self._soon.timeout.connect(around.look)
        self._later.timeout.connect(around.measure_once)
        self._states: dict[str, str] = {}  # fetch -> its state as rows show it
        for signal in (using.changed, offers.changed):
            signal.connect(self.changed)
        around.changed.connect(self._on_around)
        fetches.changed.connect(self._on_fetches)
        fetches.listed.connect(offers.learn)
        fetches.came.connect(self._on_came)
        offers.told.connect(self._on_told)
        for source in (using, offers, fetches):
            source.notice.connect(self.notice)
        preferences.models_changed.connect(self.look)

    def start(self) -> None:
        """After the window is up, which has better things to do in its first seconds."""
        self.fetches.start()
        self._soon.start(SOON)
        self._later.start(LATER)

    def stop(self) -> None:
        self._soon.stop()
        self._later.stop()
        self.fetches.stop()

    def finish(self) -> None:
        """After the background has stopped: what is not on the disk yet."""
        self.fetches.finish()

    @Slot()
    def look(self) -> None:
        """Anew, also at what this computer is where that is not known yet."""
        self._soon.stop()
        self._around.look()
        self._around.measure_once()

    # what is shown

    def shown(self, job: str) -> tuple[ShownShelfModel, ...]:
        """What came with Parley, then what is here, then what could be fetched."""
        return (*self._came_with(job), *self._here(job), *self._offered(job))

    @property
    def hub_place(self) -> str:
        """Where models are searched and fetched, for people."""
        return self._offers.place

    @property
    def looked(self) -> bool:
        """Whether this computer was looked through."""
        return self._around.looked

    @property
    def searching(self) -> bool:
        return self._offers.searching

    @property
    def problem(self) -> str:
        """Why the last search brought nothing, in words."""
        return self._offers.problem

    def results(self) -> tuple[ShownShelfModel, ...]:
        job, made = self._offers.job, []
        for one in self._offers.results:
            offered = self._offers.offered(one.id, job)
            best = offered.best if offered else None
            fit = offered.fit(best.file) if offered and best else self._offers.fits.get(one.id)
            count = len(offered.packings) if offered else 2  # it has to be asked
            listing, fetching = offered and offered.listing, bool(self.fetches.of(one.id))
            row = rows.of_hub(one, job, fit or rows.UNKNOWN, listing, count, fetching)
            made.append(replace(row, size=size_words(best.size)) if best else row)
        return tuple(made)

    @Slot(str, str)
    def search(self, words: str, job: str) -> None:
        """At the hub; no words: the results go."""
        self._offers.search(words, job)

    def choices(self, key: str) -> tuple[ShownChoice, ...]:
        """Packings, as far as they are known; ask() has the hub say them."""
        offered = self._offers.offered(*self._repository(key))
        if offered is None:
            return ()
        best = offered.best
        return tuple(
            rows.choice(one, offered.fit(one.file), one is best) for one in offered.packings
        )

    @Slot(str)
    def ask(self, key: str) -> None:
        """Ask the hub which packings a model comes in; choices_changed follows."""
        self._offers.ask(*self._repository(key))

    def machine(self) -> ShownMachine:
        return shown_machine(self._around.machine, self._around.measuring)

    @Slot()
    def measure(self) -> None:
        """Once more, as the person asked for it."""
        self._around.measure(afresh=True)

    def recommended(self) -> ShownShelfModel | None:
        """The one to begin with, while only the starter is open; what is here comes first."""
        if self._preferences.model or not self._around.fits:
            return None
        here = [one for one in self._here("talk") if one.fit in ("fits", "tight")]
        able = [one for one in here if self._able(one.key)]
        if able:
            return replace(able[0], recommended=True)
        if (best := self._best()) is None:
            return None
        found = (row for row in self._offered("talk") if row.key == rows.OFFER + best.key)
        row = next(found, None)
        return row and replace(row, words=f"{row.words} {why(best)}")

    # what the person does

    @Slot(str)
    def use(self, key: str) -> None:
        if key.startswith(rows.CAME):
            self._using.use_own(key.removeprefix(rows.CAME))
        elif one := self._found.get(Path(key.removeprefix(rows.HERE))):
            self._using.use(one)

    def fetch(self, key: str, choice: str = "") -> None:
        """choice: key of one of its choices; "" is what is usual, or what fits."""
        repository, job = self._repository(key)
        entry = self._by_key.get(key.removeprefix(rows.OFFER))
        offered = self._offers.offered(repository, job)
        file = choice or (entry.file if entry else "")
        if not file and offered and offered.best:
            file = offered.best.file
        title = entry.title if entry else rows.plain(repository.rpartition("/")[2])
        wanted = Wanted(f"{repository}/{file}", job, title, repository, file)
        self.fetches.add(wanted)

    @Slot(str)
    def remove(self, key: str) -> None:
        """Into the trash; it can be undone."""
        if one := self._found.get(Path(key.removeprefix(rows.HERE))):
            self._using.remove(one, self._title(one), self._found.values())

    def take(self, action: str) -> bool:
        """The button of a notice was pressed; False when it was another button."""
        key = self._given.pop(action, "")
        if key:
            self.use(key)
        return bool(key)

    # folders

    def folders(self) -> tuple[ShownShelfFolder, ...]:
        around, made = self._around.around, []
        named = {Path(one) for one in self._preferences.model_folders}
        for (source, path), state in zip(around.places, around.states, strict=True):
            inside = [one for one in around.found if one.path.is_relative_to(path)]
            if not inside and source not in (OWN, NAMED) and state != SHUT:
                continue
            total = size_words(sum(one.size for one in inside))
            count = f"{len(inside)} model{'s' if len(inside) != 1 else ''}"
            words = STATES.get(state, f"{count}, {total}" if inside else "No models")
            if source == OWN and state == AWAY:
                words = "What you fetch lies here"
            removable = path in named
            there = state == THERE or source == OWN
            made.append(ShownShelfFolder(str(path), source, words, there, removable))
        return tuple(made)

    @Slot(str)
    def add_folder(self, path: str) -> None:
        folder = Path(path).expanduser().absolute()
        if not folder.is_dir():
            words = f"There is no folder at {folder}."
            self.notice.emit(Notice(words, "Choose another one.", kind="error"))
        else:
            self._preferences.name_model_folder(str(folder))

    @Slot(str)
    def forget_folder(self, path: str) -> None:
        """What lies in it stays, and is not looked for there any more."""
        self._preferences.forget_model_folder(path)

    # rows

    def _came_with(self, job: str) -> Iterable[ShownShelfModel]:
        if job in rows.CAME_WITH:
            yield rows.came_with(job, not self._using.chosen(job), 0)

    def _here(self, job: str) -> list[ShownShelfModel]:
        made = []
        for one in self._around.around.found:
            sees = job == "see" and one.projector is not None
            if one.job == job or sees:
                in_use, fit = self._using.in_use(one), self._around.fit(str(one.path))
                own = one.source == OWN and one.path.is_relative_to(self._own)
                made.append(rows.here(one, job, self._known.get(one.path), fit, in_use, own))
        made = rows.told_apart(made)
        made.sort(key=lambda row: (row.state == "away", not row.in_use, ORDER[row.fit]))
        return made

    def _offered(self, job: str) -> list[ShownShelfModel]:
        here, best, made = set(self._known.values()), self._best(), []
        for entry in self._entries:
            if entry in here or not (entry.job == job or (job == "see" and entry.sees)):
                continue
            offered = self._offers.offered(entry.repository, entry.job)
            listing = self._offers.listing(entry.repository)
            count = 0
            if entry.job in ("talk", "see"):  # a hub that is open anyway is asked with the details
                count = len(offered.packings) if offered else 2 * self._offers.open
            fetching = bool(self.fetches.of(entry.repository, [entry.file] if entry.file else ()))
            fit = self._around.fit(entry.key)
            row = rows.offered(entry, job, fit, listing, count, fetching)
            made.append(replace(row, recommended=True) if entry is best else row)
        made.sort(key=lambda row: (not row.recommended, ORDER[row.fit]))  # else the strongest first
        return made

    def _best(self) -> "Entry | None":
        return to_begin_with(self._entries, self._around.fit)

    def _able(self, key: str) -> bool:
        """Whether what is here is worth beginning with."""
        entry = self._known.get(path := Path(key.removeprefix(rows.HERE)))
        billions = entry.parameters if entry else self._parameters(path) / 1e9
        return billions >= CAPABLE and self._around.fit(str(path)).speed >= QUICK / 2

    def _parameters(self, path: Path) -> int:
        one = self._found.get(path)
        return rows.parameters(path.name) or (rows.parameters(one.name) if one else 0)

    def _repository(self, key: str) -> tuple[str, str]:
        """Where it is at the hub, and what it is for."""
        if entry := self._by_key.get(key.removeprefix(rows.OFFER)):
            return entry.repository, entry.job
        return key.removeprefix(rows.HUB), self._offers.job

    def _title(self, one: Found) -> str:
        entry = self._known.get(one.path)
        return entry.title if entry else rows.plain(one.name)

    # what others tell

    @Slot()
    def _on_around(self) -> None:
        found = self._around.around.found
        if self._entries is not self._around.entries:
            self._entries = self._around.entries
            self._by_key = {entry.key: entry for entry in self._entries}
        self._found = {one.path: one for one in found}
        self._known = rows.known_again(self._entries, found)
        self.changed.emit()

    @Slot()
    def _on_fetches(self) -> None:
        """Rows change when a fetch begins or ends, not with every piece that comes."""
        states = {one.key: one.state for one in self.fetches.shown()}
        if states != self._states:
            self._states = states
            self.changed.emit()

    @Slot(object)
    def _on_came(self, fetch: Fetch) -> None:
        self.look()
        self._given[USE] = rows.HERE + str(fetch.path(self._own))
        self.notice.emit(Notice(f"{fetch.wanted.title} is here.", action=USE))

    @Slot(str)
    def _on_told(self, repository: str) -> None:
        self.choices_changed.emit(rows.HUB + repository)
        for entry in self._entries:
            if entry.repository == repository:
                self.choices_changed.emit(rows.OFFER + entry.key)
