"""Two hundred faults of fetching a model: no wrong file, and nothing fetched twice.

A seeded tenth is always run; `bootstrap.py test --full` runs all.
"""

import collections

import pytest

from tests.data.fetching_faults import FAULTS, course, scene

SEED = 6
ALL, SOME = 200, 20


def provoke(faults, folder):
    counted, twice = collections.Counter(), 0
    for number, (kind, seed) in enumerate(faults):
        with scene(folder / f"{number}-{kind}", seed) as one:
            try:
                FAULTS[kind](one)
                twice += one.end()
            except Exception as error:
                raise AssertionError(f"{kind} {seed}") from error
        counted[kind] += 1
    return counted, twice


def test_a_tenth_of_the_faults(tmp_path):
    provoke(course(ALL, SEED)[:SOME], tmp_path)


@pytest.mark.full
@pytest.mark.timeout(1800)
def test_all_faults(tmp_path):
    counted, twice = provoke(course(ALL, SEED), tmp_path)
    print(dict(counted), f"{twice} bytes twice")  # noqa: T201
    assert sum(counted.values()) == ALL and len(counted) == len(FAULTS) >= 12
