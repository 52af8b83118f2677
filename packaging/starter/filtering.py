"""Keeps the requests written by hand out of the training text.

They are read here for this comparison only; nothing of them is ever printed or generated.
"""

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

RUN = 5  # words in a row, case and punctuation off
WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)?")


def runs(text: str) -> set[tuple[str, ...]]:
    words = WORD.findall(text.casefold().replace("\u2019", "'"))
    return {tuple(words[at : at + RUN]) for at in range(len(words) - RUN + 1)}


@cache
def kept_apart() -> frozenset[tuple[str, ...]]:
    path = Path(__file__).with_name("handwritten.toml")
    return frozenset(
        run for text in texts(tomllib.loads(path.read_text("utf-8"))) for run in runs(text)
    )


def texts(value: Any) -> Iterator[str]:
    """Every text in the file, wherever it stands."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from texts(one)


def shares(text: str) -> bool:
    return not kept_apart().isdisjoint(runs(text))
