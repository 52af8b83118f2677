"""The network seal: shut by default, opened by the person for single addresses."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Signal, Slot

from app.controllers.preferences import PreferencesController
from app.controllers.shown import ShownSeal, ShownSent
from app.controllers.turns import said_on
from app.store.conversations import Store
from app.store.permissions import SentLog

SHUT = "Nothing leaves this computer"
LOCKED = "Locked: nothing may leave"


@dataclass(frozen=True)
class Open:
    who: str
    once: bool  # until the calls that asked have ended; else until it is shut
    uses: int = 1  # calls it is open for, where it is open once


class SealController(QObject):
    changed = Signal(object)  # ShownSeal
    shut_for = Signal(str)  # an address that was open: whoever uses it has to end now

    def __init__(
        self, store: Store, preferences: PreferencesController, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._log, self._preferences = SentLog(store), preferences
        self._open: dict[str, Open] = {}
        self._wants: tuple[tuple[str, str, str], ...] = ()
        self._left = 0
        preferences.changed.connect(self._on_setting)

    @property
    def locked(self) -> bool:
        return self._preferences.settings.network_locked

    @property
    def seal(self) -> ShownSeal:
        rows = tuple(
            (place, one.who, "for this one time" if one.once else "until you shut it")
            for place, one in self._open.items()
        )
        if self.locked:
            return ShownSeal("locked", LOCKED, (), (), self._left)
        if not rows:
            return ShownSeal("shut", SHUT, (), self._wants, self._left)
        many = f"{len(rows)} addresses" if len(rows) > 1 else next(iter(self._open))
        return ShownSeal("open", f"Open for {many}", rows, self._wants, self._left)

    def permits(self, place: str) -> bool:
        return not self.locked and place in self._open

    def stands_open(self, place: str) -> bool:
        """The person opened it for longer than a call."""
        return self.permits(place) and not self._open[place].once

    def open_for(self, place: str, who: str, once: bool = False) -> None:
        """An address that is open for longer stays so. Nothing opens while the seal is locked."""
        before = self._open.get(place)
        if not self.locked and (before is None or before.once):
            uses = before.uses + 1 if before and once else 1
            self._open[place] = Open(who, once, uses)
            self._tell()

    @Slot(str)
    def shut(self, place: str = "") -> None:
        """ "" shuts all."""
        for one in [place] if place else list(self._open):
            if self._open.pop(one, None):
                self.shut_for.emit(one)
        self._tell()

    def shut_once(self, places: tuple[str, ...]) -> None:
        """A call is over for which these were opened; another one may still need them."""
        for place in places:
            one = self._open.get(place)
            if one and one.once and one.uses > 1:
                self._open[place] = replace(one, uses=one.uses - 1)
            elif one and one.once:
                self.shut(place)

    @Slot(bool)
    def lock(self, locked: bool) -> None:
        self._preferences.set("network_locked", locked)

    @Slot(str, object)
    def _on_setting(self, name: str, value: object) -> None:
        if name == "network_locked":
            if value:
                self.shut()
            self._tell()

    def want(self, places: tuple[str, ...], who: str, what: str) -> None:
        """Somebody asks to be let out; no places: nobody any more."""
        self._wants = tuple((place, who, what) for place in places)
        self._tell()

    # what left

    def record(self, who: str, place: str, what: str, done: Callable[[int], None]) -> None:
        """done gets the number of the entry when it is on disk; only then may anything leave."""
        self._left += 1
        self._log.add(who, place, what, done)
        self._tell()

    def complete(self, entry: int, sent: int, received: int, outcome: str = "") -> None:
        self._log.complete(entry, sent, received, outcome)

    def log(self, before: int | None = None, count: int = 200) -> tuple[ShownSent, ...]:
        """Newest first; before is the key of the last entry already seen."""
        return tuple(
            ShownSent(e.id, said_on(e.at), e.who, e.place, e.what, e.sent, e.received, e.outcome)
            for e in self._log.page(before, count)
        )

    def _tell(self) -> None:
        self.changed.emit(self.seal)
