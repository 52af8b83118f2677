"""Variants on their way in: looked at, shown, and taken in only with the person's yes."""

import itertools
from collections.abc import Callable, Collection, Iterable
from pathlib import Path

import msgspec
from msgspec.structs import replace
from PySide6.QtCore import QObject, Signal

from app.background import Background
from app.controllers.shown import Notice
from app.controllers.shown_variants import ShownDifference, ShownImport
from app.controllers.undo import UndoStack
from app.controllers.variant_library import Library
from app.controllers.variant_pictures import VariantPictures
from app.controllers.variant_wishes import Grants, Tools, shown_wishes, wishes_of
from app.controllers.variant_words import numbered, small_size
from engines.errors import ParleyError
from engines.variants import importing
from engines.variants.checked import LARGEST_TOML
from engines.variants.differences import differences
from engines.variants.file import ENDING
from engines.variants.importing import Imported
from engines.variants.minting import minted
from engines.variants.writing import Source

Found = ShownImport | Notice
Ready = Callable[[tuple[Found, ...]], None]


class Waiting(msgspec.Struct, frozen=True):
    """One that was read and waits for the person."""

    imported: Imported
    replaces: str  # key of the one that is here already
    shelf: str = ""  # where it came from


class Imports(QObject):
    taken = Signal(str)  # key of one that is here now

    def __init__(
        self,
        library: Library,
        grants: Grants,
        tools: Callable[[], Tools],
        undo: UndoStack,
        background: Background,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._library, self._grants, self._tools = library, grants, tools
        self._undo, self._background = undo, background
        self.pictures: VariantPictures | None = None
        self._keys = itertools.count(1)
        self._waiting: dict[str, Waiting] = {}

    def look_at(self, paths: Iterable[str], ready: Ready, shelf: str = "") -> None:
        """ready gets one for each variant that was found, and a Notice for each file without."""
        files = [Path(path) for path in paths]

        def work(_: object) -> list[Imported | Notice]:
            return [one for path in files for one in read(path)]

        def looked(found: list[Imported | Notice]) -> None:
            self._library.when_ready(lambda: self._with_pictures(found, shelf, ready))

        def failed(error: Exception) -> None:
            ready((Notice("This could not be looked at.", "", repr(error), kind="error"),))

        self._background.run(work, looked, failed)

    def sort_out(self, paths: Iterable[str], told: Callable[[set[str]], None]) -> None:
        """told gets those that are variants; a damaged *.parley is one, which says so."""

        def work(_: object) -> set[str]:
            return {path for path in paths if path.lower().endswith(ENDING) or is_one(path)}

        self._background.run(work, told, lambda _: told(set()))

    def take_in(self, key: str, wishes: Collection[str], as_copy: bool = False) -> str:
        """With what the person agreed to, in place of the one that is here unless as a copy.

        The key it has from now on, "" for one that does not wait any more.
        """
        waiting = self._waiting.pop(key, None)
        if waiting is None:
            return ""
        variant = waiting.imported.variant
        replaces = "" if as_copy else waiting.replaces
        free = variant.id and self._library.get(variant.id) is None
        here = replaces or (variant.id if free else minted())
        names = {h.variant.name for h in self._library.held.values() if h.key != here}
        name = numbered(variant.name, names)
        before = self._grants.answered(here)
        take_back = self._library.put(here, replace(variant, name=name), sources(waiting.imported))
        self._grants.set(here, {wish: wish in wishes for wish in wishes_of(variant)})

        def undo() -> None:
            take_back()
            self._grants.set(here, before)

        self._undo.push("Update variant" if replaces else "Take in variant", undo)
        self.taken.emit(here)
        return here

    def forget(self, key: str) -> None:
        """The person said no."""
        self._waiting.pop(key, None)

    def shelf_of(self, key: str) -> str:
        waiting = self._waiting.get(key)
        return waiting.shelf if waiting else ""

    def _with_pictures(self, found: list[Imported | Notice], shelf: str, ready: Ready) -> None:
        """One picture after another is drawn small by who may decode it."""
        made: list[Found] = []
        left = iter(found)

        def go_on(_: object = None) -> None:
            for one in left:
                if isinstance(one, Notice):
                    made.append(one)
                    continue
                data = picture_of(one)
                if not (data and self.pictures):
                    made.append(self._shown(one, shelf))
                    continue

                def drawn(small: bytes, one: Imported = one) -> None:
                    made.append(self._shown(one, shelf, small))
                    go_on()

                self.pictures.small(data, drawn)
                return
            ready(tuple(made))

        go_on()

    def _shown(self, one: Imported, shelf: str, picture: bytes = b"") -> Found:
        variant = one.variant
        held = self._library.get(variant.id) if variant.id else None
        changes = differences(held.variant, variant) if held else ()
        if held and not held.trouble and not changes:
            return Notice(f"“{held.variant.name}” is here already, just as it is in this file.")
        if held and held.built_in:  # what came along is not replaced by a stranger's
            held, changes = None, ()
        key = f"import {next(self._keys)}"
        self._waiting[key] = Waiting(one, held.key if held else "", shelf)
        granted = self._grants.of(held.key) if held else frozenset[str]()
        return ShownImport(
            key=key,
            variant=variant,
            format=one.format,
            size=size_of(one),
            wishes=shown_wishes(variant, granted, self._tools()),
            left_out=one.left_out,
            differences=tuple(ShownDifference(*change) for change in changes),
            picture=picture,
            replaces=held.key if held else "",
        )


def read(path: Path) -> list[Imported | Notice]:
    """In a thread; never raises for what is in the file."""
    try:
        return [*importing.read_all(path)]
    except ParleyError as error:
        words = f"{path.name}: {error.message}"
        return [Notice(words, error.hint, error.detail, kind="error")]


def is_one(path: str) -> bool:
    return not isinstance(read(Path(path))[0], Notice)


def sources(one: Imported) -> dict[str, Source]:
    if one.opened:
        return {file.name: one.opened for file in one.opened.variant.attached()}
    return dict(one.files)


def picture_of(one: Imported) -> bytes:
    """As its maker drew it; only the jailed reader may look at it."""
    picture = one.variant.look.picture
    if picture is None:
        return b""
    try:
        return one.opened.member(picture) if one.opened else one.files.get(picture.name, b"")
    except ParleyError:
        return b""


def size_of(one: Imported) -> str:
    """All it would take here, then what for."""
    variant = one.variant
    parts = [
        ("picture", variant.look.picture.size if variant.look.picture else 0),
        ("files to answer from", sum(file.size for file in variant.knowledge)),
        ("adapters", sum(a.file.size for a in variant.adapters)),
    ]
    text = one.opened.toml if one.opened else min(len(msgspec.json.encode(variant)), LARGEST_TOML)
    whole = small_size(text + sum(size for _, size in parts))
    said = [f"{small_size(size)} of {words}" for words, size in parts if size]
    return f"{whole}: {', '.join(said)}" if said else whole
