"""What is being fetched: several at a time, paused and gone on with, and kept over a quit."""

import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace
from PySide6.QtCore import QObject, QTimer, Signal, Slot

from app.controllers.fetch import DISK, QUIT, SHUT, Fetch, Wanted, chosen
from app.controllers.hub_door import LOCKED, UNLOCK, HubDoor, Visit
from app.controllers.server import is_here
from app.controllers.shown import Notice, ShownFetch
from app.fetching import room
from app.kept import Kept
from engines.errors import ParleyError
from engines.models.fetching.troubles import DiskFull, NotPermitted, Stopped

if TYPE_CHECKING:  # the network's library is loaded when something is fetched
    from engines.models.download import Fetched
    from engines.models.hub import Listing

AT_ONCE = 2
REPORTED = 0.1  # seconds between two reports of one fetch
LOOKS_FOR_ROOM = 5_000  # ms between two looks at a full disk
SPARE = 512 << 20  # bytes that stay free on the disk


class FetchesController(QObject):
    changed = Signal()
    listed = Signal(str, object)  # repository, engines.models.hub.Listing: the hub was asked
    came = Signal(object)  # Fetch: a model is here now
    notice = Signal(object)

    def __init__(
        self,
        door: HubDoor,
        hub: Callable[[Callable[[str], bool]], Any],
        folder: Path,
        kept: Kept,
        parent: QObject | None = None,
    ) -> None:
        """hub makes an engines.models.hub.Hub that asks what is given where it may go; folder is
        Parley's own of models."""
        super().__init__(parent)
        self._door, self._hub, self._folder, self._kept = door, hub, folder, kept
        self._fetches: dict[str, Fetch] = {}
        self._room = QTimer(self, interval=LOOKS_FOR_ROOM)
        self._room.timeout.connect(self._look_for_room)
        door.seal.changed.connect(self._on_seal)

    def shown(self) -> tuple[ShownFetch, ...]:
        return tuple(one.shown for one in self._fetches.values())

    def get(self, key: str) -> Fetch | None:
        return self._fetches.get(key)

    def start(self) -> None:
        """What was not whole when Parley was closed waits for the person, or for an open seal."""
        for wanted in self._kept.read(tuple[Wanted, ...], ()):
            self._fetches[wanted.key] = Fetch(wanted, "paused", wanted.why or QUIT)
        if self._fetches:
            self._on_seal()
            self.changed.emit()

    def add(self, wanted: Wanted) -> None:
        """Only the person's click leads here."""
        before = self._fetches.get(wanted.key)
        if before and before.state in ("waiting", "asking", "fetching", "checking"):
            return
        self._fetches[wanted.key] = Fetch(wanted, "waiting")
        self._go_on()

    @Slot(str)
    def pause(self, key: str) -> None:
        if fetch := self._fetches.get(key):
            self._pause(fetch, "")

    @Slot(str)
    def resume(self, key: str) -> None:
        """Also tries again what failed. A place the hub sends to, which was refused, is agreed to
        with this click: its name stands in the row."""
        fetch = self._fetches.get(key)
        if fetch is None or fetch.state not in ("paused", "failed"):
            return
        if fetch.refused:
            fetch.wanted = replace(fetch.wanted, allowed=(*fetch.wanted.allowed, fetch.refused))
        fetch.become("waiting")
        self._go_on()

    @Slot(str)
    def cancel(self, key: str) -> None:
        """What came so far goes."""
        fetch = self._fetches.pop(key, None)
        if fetch is None:
            return
        fetch.cancelled = True
        if fetch.visit:
            fetch.visit.stop()  # its parts go when it has ended
        elif fetch.state != "done":
            self._discard(fetch)
        self._go_on()

    @Slot(str)
    def dismiss(self, key: str) -> None:
        """A row that is over goes; what came of it stays."""
        fetch = self._fetches.get(key)
        if fetch and fetch.state in ("done", "failed"):
            del self._fetches[key]
            self._tell()

    def stop(self) -> None:
        """At the end of the program, before the background is stopped."""
        for fetch in self._fetches.values():
            if fetch.state in ("waiting", "asking", "fetching", "checking"):
                fetch.become("paused", QUIT)
        self._keep()
        self._door.stop()

    def finish(self) -> None:
        self._kept.finish()

    # one after another

    def _go_on(self) -> None:
        running = [one for one in self._fetches.values() if one.visit]
        waiting = [one for one in self._fetches.values() if one.state == "waiting"]
        for fetch in waiting[: max(0, AT_ONCE - len(running))]:
            self._begin(fetch)
        self._tell()

    def _begin(self, fetch: Fetch) -> None:
        if self._door.locked:
            fetch.become("paused", SHUT, ParleyError(LOCKED, UNLOCK))
            return
        wanted = fetch.wanted
        visit = self._door.begin(f"fetch {wanted.repository}", frozenset(wanted.allowed))
        fetch.visit = visit
        fetch.become("asking")

        def done(_: object) -> None:
            self._over(fetch, visit)

        def failed(error: Exception) -> None:
            self._over(fetch, visit, error)

        self._door.background.run(lambda _: self._work(fetch, visit), done, failed)

    def _work(self, fetch: Fetch, visit: Visit) -> tuple[Path, ...]:
        """In a thread. Raises Stopped and ParleyErrors in words."""
        from engines.models.download import Download

        deliver, wanted = self._door.background.deliver, fetch.wanted
        hub = self._hub(visit.permits)
        try:
            listing = hub.listing(wanted.repository, wanted.commit or "main")
            names, size = chosen(wanted, listing)
            deliver(lambda: self._listed(fetch, listing, names, size))
            target = self._folder / wanted.repository
            one = Download(hub, listing, names, target)
            return one.run(self._reporting(fetch, visit), lambda: visit.stopped)
        finally:
            hub.web.close()

    def _reporting(self, fetch: Fetch, visit: Visit) -> Callable[["Fetched"], None]:
        told = [0.0]

        def report(fetched: "Fetched") -> None:
            now = time.monotonic()
            visit.received = max(visit.received, fetched.received)
            if now - told[0] >= REPORTED:
                told[0] = now
                self._door.background.deliver(lambda: self._progress(fetch, visit, fetched))

        return report

    def _listed(self, fetch: Fetch, listing: "Listing", names: tuple[str, ...], size: int) -> None:
        self.listed.emit(fetch.wanted.repository, listing)
        fetch.wanted = replace(fetch.wanted, commit=listing.commit, names=names, size=size)
        if fetch.state == "asking":
            fetch.become("fetching")
        self._tell()

    def _progress(self, fetch: Fetch, visit: Visit, fetched: "Fetched") -> None:
        if fetch.visit is visit and fetch.state in ("fetching", "checking"):
            fetch.progress(fetched)
            self.changed.emit()

    def _over(self, fetch: Fetch, visit: Visit, error: Exception | None = None) -> None:
        stopped = isinstance(error, Stopped)
        self._door.end(visit, "stopped" if stopped else "failed" if error else "")
        fetch.visit = None
        if fetch.cancelled:
            self._discard(fetch)
        elif error is None:
            fetch.become("done")
            self.came.emit(fetch)
        elif not stopped:
            self._failed(fetch, error)
            self._tell_of(fetch)
        elif fetch.state != "paused":  # the seal was shut for it
            fetch.become("paused", SHUT)
        self._go_on()

    def _failed(self, fetch: Fetch, error: Exception) -> None:
        if isinstance(error, DiskFull):
            fetch.become("paused", DISK, error)
            self._room.start()
        elif isinstance(error, NotPermitted) and not self._door.locked:
            hint = f"Resume to open the network for {error.place} as well."
            fetch.become("paused", "", ParleyError(error.message, hint))
            fetch.refused = error.place
        elif isinstance(error, ParleyError):
            fetch.become("failed", "", error)
        else:
            words = ParleyError("It could not be fetched.", "Try again.", repr(error))
            fetch.become("failed", "", words)

    def _tell_of(self, fetch: Fetch) -> None:
        """Also to who looks at another page."""
        if error := fetch.error:
            words = f"{fetch.wanted.title} is not here yet. {error.message}"
            self.notice.emit(Notice(words, error.hint, error.detail, kind="error"))

    # waiting for somebody

    def _pause(self, fetch: Fetch, why: str) -> None:
        if fetch.state in ("waiting", "asking", "fetching", "checking"):
            fetch.become("paused", why)
            if fetch.visit:
                fetch.visit.stop()
            self._go_on()

    @Slot()
    def _look_for_room(self) -> None:
        """A full disk pauses; when there is room again it goes on by itself."""
        full = [one for one in self._fetches.values() if one.why == DISK]
        for fetch in full:
            if room(self._folder) > max(0, fetch.left) + SPARE and not fetch.visit:
                fetch.become("waiting")
        if not any(one.why == DISK for one in self._fetches.values()):
            self._room.stop()
        if any(one.state == "waiting" for one in full):
            self._go_on()

    @Slot(object)
    def _on_seal(self, _: object = None) -> None:
        """What waits since a quit goes on when the person opened the seal for the hub, for good."""
        place = self._door.own()
        if not self._door.seal.stands_open(place) or is_here(place):
            return
        waiting = [one for one in self._fetches.values() if one.why in (QUIT, SHUT)]
        for fetch in waiting:
            if fetch.state == "paused" and not fetch.visit:
                fetch.become("waiting")
        if waiting:
            self._go_on()

    # what lies on the disk

    def _discard(self, fetch: Fetch) -> None:
        """Remove the parts of what nobody wants any more."""
        target = self._folder / fetch.wanted.repository

        def work(_: object) -> None:
            from engines.models.download import Download, unfinished

            for one in unfinished(target):
                if set(one.names) == set(fetch.wanted.names):
                    Download(self._hub(lambda _: False), one.listing, one.names, target).discard()

        self._door.background.run(work, lambda _: None, lambda _: None)

    def _tell(self) -> None:
        self._keep()
        self.changed.emit()

    def _keep(self) -> None:
        unfinished = (one for one in self._fetches.values() if one.state != "done")
        self._kept.keep(tuple(replace(one.wanted, why=one.why) for one in unfinished))

    def of(self, repository: str, names: Iterable[str] = ()) -> Fetch | None:
        """What is being fetched of a repository; names: one of these files."""
        for fetch in self._fetches.values():
            if fetch.wanted.repository == repository and fetch.state != "done":
                wanted = {*fetch.wanted.names, fetch.wanted.file}
                if not names or wanted & set(names):
                    return fetch
        return None
