"""Shelves of variants: folders and addresses, with an index or without, verified what comes."""

import random
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from engines.errors import ParleyError
from engines.models.fetching.troubles import NotPermitted, NotThere, Stopped
from engines.models.fetching.web import Patience
from engines.variants.file import read
from engines.variants.shelf import (
    MOST,
    Offer,
    fetch,
    host_of,
    look,
    make_index,
    normal,
    read_index,
)
from engines.variants.variant import Adapter, Variant
from engines.variants.writing import write
from tests.data.variant_shelf import serving
from tests.data.variants import attached

ROOT = Path(__file__).parents[2]
LORA = random.Random(3).randbytes(9 << 20)  # more than one part of a fetch
QUICK = Patience(tries=3, first=0.01, longest=0.02)


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "shelf"
    folder.mkdir()
    tutor = Variant(name="Tutor", line="Asks.", version="2")
    write(tutor, {}, folder / "tutor.parley")
    large = Variant(name="Großer", adapters=(Adapter(attached("a.gguf", LORA)),))
    write(large, {"a.gguf": LORA}, folder / "große 1.parley")
    (folder / "notes.txt").write_text("not a variant")
    (folder / "broken.parley").write_bytes(b"PK\x03\x04 and no more")
    return folder


@pytest.fixture
def web(folder):
    make_index(folder, "Our school")
    with serving(folder) as served:
        yield served


@pytest.fixture
def ours(tmp_path):
    return tmp_path / "ours"


def files_in(folder):
    return [one.name for one in folder.rglob("*") if one.is_file()]


def bring(place, offer, folder, **more):
    return fetch(place, offer, folder, patience=QUICK, **more)


def test_a_folder_without_an_index_is_its_files(folder, ours):
    shelf = look(str(folder))
    assert shelf.title == "shelf" and [one.name for one in shelf.offers] == ["Großer", "Tutor"]
    assert shelf.offers[1].line == "Asks." and shelf.offers[1].version == "2"
    assert len(shelf.left_out) == 1 and shelf.left_out[0].startswith("broken.parley: ")
    opened = fetch(str(folder), shelf.offers[1], ours)
    assert opened.variant.name == "Tutor" and opened.path.is_relative_to(ours)
    assert opened.digest == shelf.offers[1].digest


def test_an_index_says_the_same_and_what_it_says_is_verified(folder, ours):
    plain, made = look(str(folder)), make_index(folder, "Our school")
    shelf = look(str(folder))
    assert shelf.title == "Our school" and shelf.offers == made.offers
    assert [one.digest for one in shelf.offers] == [one.digest for one in plain.offers]
    assert all(one.sha256 for one in shelf.offers)
    write(Variant(name="Tutor", line="Tells."), {}, folder / "tutor.parley")
    with pytest.raises(ParleyError, match="another file than its shelf says"):
        fetch(str(folder), shelf.offers[1], ours)
    assert not files_in(ours)


def test_a_shelf_on_the_web_is_read_and_fetched_from(web, folder, ours):
    shelf = look(web.address, patience=QUICK)
    assert shelf.title == "Our school" and len(shelf.offers) == 2
    told = []
    opened = bring(web.address, shelf.offers[0], ours, progress=told.append)
    assert opened.variant == read(folder / "große 1.parley").variant
    assert opened.member(opened.variant.adapters[0].file) == LORA
    assert told[-1].done == told[-1].total == shelf.offers[0].size
    assert files_in(ours) == ["große 1.parley"]


@pytest.mark.parametrize("ranges", [True, False])
def test_what_breaks_off_is_fetched_to_its_end(web, ours, ranges):
    shelf = look(web.address, patience=QUICK)
    web.ranges, web.cut = ranges, 2
    assert bring(web.address, shelf.offers[0], ours).variant.name == "Großer"
    assert web.cut == 0


def test_another_file_than_the_index_says_is_thrown_away(web, ours, folder):
    shelf = look(web.address, patience=QUICK)
    data = bytearray((folder / "große 1.parley").read_bytes())
    data[5_000_000] ^= 1
    (folder / "große 1.parley").write_bytes(data)
    with pytest.raises(ParleyError, match="not the file it promised"):
        bring(web.address, shelf.offers[0], ours)
    assert "große 1.parley" not in files_in(ours)


def test_nothing_leaves_for_a_place_nobody_opened(web, ours, folder):
    with pytest.raises(NotPermitted):
        look(web.address, permits=lambda place: False, patience=QUICK)
    assert web.asked == []
    shelf = look(web.address, patience=QUICK)
    with serving(folder) as other:
        path = "große 1.parley"
        web.instead[path] = (302, {"Location": f"{other.address}/gro%C3%9Fe%201.parley"}, b"")
        with pytest.raises(NotPermitted):
            bring(web.address, shelf.offers[0], ours)
        assert other.asked == []
        opened = bring(web.address, shelf.offers[0], ours, permits=lambda place: True)
        assert opened.variant.name == "Großer" and other.asked


def test_a_fetch_can_be_stopped(web, ours):
    shelf = look(web.address, patience=QUICK)
    with pytest.raises(Stopped):
        bring(web.address, shelf.offers[0], ours, cancelled=lambda: True)
    assert bring(web.address, shelf.offers[0], ours).variant.name == "Großer"


