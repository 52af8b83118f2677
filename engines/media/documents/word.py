"""DOCX: headings, paragraphs, lists and tables in their order, with what lies in text boxes."""

import io
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from engines.media.documents import packed
from engines.media.documents.bounds import Text
from engines.media.documents.tables import markdown
from engines.media.documents.xml import attribute, name_of
from engines.messages import Event

DEEPEST = 3  # tables in tables
LEFT_OUT = {"del", "moveFrom", "Fallback", "pPr", "rPr"}  # what was deleted, or is said twice
SIGNS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
AROUND = {"sdt", "sdtContent", "ins", "moveTo", "customXml", "smartTag"}  # holds more of the same


def reader() -> Callable[[bytes, int], Iterator[Event]]:
    import docx  # noqa: F401

    return pages


def pages(data: bytes, longest: int) -> Iterator[Event]:
    import docx

    packed.check(data)
    document = docx.Document(io.BytesIO(data))
    styles = {style.style_id: style.name or "" for style in document.styles}
    taken = Text()
    yield taken.page(1, 1, taken.joined(_blocks(document.element.body, styles)))


def _blocks(container: Any, styles: dict[str, str], depth: int = 0) -> Iterator[str]:
    for child in _children(container):
        match name_of(child):
            case "p":
                yield _paragraph(child, styles)
            case "tbl" if depth < DEEPEST:
                yield ""
                yield from markdown(_rows(child, styles, depth))
                yield ""


def _children(element: Any) -> Iterator[Any]:
    for child in element:
        if name_of(child) in AROUND:
            yield from _children(child)
        else:
            yield child


def _rows(table: Any, styles: dict[str, str], depth: int) -> Iterator[list[str]]:
    for row in _children(table):
        if name_of(row) == "tr":
            cells = [one for one in _children(row) if name_of(one) == "tc"]
            yield [" ".join(_blocks(cell, styles, depth + 1)) for cell in cells]


def _paragraph(paragraph: Any, styles: dict[str, str]) -> str:
    text = "".join(_words(paragraph))
    marked = next((one for one in paragraph.iterchildren("{*}pPr")), ())
    named = next((attribute(one, "val") for one in marked if name_of(one) == "pStyle"), "")
    style = styles.get(named, "")
    if not text.strip():
        return ""
    if style.startswith("Heading"):
        level = style.removeprefix("Heading").strip()
        return f"\n{'#' * (int(level) if level in set('123456') else 1)} {text}\n"
    if style == "Title":
        return f"# {text}\n"
    listed = style.startswith("List") or any(name_of(one) == "numPr" for one in marked)
    return f"- {text}" if listed else text


def _words(element: Iterable[Any]) -> Iterator[str]:
    for child in element:
        match name_of(child):
            case "t":
                yield child.text or ""
            case "p":  # of a text box
                yield "\n"
                yield from _words(child)
            case name if name in SIGNS:
                yield SIGNS[name]
            case name if name and name not in LEFT_OUT:
                yield from _words(child)
