"""Tables as a model reads them best: in Markdown."""

from collections.abc import Iterable, Iterator, Sequence

ROWS, COLUMNS = 20_000, 200  # of one table
CELL = 2_000  # characters


def markdown(rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """A line for each row; the first is taken for the heads of the columns."""
    for number, row in enumerate(rows):
        if number == ROWS:
            yield f"(More than {ROWS:,} rows: the rest was left out.)"
            return
        yield f"| {' | '.join(map(cell, row[:COLUMNS]))} |"
        if number == 0:
            yield f"|{' --- |' * min(len(row), COLUMNS)}"


def cell(text: str) -> str:
    return " ".join(text.split())[:CELL].replace("|", "\\|")
