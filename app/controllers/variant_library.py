"""The variants on this computer: each a file that is written whole, or a folder that came along."""

import itertools
import logging
import time
import uuid
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
from PySide6.QtCore import QObject, Signal

from app.background import Background
from engines.errors import ParleyError
from engines.variants import file, writing
from engines.variants.minting import is_id
from engines.variants.variant import Attached, Variant

log = logging.getLogger(__name__)
ENDING = ".parley"
KEPT_DAYS = 30  # what was replaced or deleted can be found in the folder so long
# names of what came along become ids in this
OURS = uuid.UUID("5b9d8e0c-4f0a-5a52-9f0e-0f7f2f0a7e11")


class Held(msgspec.Struct, frozen=True):
    """A variant as it is here."""

    key: str
    variant: Variant
    path: Path  # its file or folder
    digest: str = ""  # "" until it is written
    size: int = 0  # bytes
    built_in: bool = False
    trouble: str = ""  # why it cannot be used
    apart: Path | None = None  # where its adapters lie

    def open(self) -> file.Opened:
        """In a thread. Raises ParleyError."""
        return file.read(self.path, apart=self.apart)


class InTurn:
    """Work on the disk, one piece after another in the order it was asked for."""

    def __init__(self, background: Background) -> None:
        self._background = background
        self._waiting: deque[tuple[Callable[[], Any], Any, Any]] = deque()
        self._running = False

    def run(
        self,
        work: Callable[[], Any],
        done: Callable[[Any], None] = lambda _: None,
        failed: Callable[[Exception], None] = lambda _: None,
    ) -> None:
        self._waiting.append((work, done, failed))
        self._go_on()

    @property
    def idle(self) -> bool:
        return not self._running and not self._waiting

    def finish(self) -> None:
        """At the end of the program, after the background: what is not done yet."""
        for work, _, _ in self._waiting:
            try:
                work()
            except (ParleyError, OSError) as error:
                log.info("a variant was not written: %s", error)
        self._waiting.clear()

    def _go_on(self) -> None:
        if self._running or not self._waiting:
            return
        self._running = True
        work, done, failed = self._waiting.popleft()

        def over(callback: Callable[[Any], None], result: Any) -> None:
            self._running = False
            callback(result)
            self._go_on()

        self._background.run(lambda _: work(), partial(over, done), partial(over, failed))


