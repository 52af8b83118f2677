"""Office documents are archives: looked through before a library unpacks them."""

import io
import zipfile
import zlib

from engines.errors import ParleyError
from engines.media import kinds
from engines.media.kinds import What

MEMBERS = 20_000
UNPACKED = 300 << 20  # bytes of all members
TAGS = 3_000_000  # in what is read as a tree, which takes some hundred bytes for each
CHUNK = 1 << 20
DAMAGED = "This document is damaged and cannot be read."
AGAIN = "Save or download it again."

BY_MEMBER = {
    "word/document.xml": What("DOCX", kinds.DOCUMENT),
    "xl/workbook.xml": What("XLSX", kinds.DOCUMENT),
    "ppt/presentation.xml": What("PPTX", kinds.DOCUMENT),
    "xl/workbook.bin": What("XLSB", kinds.OTHER, "a binary Excel file"),
}
BY_TYPE = {
    "application/vnd.oasis.opendocument.text": What("ODT", kinds.DOCUMENT),
    "application/vnd.oasis.opendocument.spreadsheet": What("ODS", kinds.DOCUMENT),
    "application/vnd.oasis.opendocument.presentation": What("ODP", kinds.DOCUMENT),
    "application/epub+zip": What("EPUB", kinds.DOCUMENT),
}


def what(data: bytes) -> What:
    """Which document this archive is; kinds.ZIP where it is none."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
            for name, found in BY_MEMBER.items():
                if name in names:
                    return found
            if "mimetype" in names:
                with archive.open("mimetype") as file:
                    said = file.read(100).decode("ascii", "replace").strip()
                return BY_TYPE.get(said.removesuffix("-template"), kinds.ZIP)
    except (zipfile.BadZipFile, zlib.error, OSError, ValueError, RuntimeError) as error:
        raise ParleyError(DAMAGED, AGAIN, str(error)) from error
    return kinds.ZIP


def check(data: bytes, *, tree: bool = True) -> None:
    """Raises ParleyError for an archive that unpacks to too much: counted, not only believed.

    tree: its XML is read as a whole, not row by row.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = archive.infolist()
        if len(members) > MEMBERS:
            raise ParleyError(f"This document holds {len(members):,} files.", "Save it as PDF.")
        size = sum(member.file_size for member in members)
        size, tags = (size, 0) if size > UNPACKED else _counted(archive, members)
        if size > UNPACKED:
            raise ParleyError(
                f"This document unpacks to more than {UNPACKED >> 20} MB.",
                "Save it as PDF, or without its pictures.",
            )
        if tree and tags > TAGS:
            raise ParleyError("This document has too many parts to be read.", "Save it as PDF.")


def _counted(archive: zipfile.ZipFile, members: list[zipfile.ZipInfo]) -> tuple[int, int]:
    """Bytes that come out, up to where it is too much, and the tags in those that are XML."""
    size = tags = 0
    for member in members:
        marked_up = member.filename.endswith(("ml", ".rels", ".opf"))
        with archive.open(member) as file:
            while size <= UNPACKED and (part := file.read(CHUNK)):
                size += len(part)
                tags += part.count(b"<") if marked_up else 0
    return size, tags


def member(archive: zipfile.ZipFile, name: str) -> bytes:
    """b"" where it is not there; check was called before."""
    return archive.read(name) if name in archive.namelist() else b""
