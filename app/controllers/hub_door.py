"""How the hub of models is asked: only while the seal is open for it, and never without the log."""

import threading
from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot

from app.background import Background
from app.controllers.seal import SealController
from app.controllers.server import is_here
from engines.errors import ParleyError

WHO = "Models"
SIBLINGS = ("huggingface.co", "hf.co")  # one house: files are sent from its other addresses
LOCKED = "The network is locked."
UNLOCK = "Unlock it in the status bar, then try again."
ANSWER_WITHIN = 30.0  # seconds the log may take


class Visit:
    """One piece of work at the hub: the places it was let out to, and what came from there."""

    def __init__(self, door: "HubDoor", what: str, allowed: frozenset[str]) -> None:
        self.what, self.allowed = what, allowed
        self.received = 0  # bytes, told by the work
        self.over = False
        self.entries: dict[str, int] = {}  # place -> entry of the log; each was opened once
        self.waiting: dict[str, list[Callable[[bool], None]]] = {}  # place -> who waits for the log
        self._door = door
        self._stop = threading.Event()

    @property
    def stopped(self) -> bool:
        """Whether the work has to end; safe from any thread."""
        return self._stop.is_set()

    def stop(self) -> None:
        self._stop.set()

    def permits(self, place: str) -> bool:
        """Asked from the thread of the work, before anything leaves for a place."""
        if is_here(place) or place in self.entries:
            return not self.stopped
        answered, answer = threading.Event(), [False]

        def decide() -> None:
            def tell(permitted: bool) -> None:
                answer[0] = permitted
                answered.set()

            self._door.decide(self, place, tell)

        self._door.background.deliver(decide)
        for _ in range(int(ANSWER_WITHIN * 10)):
            if answered.wait(0.1) or self.stopped:
                break
        return answer[0] and not self.stopped


class HubDoor(QObject):
    shut = Signal(object)  # Visit: the seal was shut for a place it uses

    def __init__(
        self,
        seal: SealController,
        background: Background,
        own: Callable[[], str],
        parent: QObject | None = None,
        who: str = WHO,
        family: tuple[str, ...] = SIBLINGS,
    ) -> None:
        """own: host or host:port of the hub or mirror the person uses; family: where else its
        files may come from. who stands in the log."""
        super().__init__(parent)
        self._who, self._family = who, family
        self.seal, self.background, self.own = seal, background, own
        self._visits: list[Visit] = []
        seal.shut_for.connect(self._on_shut)

    @property
    def locked(self) -> bool:
        """Whether the hub cannot be asked at all now."""
        return self.seal.locked and not is_here(self.own())

    def begin(self, what: str, allowed: frozenset[str] = frozenset()) -> Visit:
        """Only what the person did leads here. allowed: further places they agreed to."""
        visit = Visit(self, what, allowed)
        self._visits.append(visit)
        return visit

    def end(self, visit: Visit, outcome: str = "") -> None:
        """The work is over: the log gets its bytes, and the places are shut again."""
        visit.over = True
        if visit in self._visits:
            self._visits.remove(visit)
        for place, entry in visit.entries.items():  # the last place is where the files came from
            received = visit.received if place == list(visit.entries)[-1] else 0
            self.seal.complete(entry, 0, received, outcome)
        self.seal.shut_once(tuple(visit.entries))

    def run(
        self,
        what: str,
        work: Callable[[Visit], Any],
        done: Callable[[Any], None],
        failed: Callable[[Exception], None],
    ) -> Visit:
        """Something short: done or failed are called back, unless the visit was stopped."""
        visit = self.begin(what)

        def finished(result: Any) -> None:
            self.end(visit)
            if not visit.stopped:
                done(result)

        def broke(error: Exception) -> None:
            self.end(visit, "stopped" if visit.stopped else "failed")
            if not visit.stopped:
                failed(error)

        self.background.run(lambda _: work(visit), finished, broke)
        return visit

    def stop(self) -> None:
        """At the end of the program."""
        for visit in list(self._visits):
            visit.stop()
            self.end(visit, "stopped")

    def decide(self, visit: Visit, place: str, tell: Callable[[bool], None]) -> None:
        """Whether a visit may go on to a place: into the log first, then it is open for it."""
        if visit.over or visit.stopped or self.seal.locked:
            return tell(False)
        if place in visit.entries:
            return tell(True)
        if not self._known(visit, place):
            return tell(False)
        visit.waiting.setdefault(place, []).append(tell)
        if len(visit.waiting[place]) == 1:
            self.seal.record(self._who, place, visit.what, partial(self._recorded, visit, place))
        return None

    def _recorded(self, visit: Visit, place: str, entry: int) -> None:
        permitted = not (visit.over or visit.stopped or self.seal.locked)
        if permitted:
            self.seal.open_for(place, self._who, once=True)
            visit.entries[place] = entry
        else:
            self.seal.complete(entry, 0, 0, "stopped")
        for tell in visit.waiting.pop(place, []):
            tell(permitted)

    def _known(self, visit: Visit, place: str) -> bool:
        """The hub the person uses, its other addresses, and what the person agreed to."""
        host = place.rpartition(":")[0] if place.rpartition(":")[2].isdigit() else place
        family = any(host == one or host.endswith(f".{one}") for one in self._family)
        return place in visit.allowed or place == self.own() or family

    @Slot(str)
    def _on_shut(self, place: str) -> None:
        for visit in list(self._visits):
            if place in visit.entries:
                visit.stop()
                self.shut.emit(visit)


def locked() -> ParleyError:
    return ParleyError(LOCKED, UNLOCK)