class Library(QObject):
    """What is asked is answered from memory; the disk follows."""

    changed = Signal()
    failed = Signal(str, object)  # words, the error
    written = Signal(str)  # key

    def __init__(
        self,
        folder: Path,
        adapters: Path,
        built_in: Path,
        background: Background,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.folder, self.adapters, self._built_in = folder, adapters, built_in
        self.in_turn = InTurn(background)
        self.held: dict[str, Held] = {}
        self.ready = self._started = False
        self._waiting: list[Callable[[], None]] = []
        self._numbers = itertools.count(1)
        self.staged: dict[str, Path] = {}  # files on their way into a variant, by their SHA-256

    def start(self) -> None:
        if self._started:
            return
        self._started = True
        self.in_turn.run(self._read_all, self._loaded, self._not_loaded)

    def when_ready(self, callback: Callable[[], None]) -> None:
        """Perhaps at once."""
        if self.ready:
            callback()
        else:
            self._waiting.append(callback)
            self.start()

    def get(self, key: str) -> Held | None:
        return self.held.get(key)

    def put(
        self, key: str, variant: Variant, more: Mapping[str, writing.Source] | None = None
    ) -> Callable[[], None]:
        """In use at once, written soon; what is returned takes it back.

        Its files come from more (by name), from what was staged, or from any variant here.
        """
        before, aside = self.held.get(key), self._aside(key)
        variant = msgspec.structs.replace(variant, id=key)
        path = self.folder / f"{key}{ENDING}"
        self._hold(Held(key, variant, path, size=before.size if before else 0, apart=self.adapters))
        # all of them: one may be made of the files of another
        places = [one.path for one in self.held.values() if one.variant.attached()]
        work = partial(self._write, variant, path, aside, dict(more or {}), places)
        written = partial(self._written, key, variant)
        self.in_turn.run(work, written, partial(self._not_written, key, variant, before))

        def take_back() -> None:
            if before is None and key in self.held:
                self.remove(key)
            elif before:
                self._bring_back(before, aside)

        return take_back

    def remove(self, key: str) -> Callable[[], None]:
        """Out of sight; what is returned brings it back."""
        before, aside = self.held.pop(key), self._aside(key)
        self.changed.emit()
        self.in_turn.run(partial(move, before.path, aside), failed=partial(self._lost, before))
        return lambda: self._bring_back(before, aside)

    def stop(self) -> None:
        """At the end of the program, after the background is stopped."""
        self.in_turn.finish()

    @property
    def fetched(self) -> Path:
        """The folder for what came from a shelf and is not taken in; what is not whole stays."""
        return self.folder / "fetched"

    @property
    def stage(self) -> Path:
        """The folder where files wait that are on their way into a variant."""
        return self.folder / "staged"

    # in memory

    def _hold(self, held: Held) -> None:
        self.held[held.key] = held
        self.changed.emit()

    def _bring_back(self, before: Held, aside: Path) -> None:
        self._hold(before)
        away = self._aside(before.key)

        def work() -> None:
            if not aside.exists():  # it could not be replaced, and is where it was
                return
            if before.path.exists():
                move(before.path, away)
            move(aside, before.path)

        self.in_turn.run(work, failed=partial(self._lost, before))
        self._look_again(before)

    def _look_again(self, held: Held) -> None:
        """It may have been replaced before its digest was known."""

        def work() -> tuple[str, int]:
            found = held.open()
            return found.digest, found.size

        self.in_turn.run(work, partial(self._written, held.key, held.variant))

    def _written(self, key: str, variant: Variant, about: tuple[str, int]) -> None:
        held = self.held.get(key)
        if held and held.variant is variant:  # else it was changed since
            digest, size = about
            self._hold(msgspec.structs.replace(held, digest=digest, size=size))
            self.written.emit(key)

    def _not_written(
        self, key: str, variant: Variant, before: Held | None, error: Exception
    ) -> None:
        held = self.held.get(key)
        if held and held.variant is variant:
            if before:
                self._hold(before)
                self._look_again(before)
            else:
                del self.held[key]
                self.changed.emit()
        self.failed.emit("The variant could not be kept.", error)

    def _lost(self, held: Held, error: Exception) -> None:
        self.failed.emit(f"The file of “{held.variant.name}” could not be moved.", error)

    def _loaded(self, found: list[Held]) -> None:
        self.held = {one.key: one for one in found} | self.held
        self.ready = True
        waiting, self._waiting = self._waiting, []
        self.changed.emit()
        for callback in waiting:
            callback()

    def _not_loaded(self, error: Exception) -> None:
        self._loaded([])
        self.failed.emit("Your variants could not be read.", error)

    def _aside(self, key: str) -> Path:
        name = f"{key}-{time.time_ns() // 1_000_000}-{next(self._numbers)}{ENDING}"
        return self.folder / "earlier" / name

    # in the background

    def _read_all(self) -> list[Held]:
        with suppress(OSError):
            self._tidy()
        ours = sorted(self.folder.glob(f"*{ENDING}"))
        found = [read(path, self.adapters, True) for path in folders(self._built_in)]
        found += [read(path, self.adapters) for path in ours if is_id(path.stem)]
        for held in found:
            self._unpack(held.path, held.variant)
        self._forget_adapters(found)
        return found

    def _forget_adapters(self, found: list[Held]) -> None:
        """Those that nothing here wants, nor what was replaced or deleted of late."""
        unwanted = set(self.adapters.glob("*.gguf"))
        unwanted -= {self.adapter(a.file) for held in found for a in held.variant.adapters}
        if not unwanted:
            return
        earlier = [read(path, self.adapters) for path in self.folder.glob(f"earlier/*{ENDING}")]
        if any(held.trouble for held in [*found, *earlier]):  # it may want one, and cannot say so
            return
        unwanted -= {self.adapter(a.file) for held in earlier for a in held.variant.adapters}
        for one in unwanted:
            one.unlink(missing_ok=True)

    def _tidy(self) -> None:
        before = time.time() - KEPT_DAYS * 86_400
        old = [one for one in self.folder.glob("earlier/*") if one.stat().st_mtime < before]
        whole = self.fetched.rglob(f"*{ENDING}")
        for one in [*old, *self.stage.glob("*"), *whole]:
            one.unlink(missing_ok=True)

    def _write(
        self,
        variant: Variant,
        path: Path,
        aside: Path,
        more: dict[str, writing.Source],
        places: list[Path],
    ) -> tuple[str, int]:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        moved = path.exists()
        if moved:
            move(path, aside)
            places = [aside if one == path else one for one in places]
        try:
            sources = more | self._sources(variant, more, places)
            digest = writing.write(variant, sources, path, apart=self.adapters)
        except BaseException:
            if moved:
                move(aside, path)
            raise
        return digest, path.stat().st_size + sum(one.file.size for one in variant.adapters)

    def _sources(
        self, variant: Variant, more: Mapping[str, writing.Source], places: list[Path]
    ) -> dict[str, writing.Source]:
        wanted = {one for one in variant.attached() if one.name not in more}
        found: dict[str, writing.Source] = {
            one.name: self.staged[one.sha256] for one in wanted if one.sha256 in self.staged
        }
        for opened in opened_at(places, self.adapters):
            for one in wanted & set(opened.variant.attached()):
                found.setdefault(one.name, opened)
        return found

    def _unpack(self, path: Path, variant: Variant) -> None:
        """Adapters lie in a folder of their own, by their hashes: the model's process reads it."""
        missing = [a.file for a in variant.adapters if not self.adapter(a.file).is_file()]
        if not missing:
            return
        try:
            self.adapters.mkdir(parents=True, exist_ok=True, mode=0o700)
            opened = file.read(path, apart=self.adapters)
            for one in missing:
                opened.copy(one, self.adapter(one))
        except (ParleyError, OSError) as error:
            log.info("an adapter of %s was not unpacked: %s", variant.name, error)

    def adapter(self, one: Attached) -> Path:
        return self.adapters / f"{one.sha256}.gguf"


def folders(place: Path) -> list[Path]:
    return sorted(one.parent for one in place.glob("*/variant.toml"))


def read(path: Path, apart: Path, built_in: bool = False) -> Held:
    """A damaged one is held too, with its trouble: a person sees what became of it."""
    key = path.stem
    try:
        opened = file.read(path, apart=apart)
    except ParleyError as error:
        words = f"{error.message} {error.hint}".strip()
        return Held(key, Variant(name=key), path, built_in=built_in, trouble=words)
    if built_in:
        key = opened.variant.id or str(uuid.uuid5(OURS, path.name))
    variant = msgspec.structs.replace(opened.variant, id=key)
    return Held(key, variant, path, opened.digest, opened.size, built_in, apart=apart)


def opened_at(places: list[Path], apart: Path) -> Iterator[file.Opened]:
    for place in places:
        try:
            yield file.read(place, apart=apart)
        except ParleyError as error:
            log.info("%s is not looked into: %s", place.name, error)


def move(path: Path, to: Path) -> None:
    to.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.replace(to)
