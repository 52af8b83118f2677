"""Photos looked at and found by the real engines in their processes and jails."""

import os
from array import array
from pathlib import Path

import pytest
from PIL import Image

from app.paths import resource
from engines import registry
from engines.messages import (
    Done,
    Failed,
    FindPhotos,
    Photo,
    PhotosFound,
    Progress,
    Scanned,
    ScanPhotos,
    ShowPhotos,
)
from engines.vision.photo_index.thumbs import place
from tests.data import tiny_eyes
from tests.data.photo_shelf import OLD, drawn, hostile, plain, save, shelf
from tests.data.running import Running


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    return tiny_eyes.build(tmp_path_factory.mktemp("eyes") / "tiny")


@pytest.fixture
def start(tmp_path):
    """Functions that start what looks at photos, and what finds them."""
    running = []
    options = registry.all_specs()["photos"].options
    made = options(str(tmp_path / "index"), str(tmp_path / "thumbs"))

    def start(name, eyes, *granted):
        write = (tmp_path / "index", tmp_path / "thumbs")[: 2 if name == "photos" else 1]
        log = tmp_path / f"{name}.log"
        running.append(Running(name, made, log, eyes, read=granted, write=write))
        assert running[-1].loaded[-1] == Done(), running[-1].loaded
        return running[-1]

    yield start
    for one in running:
        one.stop()


def found(finder, **asked):
    """Names of the photos, the best first."""
    answer, ending = finder.ask(FindPhotos(**asked))
    assert isinstance(answer, PhotosFound) and ending == Done()
    *photos, _ = finder.ask(ShowPhotos(tuple(array("Q", answer.keys))))
    return [Path(os.fsdecode(one.path)).name for one in photos]


def test_the_starter_finds_the_red_circle_among_sixty(start, tmp_path):
    folder = shelf(tmp_path / "photos")
    looker = start("photos", resource("eyes"), folder)
    *_, told, ending = looker.ask(ScanPhotos((str(folder),)))
    assert ending == Done()
    assert told.folders == ((str(folder), 60, 0, True),) and told.young == 0
    assert {path for path, _ in told.watched} == {
        os.fsencode(one) for one in (folder, *(p for p in folder.iterdir()))
    }
    finder = start("photo_search", resource("eyes"))
    names = found(finder, words="red circle", count=12)
    assert all(name.endswith("-rc.jpg") for name in names[:2]), names
    like = (folder / "white/000-rc.jpg").read_bytes()
    assert found(finder, picture=like, count=1) == ["000-rc.jpg"]
    *photos, _ = finder.ask(ShowPhotos((1, 999)))
    [one] = photos
    assert (one.width, one.height, one.there) == (480, 480, True)
    with Image.open(place(tmp_path / "thumbs", one.key)) as small:
        assert small.format == "JPEG" and small.size == (256, 256)


def test_words_names_years_and_likeness_find(start, tmp_path, tiny):
    folder = plain(tmp_path / "photos", ("red", "green", "blue"), 6)
    taken = Image.Exif()
    taken[0x8769] = {0x9003: "2019:06:12 10:11:12"}
    save(drawn("square", "green", "paper"), folder / "Zoë.jpg", exif=taken)
    start("photos", tiny, folder).ask(ScanPhotos((str(folder),)))
    finder = start("photo_search", tiny)
    assert all(one.startswith("blue") for one in found(finder, words="blue", count=6))
    assert found(finder, words="green 2019", count=1) == ["Zoë.jpg"]
    assert found(finder, words="zoe", count=1) == ["Zoë.jpg"]
    assert found(finder, words="red-4", count=1) == ["red-4.jpg"]
    assert found(finder, words="zebra") == []  # these eyes do not know the word
    all_of_them = found(finder)
    assert len(all_of_them) == 19 and all_of_them[-1] == "Zoë.jpg"
    answer, _ = finder.ask(FindPhotos(words="blue", count=1))
    key = array("Q", answer.keys)[0]
    assert all(one.startswith("blue") for one in found(finder, like=key, count=6))
    *_, ending = finder.ask(FindPhotos(like=4711))
    assert isinstance(ending, Failed) and "not known" in ending.message
    *_, ending = finder.ask(FindPhotos(picture=b"no picture"))
    assert isinstance(ending, Failed) and ending.hint
    [one, _] = finder.ask(ShowPhotos((key,)))
    assert isinstance(one, Photo) and one.taken == OLD + 5


def test_hostile_files_trouble_nobody(start, tmp_path, tiny):
    folder = plain(tmp_path / "photos", ("red",), 3)
    broken = hostile(folder / "bad")
    for number in range(2_000):  # odd names are no trouble, and no photos either
        name = b"%s/odd\xff\n%%s {%d}.txt" % (os.fsencode(folder), number)
        Path(os.fsdecode(name)).touch()
    odd = os.fsencode(folder) + b"/\xff'\"\n\\.jpg"
    Path(os.fsdecode(odd)).write_bytes((folder / "red-0.jpg").read_bytes())
    os.utime(odd, (OLD, OLD))
    looker = start("photos", tiny, folder)
    *events, ending = looker.ask(ScanPhotos((str(folder),)))
    assert ending == Done()
    assert events[-1].folders == ((str(folder), 4, broken, True),)
    assert any(isinstance(one, Progress) for one in events)
    *events, _ = looker.ask(ScanPhotos((str(folder),)))
    assert [type(one) for one in events] == [Scanned]  # nothing is looked at twice
    finder = start("photo_search", tiny)
    *photos, _ = finder.ask(ShowPhotos(tuple(range(1, 30))))
    assert odd in [one.path for one in photos]


def test_its_jail_lets_it_read_what_was_granted_and_nothing_else(start, tmp_path, tiny):
    folder = plain(tmp_path / "photos", ("red",), 2)
    other = plain(tmp_path / "other", ("blue",), 2)
    looker = start("photos", tiny, folder)
    assert looker.loaded[-2].jail == ""
    *_, told, _ = looker.ask(ScanPhotos((str(folder), str(other))))
    assert {(path, count, there) for path, count, _, there in told.folders} == {
        (str(folder), 2, True),
        (str(other), 0, False),
    }


def test_it_can_be_stopped_and_goes_on_where_it_was(start, tmp_path, tiny):
    folder = plain(tmp_path / "photos", ("red", "green", "blue"), 40)
    looker = start("photos", tiny, folder)
    job = looker.host.submit(ScanPhotos((str(folder),)))
    while looker.saw(job, Progress).done < 40:
        pass
    looker.host.cancel(job)
    looker.heard(job)
    again = looker.ask(ScanPhotos((str(folder),)))
    first = next(one for one in again if isinstance(one, Progress))
    assert first.done >= 32 and again[-2].folders[0][1] == 120
    assert looker.host.pid  # the same process all along


def test_a_killed_process_loses_only_what_was_not_kept(start, tmp_path, tiny):
    folder = plain(tmp_path / "photos", ("red", "green", "blue"), 40)
    looker = start("photos", tiny, folder)
    job = looker.host.submit(ScanPhotos((str(folder),)))
    while looker.saw(job, Progress).done < 60:
        pass
    os.kill(looker.host.pid, 9)
    looker.heard(job)
    again = start("photos", tiny, folder).ask(ScanPhotos((str(folder),)))
    first = next(one for one in again if isinstance(one, Progress))
    assert first.done >= 32 and again[-2].folders[0][1:] == (120, 0, True)
    finder = start("photo_search", tiny)
    assert all(one.startswith("green") for one in found(finder, words="green", count=40))