def test_what_is_no_shelf_is_said_in_words(web, tmp_path):
    web.instead["index.toml"] = (200, {}, b"<html>Not found, but nicely</html>")
    with pytest.raises(ParleyError, match="cannot be read"):
        look(web.address, patience=QUICK)
    web.instead["index.toml"] = (200, {}, b"x" * (3 << 20))
    with pytest.raises(ParleyError, match="1 MB"):
        look(web.address, patience=QUICK)
    web.instead["index.toml"] = (404, {}, b"")
    with pytest.raises(NotThere):
        look(web.address, patience=QUICK)
    with pytest.raises(ParleyError, match="cannot be read"):
        look(str(tmp_path / "nowhere"))
    with pytest.raises(ParleyError, match="cannot be understood"):
        read_index(b"variants = 3", "x")


GOOD = Offer("Good", "good.parley", 10, "a" * 64)
ODD = (
    '{name = "x", file = "../x.parley", sha256 = "%s", size = 1}',
    '{name = "x", file = "/etc/x.parley", sha256 = "%s", size = 1}',
    '{name = "x", file = "C:x.parley", sha256 = "%s", size = 1}',
    '{name = "x", file = "a\\\\x.parley", sha256 = "%s", size = 1}',
    '{name = "x", file = "x.exe", sha256 = "%s", size = 1}',
    '{name = "x", file = "x.parley", sha256 = "zz", size = 1}',
    '{name = "x", file = "x.parley", sha256 = "%s", size = -1}',
    '{name = "x", file = "x.parley", sha256 = "%s", size = 99999999999}',
    '{name = "", file = "x.parley", sha256 = "%s", size = 1}',
    '{name = 3, file = "x.parley", sha256 = "%s", size = 1}',
    '{file = "x.parley"}',
    "3",
)


def test_entries_that_cannot_be_used_are_left_out_and_told():
    good = f'{{name = "Good", file = "good.parley", size = 10, sha256 = "{"a" * 64}", stars = 5}}'
    rows = ",\n".join([good, *(one.replace("%s", "a" * 64) for one in ODD)])
    shelf = read_index(f"variants = [{rows}]".encode(), "https://example.org")
    assert shelf.offers == (GOOD,) and len(shelf.left_out) == len(ODD)
    assert shelf.title == "example.org"


def test_a_shelf_too_long_is_shown_in_part():
    row = '[[variants]]\nname="a"\nfile="a.parley"\nsize=1\nsha256="%s"\n' % ("a" * 64)
    shelf = read_index((row * (MOST + 5)).encode(), "https://example.org")
    assert len(shelf.offers) == MOST and "1,005" in shelf.left_out[-1]


def test_a_file_that_says_the_same_is_still_another_one(folder, ours):
    shelf = make_index(folder)
    data = (folder / "tutor.parley").read_bytes()
    end = data.index(b"PK\x05\x06")
    (folder / "tutor.parley").write_bytes(data[: end + 20] + b"\x01\x00c")  # with a comment
    told = msgspec.structs.replace(shelf.offers[1], size=len(data) + 1)
    assert read(folder / "tutor.parley").digest == told.digest
    with pytest.raises(ParleyError, match="another file than its shelf says"):
        fetch(str(folder), told, ours)


def test_a_link_on_a_shelf_leads_nowhere(folder, tmp_path, ours):
    write(Variant(name="Secret"), {}, tmp_path / "secret.parley")
    (folder / "link.parley").symlink_to(tmp_path / "secret.parley")
    assert "Secret" not in [one.name for one in look(str(folder)).offers]
    size = (tmp_path / "secret.parley").stat().st_size
    with pytest.raises(ParleyError, match="outside"):
        fetch(str(folder), Offer("Secret", "link.parley", size, "a" * 64), ours)


def test_a_shelf_has_one_name(tmp_path):
    for said in (
        "https://example.org/v",
        "https://example.org/v/",
        "https://example.org/v/index.toml",
    ):
        assert normal(f" {said} ") == "https://example.org/v"
    assert normal("http://127.0.0.1:8000/") == "http://127.0.0.1:8000"
    assert normal(str(tmp_path)) == str(tmp_path)
    assert host_of("https://example.org:8443/v") == "example.org:8443" and not host_of("/home/x")
    for wrong in (
        "",
        "shelf",
        "http://example.org/v",
        "https://",
        "https://a b",
        "https://u:p@x/",
        "https://x/?q",
    ):
        with pytest.raises(ParleyError):
            normal(wrong)


def test_a_command_makes_the_list_of_a_folder(folder, ours):
    def shelf(*words):
        command = [sys.executable, "-m", "app", "shelf", *map(str, words)]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True)

    ran = shelf(folder, "--title", "Our school")
    assert ran.returncode == 0 and ran.stdout == "Our school: 2 variants\n"
    assert "broken.parley" in ran.stderr
    assert [one.name for one in look(str(folder)).offers] == ["Großer", "Tutor"]
    ran = shelf(ours / "nowhere")
    assert ran.returncode == 1 and "cannot be read" in ran.stderr and "Traceback" not in ran.stderr
