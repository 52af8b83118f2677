"""Web pages and books made of them (EPUB): their words."""

import io
import posixpath
import urllib.parse
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

from engines.errors import ParleyError
from engines.media.documents import packed
from engines.media.documents.bounds import LARGEST, Text
from engines.media.documents.tables import markdown
from engines.media.documents.xml import attribute, name_of, root_of
from engines.messages import Event
from engines.tools import texts

DROPPED = {"script", "style", "template", "noscript", "svg", "math", "head", "iframe", "object"}
BLOCKS = set("p div li tr br h1 h2 h3 h4 h5 h6 ul ol dl dt dd blockquote pre section".split())  # noqa: SIM905
BLOCKS |= {"article", "header", "footer", "table", "figure", "figcaption", "hr", "main", "nav"}
HEADINGS = {f"h{level}": "#" * level + " " for level in range(1, 7)}
DEEPEST = 200
CHAPTERS = 5000
LONGEST = 8 * LARGEST  # bytes of a page, most of which is no text
LOCKED = "This book is locked by its seller and cannot be read."


def page_reader() -> Callable[[bytes, int], Iterator[Event]]:
    import lxml.html  # noqa: F401

    return page


def book_reader() -> Callable[[bytes, int], Iterator[Event]]:
    page_reader()
    return book


def page(data: bytes, longest: int) -> Iterator[Event]:
    taken = Text()
    yield taken.page(1, 1, words(data))


def book(data: bytes, longest: int) -> Iterator[Event]:
    """Every chapter is a page."""
    packed.check(data)
    taken = Text()
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if "META-INF/rights.xml" in archive.namelist():
            raise ParleyError(LOCKED, "Choose a book without such a lock.")
        chapters = _chapters(archive)
        if not chapters:
            raise ParleyError("There are no chapters in this book.", packed.AGAIN)
        for number, name in enumerate(chapters, start=1):
            text = words(packed.member(archive, name))
            yield taken.page(number, len(chapters), text)
            if taken.over:
                return


def words(data: bytes) -> str:
    """What a browser would show, in lines."""
    import lxml.etree as etree
    import lxml.html as html

    text = texts.decoded(data[:LONGEST]).text
    if not text.strip():
        return ""
    try:  # as bytes: lxml refuses text that says its own encoding
        parser = html.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True)
        root = html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return text
    lines = (" ".join(line.split()) for line in "".join(_parts(root)).split("\n"))
    return "\n".join(line for line in lines if line)


def _parts(element: Any, depth: int = 0) -> Iterator[str]:
    name = name_of(element)
    if name and name not in DROPPED and depth < DEEPEST:
        if name == "table":
            yield "\n"
            yield from (f"{line}\n" for line in markdown(_rows(element, depth)))
        else:
            yield "\n" if name in BLOCKS else ""
            yield HEADINGS.get(name, "- " if name == "li" else "")
            yield element.text or ""
            for child in element:
                yield from _parts(child, depth + 1)
            yield "\n" if name in BLOCKS else "\t" if name in ("td", "th") else ""
    yield element.tail or ""


def _rows(table: Any, depth: int) -> Iterator[list[str]]:
    for row in table.iter("tr"):
        yield ["".join(_parts(cell, depth + 1)) for cell in row.iterchildren("td", "th")]


def _chapters(archive: zipfile.ZipFile) -> list[str]:
    """Names of members, in the order of reading."""
    container = root_of(packed.member(archive, "META-INF/container.xml"))
    rootfile = next(container.iter("{*}rootfile"), None)
    place = attribute(rootfile, "full-path") if rootfile is not None else ""
    package = root_of(packed.member(archive, place))
    items = {one.get("id"): one.get("href", "") for one in package.iter("{*}item")}
    folder = posixpath.dirname(place)
    named = [items.get(one.get("idref"), "") for one in package.iter("{*}itemref")]
    found = [
        posixpath.normpath(posixpath.join(folder, urllib.parse.unquote(name)))
        for name in named[:CHAPTERS]
        if name
    ]
    return [name for name in found if name in set(archive.namelist())]
