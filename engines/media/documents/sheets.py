"""XLSX: every sheet as a table of its values; formulas as what they last gave."""

import datetime
import io
from collections.abc import Callable, Iterator
from typing import Any

from engines.media.documents import packed
from engines.media.documents.bounds import Text
from engines.media.documents.tables import markdown
from engines.messages import Event

EMPTY = "(This sheet is empty.)"


def reader() -> Callable[[bytes, int], Iterator[Event]]:
    import openpyxl  # noqa: F401

    return pages


def pages(data: bytes, longest: int) -> Iterator[Event]:
    import openpyxl

    packed.check(data, tree=False)
    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    sheets, taken = book.worksheets, Text()
    if not sheets:
        yield taken.page(1, 1, "(There are no sheets in this file, or only charts.)")
    for number, sheet in enumerate(sheets, start=1):
        sheet.reset_dimensions()  # what a file says of them need not be true
        heading = f"# {sheet.title}{'' if sheet.sheet_state == 'visible' else ' (hidden)'}\n"
        lines = markdown(row for row in map(_row, sheet.iter_rows(values_only=True)) if row)
        text = taken.joined(lines) or EMPTY
        yield taken.page(number, len(sheets), f"{heading}\n{text}")
        if taken.over:
            return


def _row(values: tuple[Any, ...]) -> list[str]:
    """Without the empty cells at its end; nothing for an empty row."""
    cells = [*map(_written, values)]
    while cells and not cells[-1]:
        cells.pop()
    return cells


def _written(value: Any) -> str:
    match value:
        case None:
            return ""
        case datetime.datetime() if value.time() == datetime.time():
            return value.date().isoformat()
        case datetime.datetime():
            return value.isoformat(" ", "minutes" if not value.second else "seconds")
        case float() if value.is_integer() and abs(value) < 1e15:
            return str(int(value))
        case float():
            return f"{value:.15g}"
    return str(value)
