"""DOCX: headings, paragraphs, lists and tables in their order."""

import io
from collections.abc import Callable, Iterator
from typing import Any

from engines.media.documents import packed
from engines.media.documents.bounds import Text
from engines.media.documents.tables import markdown
from engines.messages import Event

DEEPEST = 3  # tables in tables


def reader() -> Callable[[bytes, int], Iterator[Event]]:
    import docx  # noqa: F401

    return pages


def pages(data: bytes, longest: int) -> Iterator[Event]:
    import docx

    packed.check(data)
    document = docx.Document(io.BytesIO(data))
    taken = Text()
    yield taken.page(1, 1, taken.joined(_blocks(document)))


def _blocks(container: Any, depth: int = 0) -> Iterator[str]:
    from docx.table import Table

    for block in container.iter_inner_content():
        if isinstance(block, Table):
            yield ""
            yield from markdown(_rows(block, depth))
            yield ""
        else:
            yield _paragraph(block)


def _rows(table: Any, depth: int) -> Iterator[list[str]]:
    for row in table.rows:
        yield [_cell(cell, depth) for cell in row.cells]


def _cell(cell: Any, depth: int) -> str:
    return " ".join(_blocks(cell, depth + 1)) if depth < DEEPEST else cell.text


def _paragraph(paragraph: Any) -> str:
    text = paragraph.text
    style = paragraph.style.name if paragraph.style is not None else ""
    if text.strip() and style.startswith("Heading"):
        level = style.removeprefix("Heading").strip()
        return f"\n{'#' * (int(level) if level.isdigit() else 1)} {text}\n"
    if text.strip() and style == "Title":
        return f"# {text}\n"
    if text.strip() and style.startswith("List"):
        return f"- {text}"
    return text
