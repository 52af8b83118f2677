"""Which model of the catalogue a person is advised to begin with.

The strongest of those that fit, that write faster than one reads, and that come within about ten
minutes over a usual line: nobody shall wait an hour for a first answer. Where all of these are
larger, the smallest that is able to hold a conversation. Who wants a stronger one finds it in the
list, the strongest first.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from app.controllers.shelf_rows import Fit

if TYPE_CHECKING:
    from engines.models.catalogue import Entry

QUICK = 5.0  # words a second; people read about four
CAPABLE = 1.5  # billions of parameters a model has at least to be worth beginning with
LINE = 6.25e6  # bytes a second of a usual line (50 megabits)
PATIENCE = 600  # seconds that a first download may take


def to_begin_with(entries: "Sequence[Entry]", fit: "Callable[[str], Fit]") -> "Entry | None":
    """entries: of one job the strongest first; fit: by their keys. None where nothing fits."""
    fitting = [one for one in entries if one.job == "talk" and fit(one.key).fit == "fits"]
    quick = [one for one in fitting if fit(one.key).speed >= QUICK]
    able = [one for one in quick if one.parameters >= CAPABLE]
    soon = [one for one in able if one.size <= LINE * PATIENCE]
    if soon or able:
        return soon[0] if soon else min(able, key=lambda one: one.size)
    return max(quick or fitting, key=lambda one: fit(one.key).speed, default=None)


def why(entry: "Entry") -> str:
    """How long it comes, and that there are others, in a sentence."""
    minutes = max(round(entry.size / LINE / 60), 1)
    long = f"about {minutes} minute{'s' * (minutes != 1)}"
    return f"It comes in {long} over a usual line; stronger ones are in the list."
