"""OpenDocument (ODT, ODS, ODP): its text, a page for each sheet or slide."""

import io
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

from engines.errors import ParleyError
from engines.media.documents import packed
from engines.media.documents.bounds import Text
from engines.media.documents.tables import COLUMNS, ROWS, markdown
from engines.media.documents.xml import attribute, name_of, root_of
from engines.messages import Event

CONTENT = "content.xml"
DROPPED = {"tracked-changes", "annotation", "forms", "sequence-decls", "settings", "desc", "title"}
SPACES = 1000  # in a row


def reader() -> Callable[[bytes, int], Iterator[Event]]:
    import lxml.etree  # noqa: F401

    return pages


def pages(data: bytes, longest: int) -> Iterator[Event]:
    packed.check(data)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if b"manifest:encryption-data" in packed.member(archive, "META-INF/manifest.xml"):
            raise ParleyError(
                "This document is locked with a password.", "Save it without one and try again."
            )
        root = root_of(packed.member(archive, CONTENT))
    body = next((one for one in root.iter("{*}body")), None)
    kind = next(body.iterchildren("*"), None) if body is not None else None
    if kind is None:
        raise ParleyError(packed.DAMAGED, packed.AGAIN, "no body")
    found = {"spreadsheet": "table", "presentation": "page"}.get(name_of(kind))
    parts = [one for one in kind.iterchildren("*") if name_of(one) == found] if found else [kind]
    taken = Text()
    for number, part in enumerate(parts, start=1):
        title = f"# {attribute(part, 'name')}\n\n" if found else ""
        yield taken.page(number, len(parts), title + taken.joined(_blocks(part, found == "table")))
        if taken.over:
            return


def _blocks(element: Any, is_table: bool = False) -> Iterator[str]:
    if is_table:
        yield ""
        yield from markdown(row for row in _rows(element) if row)
        yield ""
        return
    for child in element.iterchildren("*"):
        match name_of(child):
            case "h":
                level = attribute(child, "outline-level")
                yield f"\n{'#' * int(level) if level in set('123456') else '#'} {_line(child)}\n"
            case "p":
                yield _line(child)
                for inner in child.iter("{*}text-box"):
                    yield from _blocks(inner)
            case "list-item":
                first, *rest = [*_blocks(child)] or [""]
                yield f"- {first}"
                yield from (f"  {one}" for one in rest)
            case "table":
                yield from _blocks(child, is_table=True)
            case "notes":
                said = " ".join(_blocks(child)).strip()
                yield f"\nNotes: {said}" if said else ""
            case name if name not in DROPPED:
                yield from _blocks(child)


def _line(element: Any) -> str:
    """The words of a paragraph, with its spaces, tabs and breaks."""
    parts = [element.text or ""]
    for child in element.iterchildren("*"):
        match name_of(child):
            case "s":
                count = attribute(child, "c")
                parts.append(" " * min(int(count) if count.isdecimal() else 1, SPACES))
            case "tab":
                parts.append("\t")
            case "line-break":
                parts.append("\n")
            case name if name not in DROPPED and name != "frame":
                parts.append(_line(child))
        parts.append(child.tail or "")
    return "".join(parts)


def _rows(table: Any) -> Iterator[list[str]]:
    """A cell or row may say how often it is repeated; empty ones are so up to the end."""
    for row in table.iter("{*}table-row"):
        cells: list[str] = []
        for cell in row.iterchildren("*"):
            text = " ".join(_blocks(cell))
            cells += [text] * min(_repeated(cell, "columns"), COLUMNS - len(cells))
        while cells and not cells[-1].strip():
            cells.pop()
        for _ in range(min(_repeated(row, "rows"), ROWS + 1) if cells else 0):
            yield cells


def _repeated(element: Any, what: str) -> int:
    said = attribute(element, f"number-{what}-repeated")
    return max(1, int(said[:9])) if said.isdecimal() else 1
