"""Files that leave a variant, as exports, and files that are put into one."""

import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from msgspec.structs import replace
from PySide6.QtCore import QObject, Signal

from app.background import Background
from app.controllers.shown import Notice
from app.controllers.variant_library import Held, Library
from app.controllers.variant_pictures import VariantPictures
from engines.errors import ParleyError
from engines.messages import Pixels
from engines.variants import file, writing
from engines.variants.checked import LARGEST, LARGEST_PICTURE, LARGEST_TEXT
from engines.variants.variant import Adapter, Attached, Variant

CARD, CARD_SIDE = "card", 1024  # pixels of the longer side of its picture
PNG = b"\x89PNG"
FORMATS = (
    ("parley", "Parley variant", ".parley"),
    ("modelfile", "Ollama Modelfile", ".Modelfile"),
    (CARD, "Character card", ".png"),
    ("card json", "Character card as JSON", ".json"),
)  # (format, words, ending)
PICTURE, KNOWLEDGE, ADAPTER = "picture", "knowledge", "adapter"  # kinds of files
MOST = {PICTURE: LARGEST_PICTURE, KNOWLEDGE: LARGEST_TEXT, ADAPTER: LARGEST}  # bytes


class Files(QObject):
    added = Signal(str, object)  # key, the variant with one more file
    notice = Signal(object)

    def __init__(
        self, library: Library, background: Background, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._library, self._background = library, background
        self.pictures: VariantPictures | None = None

    def export(self, key: str, path: str, format: str) -> None:
        """format is one of FORMATS; a Notice says what could not be carried, or why not."""
        held, place = self._library.get(key), Path(path)
        if held is None or held.trouble:
            return

        def done(left_out: tuple[str, ...]) -> None:
            words = f"“{held.variant.name}” was written to {place.name}."
            hint = "Not carried over: " + " ".join(left_out) if left_out else ""
            self.notice.emit(Notice(words, hint))

        failed = self._failed(f"“{held.variant.name}” could not be exported.")

        def write(pixels: Pixels | None = None) -> None:
            # behind what is still being written of it
            self._library.in_turn.run(lambda: exported(held, place, format, pixels), done, failed)

        def drawn(data: bytes) -> None:
            if data and self.pictures:
                self.pictures.pixels(data, CARD_SIDE, write)
            else:
                write()

        if format == CARD and self.pictures:
            self._library.in_turn.run(lambda: to_draw(held), drawn, failed)
        else:
            write()

    def add(self, key: str, path: str, kind: str) -> None:
        """A file of the person's for a variant, which is to be saved when added comes."""
        held, source = self._library.get(key), Path(path)
        if held is None:
            return

        def done(one: Staged) -> None:
            self._library.staged[one.file.sha256] = one.place
            if now := self._library.get(key):
                self.added.emit(key, with_file(now.variant, kind, one, source.stem[:80]))

        taken = {one.name: one for one in held.variant.attached()}
        self._background.run(
            lambda _: staged(source, kind, taken, self._library.stage),
            done,
            self._failed(f"{source.name} was not added."),
        )

    def _failed(self, words: str) -> Callable[[Exception], None]:
        def failed(error: Exception) -> None:
            if isinstance(error, ParleyError):
                hint, detail = f"{error.message} {error.hint}".strip(), error.detail
            else:
                hint, detail = "Look whether there is room, and whether you may.", str(error)
            self.notice.emit(Notice(words, hint, detail, kind="error"))

        return failed


def to_draw(held: Held) -> bytes:
    """In a thread: its picture, where that is no PNG, as which alone it can carry a card."""
    picture = held.variant.look.picture
    data = held.open().member(picture) if picture else b""
    return b"" if data.startswith(PNG) else data


def exported(held: Held, place: Path, format: str, pixels: Pixels | None = None) -> tuple[str, ...]:
    """In a thread: what could not be carried over. pixels: of a picture that is no PNG.

    Raises ParleyError, OSError.
    """
    from engines.variants import exporting

    opened = held.open()
    variant: Variant = opened.variant
    if format == "parley":
        sources: dict[str, writing.Source] = {one.name: opened for one in variant.attached()}
        named = held.variant  # with its id, so that it is known again
        writing.write(named, sources, place)
        return ()
    if format == "modelfile":
        made = exporting.modelfile(variant)
    else:
        few = [one for one in variant.knowledge if one.size <= exporting.LONGEST_FILE]
        texts = {one.name: opened.member(one) for one in few}
        picture = opened.member(variant.look.picture) if variant.look.picture else b""
        if pixels:
            picture = exporting.png(pixels.width, pixels.height, pixels.rgb)
        made = (
            exporting.card(variant, picture, texts)
            if format == CARD
            else exporting.card_json(variant, texts)
        )
    with file.fresh(place) as written:
        written.write(made.data)
    return made.left_out


class Staged(NamedTuple):
    file: Attached
    place: Path
    kind: str  # of an adapter: "lora" or "control"


def with_file(variant: Variant, kind: str, one: Staged, title: str) -> Variant:
    if kind == PICTURE:
        return replace(variant, look=replace(variant.look, picture=one.file))
    if any(one.file.sha256 == other.sha256 for other in variant.attached()):
        return variant
    if kind == KNOWLEDGE:
        return replace(variant, knowledge=(*variant.knowledge, one.file))
    layer: Any = one.kind
    return replace(variant, adapters=(*variant.adapters, Adapter(one.file, layer, title=title)))


def staged(source: Path, kind: str, taken: dict[str, Attached], folder: Path) -> Staged:
    """In a thread: a copy that waits for the variant to be saved. Raises ParleyError."""
    try:
        size = source.stat().st_size
    except OSError as error:
        raise ParleyError("It cannot be read.", "Is it still there?", str(error)) from error
    if size > MOST[kind]:
        raise ParleyError("It is too large.", f"At most {MOST[kind] / 1e6:,.0f} MB.")
    layer = fits(source, kind)
    made = writing.attach(source, taken=taken)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    place = folder / made.sha256
    shutil.copyfile(source, place)
    with place.open("rb") as copied:
        if hashlib.file_digest(copied, "sha256").hexdigest() != made.sha256:
            raise ParleyError("It changed while it was read.", "Try again.")
    return Staged(made, place, layer)


def fits(source: Path, kind: str) -> str:
    """The kind of an adapter. Raises ParleyError for what cannot be what it is added as."""
    if kind == KNOWLEDGE:
        from engines.variants.knowledge import as_text

        as_text(source.read_bytes(), source.name)
    elif kind == ADAPTER:
        from engines.models.adapter import read_adapter

        return read_adapter(source).kind
    return ""
