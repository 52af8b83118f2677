"""One thing that is being fetched: what is wanted, how far it is, and how that is said."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from app.controllers.models import size_words
from app.controllers.shown import ShownFetch
from engines.errors import ParleyError
from engines.models.packings import packings, usual

if TYPE_CHECKING:
    from engines.models.download import Fetched
    from engines.models.hub import Listing

QUIT, SHUT, DISK = "quit", "shut", "disk"  # why it is paused, but for the person's own "pause"
WHY = {
    QUIT: "Paused when Parley was closed",
    SHUT: "Paused: the network is shut for it",
    DISK: "Paused: the disk is full",
    "": "Paused",
}
NOTHING = ParleyError(
    "There is nothing in this model that Parley can open.",
    "Choose another packing, or another model.",
)


class Wanted(msgspec.Struct, frozen=True, omit_defaults=True):
    """As it is kept on disk while it is not whole."""

    key: str
    job: str
    title: str
    repository: str  # owner/name at the hub
    file: str = ""  # the first of the weights that are wanted; "": what is usual
    commit: str = ""  # "" while nobody asked the hub
    names: tuple[str, ...] = ()  # of all files, once the hub told them
    size: int = 0  # bytes of them
    allowed: tuple[str, ...] = ()  # places beside the hub's own that the person agreed to
    why: str = ""


class Fetch:
    def __init__(self, wanted: Wanted, state: str, why: str = "") -> None:
        self.wanted, self.state, self.why = wanted, state, why
        self.visit: Any = None  # app.controllers.hub_door.Visit while something goes on
        self.cancelled = False
        self.refused = ""  # a place the hub sends to that nobody agreed to
        self.error: ParleyError | None = None
        self.done = 0  # bytes that are here
        self.speed, self.waits = 0.0, ""  # bytes a second; what is waited for, in words

    def become(self, state: str, why: str = "", error: ParleyError | None = None) -> None:
        self.state, self.why, self.error, self.refused = state, why, error, ""
        self.speed, self.waits = 0.0, ""

    @property
    def left(self) -> int:
        return self.wanted.size - self.done

    def progress(self, fetched: "Fetched") -> None:
        self.done, self.speed, self.waits = fetched.done, fetched.speed, fetched.waiting
        self.state = "checking" if self.done >= fetched.total > fetched.checked else "fetching"

    def path(self, folder: Path) -> Path:
        """What is opened, below Parley's folder of models."""
        repository = folder / self.wanted.repository
        return repository if self.wanted.job in ("listen", "find") else repository / self.file

    @property
    def file(self) -> str:
        return self.wanted.names[0] if self.wanted.names else self.wanted.file

    @property
    def shown(self) -> ShownFetch:
        size, error = self.wanted.size, self.error
        share = min(1.0, self.done / size) if size else -1.0
        return ShownFetch(
            self.wanted.key,
            self.wanted.title,
            self.state,
            self._words(),
            1.0 if self.state == "done" else share,
            error.message if error else "",
            error.hint if error else "",
        )

    def _words(self) -> str:
        if self.state == "done":
            return f"Here, {size_words(self.wanted.size)}" if self.wanted.size else "Here"
        if self.state == "paused":
            return " · ".join(one for one in (WHY[self.why], self._amount()) if one)
        if self.state == "fetching":
            if self.waits:
                return f"{self._amount()} · {self.waits}"
            return " · ".join(one for one in (self._amount(), *self._pace()) if one)
        plain = {"waiting": "Waiting", "asking": "Asking the hub…", "checking": "Checking…"}
        return plain.get(self.state, "Not whole")

    def _amount(self) -> str:
        if not self.wanted.size:
            return ""
        return f"{size_words(self.done)} of {size_words(self.wanted.size)}"

    def _pace(self) -> tuple[str, ...]:
        if not self.speed:
            return ()
        return f"{size_words(int(self.speed))}/s", time_words(self.left / self.speed)


def chosen(wanted: Wanted, listing: "Listing") -> tuple[tuple[str, ...], int]:
    """The files that are wanted, and their bytes. Raises NOTHING."""
    sizes = {one.name: one.size for one in listing.files}
    if wanted.names and all(name in sizes for name in wanted.names):
        return wanted.names, sum(sizes[name] for name in wanted.names)
    made = packings(wanted.job, sizes)
    packing = next((one for one in made if one.file == wanted.file), None)
    if packing is None and not wanted.file:
        packing = usual(made)
    if packing is None:
        raise NOTHING
    return packing.names, packing.size


def time_words(seconds: float) -> str:
    if seconds < 60:
        return "less than a minute left"
    minutes = round(seconds / 60)
    if minutes < 90:
        return f"{minutes} minute{'s' if minutes > 1 else ''} left"
    return f"{minutes / 60:.0f} hours left"
