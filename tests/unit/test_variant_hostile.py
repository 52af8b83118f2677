"""Five hundred broken files of other programs: words or a variant, and nothing else.

A seeded tenth is always run; `bootstrap.py test --full` runs all.
"""

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest

from engines.variants import importing
from tests.data.foreign import KINDS, Foreign, broken, floods, wholes

ALL, SOME = 500, 50
ROOT = Path(__file__).parents[2]


def read_all(files: Iterable[Foreign], folder: Path) -> dict[str, int]:
    """In a process that has little memory. Nothing may be left in or around the folder."""
    inside = folder / "files"
    for number, one in enumerate(files):
        place = inside / f"{number:03} {one.kind}"
        place.mkdir(parents=True)
        (place / one.name).write_bytes(one.data)
    before = sorted(folder.rglob("*"))
    command = [sys.executable, "-m", "tests.data.foreign_reader", str(inside)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    assert sorted(folder.rglob("*")) == before
    print(done.stdout)  # noqa: T201
    return json.loads(done.stdout)


def test_files_that_are_whole_are_read(tmp_path: Path) -> None:
    for name, data in wholes().items():
        path = tmp_path / name
        path.write_bytes(data)
        assert importing.read_all(path), name


def test_what_grows_without_end_is_not_followed(tmp_path: Path) -> None:
    files = [*floods()]
    counts = read_all(files, tmp_path)
    assert counts["files"] == len(files)
    assert counts["variants"] == 1  # the card whose picture alone is too large


def test_a_tenth_of_the_broken_files(tmp_path: Path) -> None:
    counts = read_all(broken(SOME), tmp_path)
    assert counts["files"] == SOME
    assert counts["variants"] and counts["refused"]


@pytest.mark.full
@pytest.mark.timeout(1800)
def test_all_broken_files(tmp_path: Path) -> None:
    files = [*broken(ALL)]
    counts = read_all(files, tmp_path)
    kinds = Counter(one.kind for one in files)
    print(dict(kinds))  # noqa: T201
    assert counts["files"] == ALL and len(kinds) == len(KINDS) >= 12
