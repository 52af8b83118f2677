"""Puts a variant into one file: equal variants give equal bytes, and it is whole or not there."""

import hashlib
import io
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from engines.errors import ParleyError
from engines.variants import names
from engines.variants.checked import checked
from engines.variants.file import ADAPTER, STEP, Opened, fresh, lies
from engines.variants.toml import digest, to_toml
from engines.variants.variant import Attached, Variant

Source = Path | bytes | Opened  # Opened: the file of that name in another variant
NO_TIME = (1980, 1, 1, 0, 0, 0)  # the first a ZIP can say


def write(
    variant: Variant, files: Mapping[str, Source], to: Path, apart: Path | None = None
) -> str:
    """files by the names of variant.attached(); the digest of what was written.

    apart: a folder of ours for its adapters, which lie there by their hashes and not within: so
    a word that is changed does not cost a copy of them. What lies there need not be in files.
    Raises BadVariant, and ParleyError where a file is not what the variant says or the disk
    does not take it.
    """
    variant = checked(variant)
    toml = to_toml(variant)
    with fresh(to) as written, zipfile.ZipFile(written, "w") as archive:
        archive.writestr(_member(names.TOML, len(toml), zipfile.ZIP_STORED), toml)
        adapters = {one.file for one in variant.adapters}
        for file in variant.attached():
            if lies(file, apart) and file in adapters:
                continue
            if file.name not in files:
                raise ParleyError(f"The file “{file.name}” of this variant is missing.")
            if apart and file in adapters:
                _lay(file, files[file.name], apart)
                continue
            packing = zipfile.ZIP_DEFLATED if file in variant.knowledge else zipfile.ZIP_STORED
            with archive.open(_member(file.name, file.size, packing), "w") as stream:
                _copy(file, files[file.name], stream)
    return digest(variant)


def attach(
    source: Path | bytes, name: str = "", taken: Mapping[str, object] | None = None
) -> Attached:
    """How a file of the person's is named in a variant: a fitting name that is not taken yet."""
    named = names.fitting(
        name or (source.name if isinstance(source, Path) else "file"), taken or {}
    )
    seen, size = hashlib.sha256(), 0
    with _source(source, named) as stream:
        while piece := stream.read(STEP):
            seen.update(piece)
            size += len(piece)
    return Attached(named, seen.hexdigest(), size)


def _member(name: str, size: int, packing: int) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, NO_TIME)
    info.create_system, info.external_attr = 3, 0o100644 << 16
    info.compress_type, info.file_size = packing, size
    return info


def _lay(file: Attached, source: Source, apart: Path) -> None:
    apart.mkdir(parents=True, exist_ok=True, mode=0o700)
    with fresh(apart / f"{file.sha256}{ADAPTER}") as stream:
        _copy(file, source, stream)


def _copy(file: Attached, source: Source, stream: IO[bytes]) -> None:
    if isinstance(source, Opened):
        for piece in source.pieces(file):
            stream.write(piece)
        return
    seen, size = hashlib.sha256(), 0
    with _source(source, file.name) as opened:
        while piece := opened.read(STEP):
            seen.update(piece)
            size += len(piece)
            if size > file.size:
                break
            stream.write(piece)
    if size != file.size or seen.hexdigest() != file.sha256:
        raise ParleyError(
            f"The file “{file.name}” is another one than this variant was made with.",
            "Add it to the variant again.",
        )


@contextmanager
def _source(source: Path | bytes, name: str) -> Iterator[IO[bytes]]:
    if isinstance(source, bytes):
        yield io.BytesIO(source)
        return
    try:
        opened = source.open("rb")
    except OSError as error:
        raise ParleyError(f"{name} cannot be read.", "Is it still there?", str(error)) from error
    with opened:
        yield opened
