"""Pictures of variants as the window may show them: decoded and drawn small in a jail."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from app.background import Background
from app.controllers.jobs import Jobs
from app.controllers.readings import gathering
from app.controllers.variant_library import Held
from app.resting import Resting
from engines.messages import Event, Failed, Pixels, Preview, ReadPicture

SIDE = 256  # pixels of the longer one


class VariantPictures(QObject):
    changed = Signal()  # one more can be shown

    def __init__(
        self,
        reader: Resting,
        folder: Path,
        background: Background,
        parent: QObject | None = None,
    ) -> None:
        """folder: where they are kept, by the hashes of their originals; may be deleted."""
        super().__init__(parent)
        self._jobs, self._folder = Jobs(reader.link, reader.warm, self), folder
        self._background = background
        self._known: dict[str, str] = {}  # hash -> path, "" while it is made or cannot be

    def path(self, held: Held) -> str:
        """ "" while there is none; changed follows when it is made."""
        picture = held.variant.look.picture
        if picture is None or held.trouble or not held.digest:
            return ""
        if picture.sha256 not in self._known:
            self._known[picture.sha256] = ""
            self._find(picture.sha256, lambda: held.open().member(picture))
        return self._known[picture.sha256]

    def small(self, data: bytes, done: Callable[[bytes], None]) -> None:
        """done gets a small picture of an encoded one, nothing where it is none."""

        def got(events: list[Event]) -> None:
            found = next((one for one in events if isinstance(one, Preview)), None)
            done(found.data if found else b"")

        def failed(_: Failed) -> None:
            done(b"")

        self._jobs.ask(ReadPicture(data, SIDE, SIDE), gathering(got, failed))

    def pixels(self, data: bytes, longest: int, done: Callable[[Pixels | None], None]) -> None:
        """done gets an encoded picture decoded, at most so large, or None where it is none."""

        def got(events: list[Event]) -> None:
            done(next((one for one in events if isinstance(one, Pixels)), None))

        def failed(_: Failed) -> None:
            done(None)

        self._jobs.ask(ReadPicture(data, longest), gathering(got, failed))

    def _find(self, sha256: str, read: Callable[[], bytes]) -> None:
        place = self._folder / f"{sha256}.png"

        def look(_: object) -> bytes:
            return b"" if place.is_file() else read()

        def looked(data: bytes) -> None:
            if data:
                self.small(data, drawn)
            else:
                self._has(sha256, place)

        def drawn(data: bytes) -> None:
            if data:
                kept = partial(self._has, sha256, place)
                self._background.run(lambda _: keep(place, data), lambda _: kept(), ignore)

        self._background.run(look, looked, ignore)

    def _has(self, sha256: str, place: Path) -> None:
        self._known[sha256] = str(place)
        self.changed.emit()


def keep(place: Path, data: bytes) -> None:
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = place.with_suffix(".new")
    fresh.write_bytes(data)
    fresh.replace(place)


def ignore(_: Exception) -> None:
    """A card without a picture is a card all the same."""
