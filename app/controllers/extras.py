"""Packages that are only fetched when a person asks for them: what other CLIP models need."""

import sys

import msgspec
from PySide6.QtCore import QObject, Signal, Slot

from app import fetching
from app.background import Background, Task
from app.controllers.addresses import is_here
from app.controllers.seal import SealController
from app.controllers.shown import Notice
from app.fetching import Extra, Fetching, Stopped
from engines.errors import ParleyError

WHO = "Fetching packages"
TAKES = 5_000 << 20 if sys.platform == "linux" else 1_500 << 20  # bytes, unpacked
COMES = TAKES // 2  # bytes that are fetched
LOCKED = "The network is locked. Unlock it in the status bar, then try again."
READY = "Everything other CLIP models need is here{size}. Choose the folder of one above."
OFFER = (
    "Other CLIP models see more than the eyes that came with Parley. For them torch and open_clip "
    "are needed: about {gigabytes} on the disk, of which {free} are free. They come from {where}, "
    "for which the network is opened while they come."
)


class ShownExtra(msgspec.Struct, frozen=True):
    """What the card shows."""

    state: str = (
        "unknown"  # unknown, missing, fetching, ready, ours (the environment has it), unusable
    )
    words: str = ""
    share: float = -1.0  # of the fetching; -1 where nobody knows
    trouble: str = ""  # what did not work
    hint: str = ""
    detail: str = ""


class ExtrasController(QObject):
    changed = Signal(object)  # ShownExtra
    notice = Signal(object)  # Notice

    def __init__(
        self,
        extra: Extra,
        seal: SealController,
        background: Background,
        parent: QObject | None = None,
        *,
        takes: int = TAKES,
    ) -> None:
        """takes: bytes of it on the disk, as far as one knows before."""
        super().__init__(parent)
        self._extra, self._seal, self._background, self._takes = extra, seal, background, takes
        self._where: tuple[str, ...] = ()
        self._fetching: Fetching | None = None
        self._entries: list[int] = []  # of the log
        self.shown = ShownExtra()
        seal.shut_for.connect(self._on_shut)

    @Slot()
    def look(self) -> None:
        """Find out what is here and where the rest would come from; nothing is asked of anybody."""
        if self._fetching:
            return

        def found(answer: tuple[ShownExtra, tuple[str, ...]]) -> None:
            if not self._fetching:
                self._where = answer[1]
                self._show(answer[0])

        self._background.run(lambda _: self._state(), found, self._failed)

    @Slot()
    def fetch(self) -> None:
        """Only the person's click leads here: it opens the seal for the index, for this once."""
        if self._fetching or self.shown.state in ("ready", "ours", "unusable"):
            return
        free = fetching.room(self._extra.folder)
        outside = [one for one in self._where if not is_here(one)]
        if outside and self._seal.locked:
            self._show(self.shown, trouble=LOCKED)
        elif free < self._takes * 3 // 2 + fetching.SPARE:
            words = f"The disk has {_gigabytes(free)} free, which is too little."
            hint = f"Make room: {_gigabytes(self._takes * 3 // 2 + fetching.SPARE)} are needed."
            self._show(self.shown, trouble=words, hint=hint)
        else:
            self._fetching = Fetching(self._extra)
            self._show(ShownExtra("fetching", "Beginning…"))
            self._record(outside)

    @Slot()
    def cancel(self) -> None:
        if self._fetching:
            self._show(ShownExtra("fetching", "Stopping…"))
            self._fetching.stop()

    @Slot()
    def remove(self) -> None:
        """Give the disk its room back; it can be fetched again."""
        if self._fetching or self.shown.state != "ready":
            return
        self._show(ShownExtra("unknown", "Being removed…"))
        self._background.run(lambda _: self._extra.remove(), lambda _: self.look(), self._failed)

    def stop(self) -> None:
        """At the end of the program."""
        if self._fetching:
            self._fetching.stop()

    def _record(self, places: list[str]) -> None:
        """One after another into the log; only then may anything leave."""
        if not places:
            return self._begin() if self._fetching else None

        def recorded(entry: int) -> None:
            self._entries.append(entry)
            self._record(places[1:])

        what = f"pip install {' '.join(self._extra.names)}"
        return self._seal.record(WHO, places[0], what, recorded)

    def _begin(self) -> None:
        one = self._fetching
        assert one
        for place in self._where:
            if not is_here(place):
                self._seal.open_for(place, WHO, once=True)

        def work(task: Task) -> None:
            def say(words: str, share: float) -> None:
                self._background.deliver(lambda: self._progress(one, words, share))

            one.run(say)

        self._background.run(work, lambda _: self._over(one), lambda e: self._over(one, e))

    def _progress(self, one: Fetching, words: str, share: float) -> None:
        if one is self._fetching and self.shown.words != "Stopping…":
            self._show(ShownExtra("fetching", words, share))

    def _over(self, one: Fetching, error: Exception | None = None) -> None:
        self._fetching = None
        outcome = "" if error is None else "stopped" if isinstance(error, Stopped) else "failed"
        for entry in self._entries:  # pip does not say what came from where: the last has it all
            received = one.received if entry == self._entries[-1] else 0
            self._seal.complete(entry, 0, received, outcome)
        self._entries.clear()
        self._seal.shut_once(tuple(p for p in self._where if not is_here(p)))
        if error is None:
            words = "What other CLIP models need is here."
            self.notice.emit(Notice(words, "Choose the folder of one in Preferences, Pictures."))
        self._failed(error) if error and not isinstance(error, Stopped) else self.look()

    def _failed(self, error: Exception) -> None:
        known = (
            error
            if isinstance(error, ParleyError)
            else ParleyError(
                "The packages could not be fetched.",
                "Try again.",
                f"{type(error).__name__}: {error}",
            )
        )
        words = self.shown.words if self.shown.state == "missing" else self._offer()
        self._show(ShownExtra("missing", words), known.message, known.hint, known.detail)

    @Slot(str)
    def _on_shut(self, place: str) -> None:
        if place in self._where:
            self.cancel()

    def _state(self) -> tuple[ShownExtra, tuple[str, ...]]:
        if self._extra.ours():
            return ShownExtra("ours", READY.format(size="")), ()
        if size := self._extra.size():
            return ShownExtra("ready", READY.format(size=f" ({_gigabytes(size)})")), ()
        if why := fetching.usable():
            return ShownExtra("unusable", why), ()
        if not self._extra.constraints.is_file():
            why = "This copy of Parley lacks the list of tested versions. Set Parley up again."
            return ShownExtra("unusable", why), ()
        where = tuple(fetching.addresses())
        return ShownExtra("missing", self._offer(where)), where

    def _offer(self, where: tuple[str, ...] = ()) -> str:
        free = fetching.room(self._extra.folder)
        places = " and ".join(where or self._where) or "files on this computer"
        sizes = {"gigabytes": _gigabytes(self._takes), "free": _gigabytes(free)}
        return OFFER.format(**sizes, where=places)

    def _show(self, shown: ShownExtra, trouble: str = "", hint: str = "", detail: str = "") -> None:
        self.shown = msgspec.structs.replace(shown, trouble=trouble, hint=hint, detail=detail)
        self.changed.emit(self.shown)


def _gigabytes(size: int) -> str:
    return f"{size / 1e9:.1f} GB" if size >= 1e8 else f"{size / 1e6:.1f} MB"
