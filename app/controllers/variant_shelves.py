"""Shelves of variants: folders and addresses, what stands on them, and fetching it."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import QObject, Signal

from app.background import Background
from app.controllers.hub_door import LOCKED, UNLOCK, HubDoor, Visit
from app.controllers.preferences import PreferencesController
from app.controllers.server import is_here
from app.controllers.shown import Notice
from app.controllers.shown_variants import ShownOffer, ShownVariantShelf
from app.controllers.undo import UndoStack
from app.controllers.variant_library import Library
from app.controllers.variant_words import small_size
from app.store.variants import Variants
from engines.errors import ParleyError

if TYPE_CHECKING:  # the network's library is loaded when something is asked
    from engines.variants.shelf import Offer, Shelf

WHO = "Variants"
NOT_ASKED = "Not looked at yet"
ASKING = "Being looked at…"
NOT_LOADED = "Shelves cannot be looked at."
STOPPED = ParleyError("The network was shut for it.", "Try again.")


class Looked(msgspec.Struct, frozen=True):
    """What came of looking at a shelf."""

    shelf: "Shelf | None" = None
    trouble: str = ""
    asking: bool = False


def loaded(_: object) -> None:
    """In a thread."""
    import engines.variants.shelf  # noqa: F401


class Shelves(QObject):
    changed = Signal()
    notice = Signal(object)
    fetched = Signal(str)  # path of a variant that was brought here, and not taken in

    def __init__(
        self,
        library: Library,
        kept: Variants,
        door: HubDoor,
        preferences: PreferencesController,
        undo: UndoStack,
        background: Background,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._library, self._kept, self._door = library, kept, door
        self._preferences, self._undo, self._background = preferences, undo, background
        self._places = [*kept.shelves()]
        self._looked: dict[str, Looked] = {}
        self._fetching: set[str] = set()

    # what is shown

    def shelves(self) -> tuple[ShownVariantShelf, ...]:
        return tuple(map(self._shelf, self._places))

    def offers(self) -> tuple[ShownOffer, ...]:
        return tuple(
            ShownOffer(
                key,
                offer.name,
                offer.line,
                shelf.title,
                small_size(offer.size),
                "fetching" if key in self._fetching else self._state(offer),
            )
            for key, (shelf, offer) in self._offers().items()
        )

    def updates(self) -> dict[str, str]:
        """Variant -> key of an offer that is another version of it."""
        offers = self._offers().items()
        return {o.id: key for key, (_, o) in offers if self._state(o) == "changed"}

    def _shelf(self, place: str) -> ShownVariantShelf:
        looked = self._looked.get(place, Looked())
        title = looked.shelf.title if looked.shelf else named(place)
        if looked.asking:
            return ShownVariantShelf(place, title, ASKING)
        if looked.trouble:
            return ShownVariantShelf(place, title, looked.trouble, there=False)
        if looked.shelf is None:
            return ShownVariantShelf(place, title, NOT_ASKED)
        count, left = len(looked.shelf.offers), len(looked.shelf.left_out)
        words = f"{count} variant{'s' * (count != 1)}"
        return ShownVariantShelf(place, title, f"{words} · {left} unusable" if left else words)

    def _offers(self) -> dict[str, "tuple[Shelf, Offer]"]:
        return {
            f"{place}\n{offer.key}": (looked.shelf, offer)
            for place in self._places
            if (looked := self._looked.get(place)) and looked.shelf
            for offer in looked.shelf.offers
        }

    def _state(self, offer: "Offer") -> str:
        held = self._library.get(offer.id) if offer.id else None
        if held is None or held.built_in:
            return "offered"
        same = (
            offer.digest == held.digest if offer.digest else offer.version == held.variant.version
        )
        return "here" if same or not held.digest else "changed"

    # what the person does

    def add(self, place: str) -> None:
        """A folder is looked at now, an address when the person says so."""
        from engines.variants import shelf

        try:
            place = shelf.normal(place)
        except ParleyError as error:
            self._say(error.message, error)
            return
        if place not in self._places:
            self._keep([*self._places, place])
            self._kept.add_shelf(place)
            self._undo.push("Add shelf", lambda: self._forget(place))
        if not shelf.is_address(place):
            self._look(place)

    def forget(self, place: str) -> None:
        if place not in self._places:
            return
        before = [*self._places]

        def undo() -> None:
            self._kept.add_shelf(place)
            self._keep(before)

        self._forget(place)
        self._undo.push("Remove shelf", undo)
        self.notice.emit(Notice("Shelf removed.", place, action="Undo"))

    def look(self, addresses: bool = True) -> None:
        """Again; addresses are asked only with the person's click."""
        if self._places:  # the network's library takes a tenth of a second to load, once
            self._background.run(
                loaded,
                lambda _: self._look_at_all(addresses),
                lambda error: self._say(NOT_LOADED, error),
            )

    def _look_at_all(self, addresses: bool) -> None:
        from engines.variants.shelf import is_address

        for place in self._places:
            if addresses or not is_address(place):
                self._look(place)

    def fetch(self, key: str) -> None:
        """Bring it here; fetched follows, and it is looked at before it is taken in."""
        found = self._offers().get(key)
        if found is None or key in self._fetching:
            return
        shelf, offer = found
        self._fetching.add(key)
        self.changed.emit()

        def work(visit: Visit) -> Path:
            from engines.variants import shelf as shelves

            folder = self._library.fetched
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            return shelves.fetch(
                *(shelf.place, offer, folder),
                proxy=self._preferences.settings.proxy,
                permits=visit.permits,
                cancelled=lambda: visit.stopped,
            ).path

        def done(path: Path) -> None:
            self._over(key)
            self.fetched.emit(str(path))

        def failed(error: Exception) -> None:
            self._over(key)
            self._say(f"“{offer.name}” could not be fetched.", error)

        self._visit(shelf.place, f"fetch {offer.name}", work, done, failed)

    def stop(self) -> None:
        """At the end of the program, before the background is stopped."""
        self._door.stop()

    # looking

    def _look(self, place: str) -> None:
        before = self._looked.get(place, Looked())
        if before.asking:
            return
        self._looked[place] = Looked(before.shelf, asking=True)
        self.changed.emit()

        def work(visit: Visit) -> "Shelf":
            from engines.variants import shelf

            proxy = self._preferences.settings.proxy
            return shelf.look(place, proxy=proxy, permits=visit.permits)

        def done(shelf: "Shelf") -> None:
            self._looked[place] = Looked(shelf)
            self.changed.emit()

        def failed(error: Exception) -> None:
            words = said(error)
            self._looked[place] = Looked(before.shelf, trouble=words)
            self.changed.emit()

        self._visit(place, "look at a shelf of variants", work, done, failed)

    def _visit(
        self,
        place: str,
        what: str,
        work: Callable[[Visit], object],
        done: Callable[..., None],
        failed: Callable[[Exception], None],
    ) -> None:
        """One door for folders and addresses; nothing leaves for a folder."""
        from engines.variants.shelf import host_of

        host = host_of(place)
        if host and self._door.seal.locked and not is_here(host):
            return failed(ParleyError(LOCKED, UNLOCK))
        visit = self._door.begin(what, frozenset((host,)))

        def finished(result: object) -> None:
            self._door.end(visit)
            done(result)

        def broke(error: Exception) -> None:
            self._door.end(visit, "stopped" if visit.stopped else "failed")
            failed(STOPPED if visit.stopped else error)

        self._background.run(lambda _: work(visit), finished, broke)
        return None

    def _over(self, key: str) -> None:
        self._fetching.discard(key)
        self.changed.emit()

    def _forget(self, place: str) -> None:
        self._looked.pop(place, None)
        self._kept.forget_shelf(place)
        self._keep([one for one in self._places if one != place])

    def _keep(self, places: list[str]) -> None:
        self._places = places
        self.changed.emit()

    def _say(self, words: str, error: Exception) -> None:
        detail = error.detail if isinstance(error, ParleyError) else repr(error)
        hint = "" if said(error) == words else said(error)
        self.notice.emit(Notice(words, hint, detail, kind="error"))


def said(error: Exception) -> str:
    if isinstance(error, ParleyError):
        return f"{error.message} {error.hint}".strip()
    return "Something went wrong. Try again."


def named(place: str) -> str:
    """Before it is known what a shelf calls itself."""
    return Path(place).name or place
