"""Which model one is advised to begin with."""

import pytest

from app import paths
from app.controllers.shelf_best import to_begin_with, why
from app.controllers.shelf_rows import Fit
from engines.models.catalogue import Entry, read

CATALOGUE = read(paths.resource("models.toml"))
GB = 1e9


def entry(billions, file="m-Q4_K_M.gguf"):
    return Entry("talk", f"M{billions}", f"maker/m-{billions}", "", file, parameters=billions)


LARGE, MIDDLE, SMALL, TINY = map(entry, (20.0, 8.0, 4.0, 0.8))


@pytest.mark.parametrize(
    ("speeds", "best"),
    [
        ({LARGE: 50, MIDDLE: 50, SMALL: 50, TINY: 50}, SMALL),  # however strong the computer
        ({SMALL: 2, TINY: 20}, TINY),  # slower than one reads
        ({LARGE: 9, MIDDLE: 9}, MIDDLE),  # none comes soon: the smaller one
        ({SMALL: 3, MIDDLE: 1}, SMALL),  # none is quick: the quickest
        ({}, None),
    ],
)
def test_the_strongest_that_comes_soon_and_is_quick(speeds, best):
    fits = {one.key: Fit("fits", "", speed) for one, speed in speeds.items()}
    entries = (LARGE, MIDDLE, SMALL, TINY)
    assert to_begin_with(entries, lambda key: fits.get(key, Fit("large"))) is best


def test_of_the_catalogue_that_comes_with_parley_a_first_download_takes_minutes():
    """On a strong computer, for which everything fits and is quick."""
    best = to_begin_with(CATALOGUE, lambda _: Fit("fits", "", 60.0))
    assert best and best.parameters >= 2 and best.size < 4 * GB
    assert "minutes over a usual line" in why(best)
    assert why(TINY).startswith("It comes in about 1 minute over")
