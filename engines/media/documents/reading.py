"""Documents of strangers as text, a page at a time; pages that are scans come as pictures too."""

from collections.abc import Callable, Iterator
from pathlib import PurePath

from engines.errors import ParleyError
from engines.media import kinds
from engines.media.documents import opened, packed, pdf, plain, rtf, sheets, slides, web, word
from engines.messages import Event

Reader = Callable[[bytes, int], Iterator[Event]]  # (file, longest side of a picture of a page)

OLD = "This is an old or locked Office file, which cannot be read."
NEWER = "Save it without a password as DOCX, XLSX, PPTX or PDF."


def reader(data: bytes, name: str) -> Reader:
    """What reads this file, with its libraries imported. Raises ParleyError where nothing does."""
    found = kinds.what(data)
    if not data:
        raise ParleyError("This file is empty.", "Save or download it again.")
    if found.name == "OLE":
        raise ParleyError(OLD, NEWER, found.name)
    if found == kinds.ZIP:
        found = packed.what(data)
    suffix = PurePath(name).suffix.lower()
    plain.prepare_encodings()
    match found.name:
        case "PDF":
            return pdf.reader()
        case "DOCX":
            return word.reader()
        case "XLSX":
            return sheets.reader()
        case "PPTX":
            return slides.reader()
        case "ODT" | "ODS" | "ODP":
            return opened.reader()
        case "EPUB":
            return web.book_reader()
        case "RTF":
            return rtf.reader()
        case "TEXT" if suffix in (".html", ".htm", ".xhtml"):
            return web.page_reader()
        case "TEXT" if suffix not in kinds.PICTURES:
            return plain.reader()
    raise kinds.refused(found, kinds.DOCUMENT)
