"""Files that mean harm are refused in words; nothing is written but where it was said to go."""

import hashlib
import io
import json
import os
import subprocess
import sys
import tomllib
import zipfile
from collections import Counter
from pathlib import Path

import pytest

from engines.variants.checked import BadVariant
from engines.variants.file import Limits, read
from tests.data.hostile_variants import BAD_TOML, FINE, GOOD, TEXT, corpus, knowing, sizes

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="made of pipes, links and limits")


def seen(folder):
    """Every file and folder, and what is in them."""
    return {
        path.relative_to(folder): hashlib.sha256(path.read_bytes()).hexdigest()
        if path.is_file()
        else ""
        for path in folder.rglob("*")
    }


def test_no_file_of_200_writes_outside_its_place_or_is_more_than_refused(tmp_path):
    place = tmp_path / "home" / "place"
    (place / "corpus").mkdir(parents=True)
    (place / "out").mkdir()
    (tmp_path / "home" / "x.txt").write_text("mine")
    (place / "x.txt").write_text("mine")
    wanted, classes = {}, Counter()
    for number, (kind, what, data, come) in enumerate(corpus()):
        name = f"{number:04}.parley"
        (place / "corpus" / name).write_bytes(data)
        wanted[name] = (kind, what, come)
        classes[kind] += 1
    before = seen(tmp_path)
    ran = subprocess.run(
        [sys.executable, "-m", "tests.data.hostile_variants", str(place)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )
    assert ran.returncode == 0, ran.stderr[-2000:]
    told = json.loads(ran.stdout)
    assert told["outside"] == [] and seen(tmp_path) == before
    wrong = {
        wanted[name]: stage
        for name, stage in told["found"].items()
        if stage != wanted[name][2] and (wanted[name][2] or not stage.startswith(("refused", FINE)))
    }
    assert not wrong and told["found"].keys() == wanted.keys()
    assert len(wanted) >= 200 and len(classes) >= 10 and min(classes.values()) >= 1


def test_some_of_them_are_too_much_for_a_reader_that_trusts():
    with pytest.raises(RecursionError):
        tomllib.loads(BAD_TOML["lists closed"])
    bomb = next(data for _, what, data, _ in sizes() if what == "TOML 8")
    with zipfile.ZipFile(io.BytesIO(bomb)) as archive:
        assert len(bomb) < 200_000 and len(archive.read("variant.toml")) > 50_000_000


def test_a_list_of_members_is_bounded_before_it_is_read(tmp_path):
    many = next(data for _, what, data, _ in sizes() if what == "60000 files")
    (tmp_path / "x.parley").write_bytes(many)
    with pytest.raises(BadVariant) as caught:
        read(tmp_path / "x.parley")
    assert "at once" in caught.value.detail


def test_of_variant_toml_no_more_is_unpacked_than_is_allowed(tmp_path):
    (tmp_path / "x.parley").write_bytes(GOOD)
    with pytest.raises(BadVariant, match="larger"):
        read(tmp_path / "x.parley", Limits(toml=20))


@pytest.mark.parametrize("what", ["link", "pipe", "folder", "loop", "missing"])
def test_a_folder_leads_nowhere_and_ends(tmp_path, what):
    (tmp_path / "secret.txt").write_bytes(TEXT)
    folder = tmp_path / "variant"
    folder.mkdir()
    (folder / "variant.toml").write_bytes(knowing(("a.txt", TEXT)))
    match what:
        case "link":
            (folder / "a.txt").symlink_to(tmp_path / "secret.txt")
        case "pipe":
            os.mkfifo(folder / "a.txt")
        case "folder":
            (folder / "a.txt").mkdir()
        case "loop":
            (folder / "a.txt").symlink_to("a.txt")
    with pytest.raises(BadVariant, match=r"a\.txt"):
        read(folder)
    (folder / "variant.toml").unlink()
    if what == "pipe":
        os.mkfifo(folder / "variant.toml")
    with pytest.raises(BadVariant, match=r"variant\.toml"):
        read(folder)


def test_a_pipe_or_a_device_is_no_variant(tmp_path):
    os.mkfifo(tmp_path / "x.parley")
    for path in (tmp_path / "x.parley", Path("/dev/zero"), tmp_path / "nothing.parley"):
        with pytest.raises(BadVariant):
            read(path)


def test_what_changes_after_it_was_read_is_noticed(tmp_path):
    path = tmp_path / "x.parley"
    path.write_bytes(GOOD)
    opened = read(path)
    path.write_bytes(GOOD.replace(TEXT, TEXT[::-1]))
    with pytest.raises(BadVariant):
        opened.member(opened.variant.knowledge[0])
    path.write_bytes(GOOD[:40])
    with pytest.raises(BadVariant):
        opened.copy(opened.variant.knowledge[0], tmp_path / "out")
    path.unlink()
    with pytest.raises(BadVariant, match="not there any more"):
        opened.member(opened.variant.knowledge[0])
    assert not list(tmp_path.iterdir())
