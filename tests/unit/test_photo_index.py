"""What is known of photos is the same as if everything were looked at anew, whatever happened."""

import contextlib
import os
import shutil
import time
from pathlib import Path

import numpy
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engines.messages import Progress, Scanned
from engines.vision.photo_index import scanning, walking
from engines.vision.photo_index.facts import opened
from engines.vision.photo_index.finding import Finding
from engines.vision.photo_index.looking import Looked
from engines.vision.photo_index.scanning import Scan, outermost, within
from engines.vision.photo_index.thumbs import Thumbs, place
from engines.vision.photo_index.vectors import Vectors
from engines.vision.photo_index.wording import wanted, words

DIMS = 16
OLD = 1_600_000_000_000_000_000  # ns: long ago


class Died(BaseException):
    """The process ended here."""


class Eyes:
    """A photo's bytes say where it lies; no two alike."""

    def __init__(self, identity="first"):
        self.dims, self.identity, self.seen = DIMS, identity, 0

    def embed(self, width, height, rgb):
        self.seen += 1
        return spot(rgb, self.identity)


def spot(data, identity="first"):
    made = numpy.random.default_rng([*data, *identity.encode()]).standard_normal(DIMS)
    return (made / numpy.linalg.norm(made)).astype("f4")


def look(paths):
    """As looking.Looker, for files whose bytes are the picture; "bad" ones cannot be read."""
    for number, path in enumerate(paths):
        path = walking.path_of(path)
        data, about = path.read_bytes(), path.stat()
        if data.startswith(b"bad"):
            yield number, None
            continue
        facts = (len(data), 1, data, len(data), 1, 0, about.st_size, about.st_mtime_ns)
        yield number, Looked(*facts, b"small " + data)


class Shelf:
    """An index beside its photos, as a process has it; begun anew as often as one likes."""

    def __init__(self, folder, look=look, identity="first"):
        self.index, self.look, self.identity = folder, look, identity
        folder.mkdir(exist_ok=True)

    def scan(self, *roots, look=None):
        self.eyes = Eyes(self.identity)
        self.facts = opened(self.index / "photos.db")
        self.vectors = Vectors(self.index / f"{self.identity}.f16", DIMS, write=True)
        self.thumbs = Thumbs(self.index / "thumbs")
        try:
            scan = Scan(
                *(self.facts, self.vectors, self.thumbs, self.eyes, self.index / "trying"),
                *(look or self.look, 4),
            )
            return list(scan.run([os.fsencode(root) for root in roots]))[-1]
        finally:
            self.facts.close()
            self.vectors.close()

    def known(self):
        """path -> (bytes its vector was made from are right, its small picture)."""
        facts = opened(self.index / "photos.db")
        vectors = Vectors(self.index / f"{self.identity}.f16", DIMS)
        rows, found = vectors.mapped(), {}
        finding = Finding(facts, vectors)
        finding.refresh()
        for key in finding.newest():
            photo = finding.photo(key)
            vector = finding.vector(key)
            thumb = place(self.index / "thumbs", key)
            about = None if vector is None else tuple(vector.astype("f2").tolist())
            small = thumb.read_bytes() if thumb.exists() else b""
            found[photo.path] = (about, small, photo.width, photo.there)
        assert len(rows) >= sum(1 for one in found.values() if one[0])
        facts.close()
        vectors.close()
        return found


def photo(path, data, at=OLD):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    os.utime(path, ns=(at, at))
    return path


def fresh(tmp, *roots, identity="first"):
    """What an index that was never there before has."""
    shutil.rmtree(tmp, ignore_errors=True)
    shelf = Shelf(tmp, identity=identity)
    shelf.scan(*roots)
    return shelf.known()


@pytest.fixture
def shelf(tmp_path):
    return Shelf(tmp_path / "index")


@pytest.fixture
def root(tmp_path):
    made = tmp_path / "photos"
    made.mkdir()
    return made


def test_new_changed_moved_and_deleted_photos_are_noticed(shelf, root, tmp_path):
    a, b = photo(root / "a.jpg", b"a"), photo(root / "deep/er/b.PNG", b"b")
    photo(root / "notes.txt", b"no photo")
    photo(root / ".hidden/c.jpg", b"c")
    told = shelf.scan(root)
    assert isinstance(told, Scanned) and told.folders == ((str(root), 2, 0, True),)
    assert set(shelf.known()) == {os.fsencode(a), os.fsencode(b)}
    shelf.scan(root)
    assert shelf.eyes.seen == 0
    photo(a, b"another a", OLD + 1)
    b.rename(root / "moved.png")
    shelf.scan(root)
    assert shelf.eyes.seen == 1  # what only moved is not looked at again
    assert shelf.known() == fresh(tmp_path / "other", root)
    a.unlink()
    assert shelf.scan(root).folders[0][1] == 1
    assert shelf.known() == fresh(tmp_path / "other", root)
    assert len(list((shelf.index / "thumbs").rglob("*.jpg"))) == 1


def test_a_drive_that_is_away_keeps_its_photos(shelf, root, tmp_path, monkeypatch):
    photo(root / "a.jpg", b"a")
    shelf.scan(root)
    root.rename(tmp_path / "away")
    told = shelf.scan(root)
    assert told.folders == ((str(root), 1, 0, False),)
    assert [there for *_, there in shelf.known().values()] == [False]
    root.mkdir()  # the empty place it is hung into lies on another device
    with monkeypatch.context() as patch:
        patch.setattr(walking, "device", lambda _: 4711)
        assert shelf.scan(root).folders == ((str(root), 1, 0, False),)
    root.rmdir()
    (tmp_path / "away").rename(root)
    assert shelf.scan(root).folders == ((str(root), 1, 0, True),)
    assert shelf.eyes.seen == 0
    (root / "a.jpg").unlink()  # but an empty folder that is the same is just empty
    assert shelf.scan(root).folders == ((str(root), 0, 0, True),)


def test_a_folder_that_cannot_be_read_keeps_its_photos(shelf, root, monkeypatch):
    photo(root / "shut/deep/a.jpg", b"a")
    photo(root / "b.jpg", b"b")
    shelf.scan(root)
    read = walking._look

    def refused(path):
        if path.endswith(b"shut"):
            raise PermissionError
        return read(path)

    monkeypatch.setattr(walking, "_look", refused)
    assert shelf.scan(root).folders == ((str(root), 2, 0, True),)


def test_a_folder_taken_back_is_forgotten_but_for_what_another_one_holds(shelf, root, tmp_path):
    photo(root / "a.jpg", b"a")
    photo(root / "sub/b.jpg", b"b")
    shelf.scan(root)
    shelf.scan(root / "sub")
    assert set(shelf.known()) == {os.fsencode(root / "sub/b.jpg")}
    assert shelf.eyes.seen == 0
    shelf.scan(root, root / "sub")
    assert shelf.eyes.seen == 1 and len(shelf.known()) == 2
    assert shelf.scan().folders == () and shelf.known() == {}
    assert not list((shelf.index / "thumbs").rglob("*.jpg"))


def test_what_cannot_be_read_is_remembered_until_it_changes(shelf, root):
    bad = photo(root / "a.jpg", b"bad")
    photo(root / "b.jpg", b"good")
    assert shelf.scan(root).folders == ((str(root), 1, 1, True),)
    looked = []
    shelf.scan(root, look=lambda paths: looked.extend(paths) or look(paths))
    assert not looked
    photo(bad, b"good now", OLD + 1)
    assert shelf.scan(root).folders == ((str(root), 2, 0, True),)


def test_who_dies_over_a_photo_skips_it_the_third_time(shelf, root):
    killer = photo(root / "killer.jpg", b"k")
    photo(root / "b.jpg", b"b", OLD - 1)

    def dying(paths):
        for number, looked in look(paths):
            if paths[number] == os.fsencode(killer):
                raise Died
            yield number, looked

    alone = Shelf(shelf.index, dying)
    for _ in range(2):
        with pytest.raises(Died):
            one_by_one(alone, root, killer)
    assert one_by_one(alone, root, killer).folders == ((str(root), 1, 1, True),)


def one_by_one(shelf, root, killer):
    """A scan that divides nothing, and leaves its mark as a killed process does."""
    shelf.eyes = Eyes()
    facts = opened(shelf.index / "photos.db")
    vectors = Vectors(shelf.index / "first.f16", DIMS, write=True)
    trying = shelf.index / "trying"
    try:
        about = (facts, vectors, Thumbs(shelf.index / "thumbs"), shelf.eyes)
        return list(Scan(*about, trying, shelf.look, 1).run([os.fsencode(root)]))[-1]
    except Died:
        trying.write_bytes(os.fsencode(killer))
        raise
    finally:
        facts.close()
        vectors.close()


def test_a_file_that_still_grows_waits(shelf, root):
    photo(root / "a.jpg", b"a", time.time_ns())
    photo(root / "b.jpg", b"b", time.time_ns() + 10**15)  # a clock that is ahead
    told = shelf.scan(root)
    assert told.young == 1 and told.folders[0][1] == 1


def test_other_eyes_see_everything_anew(shelf, root, tmp_path):
    for letter in "abc":
        photo(root / f"{letter}.jpg", letter.encode())
    shelf.scan(root)
    other = Shelf(shelf.index, identity="second")
    other.scan(root)
    assert other.eyes.seen == 3
    assert other.known() == fresh(tmp_path / "other", root, identity="second")


def test_vectors_that_are_torn_or_lost_are_made_again(shelf, root, tmp_path):
    for number in range(20):
        photo(root / f"{number}.jpg", b"%d" % number)
    shelf.scan(root)
    file = shelf.index / "first.f16"
    whole = file.read_bytes()
    file.write_bytes(whole[: 7 * DIMS * 2] + b"torn" * 16 + whole[9 * DIMS * 2 :])
    shelf.scan(root)
    assert 1 <= shelf.eyes.seen <= 2
    assert shelf.known() == fresh(tmp_path / "other", root)
    os.truncate(file, 5 * DIMS * 2 + 3)
    shelf.scan(root)
    assert shelf.eyes.seen >= 14
    assert shelf.known() == fresh(tmp_path / "other", root)
    (shelf.index / "photos.db").write_bytes(b"no database" * 1000)
    shelf.scan(root)
    assert shelf.known() == fresh(tmp_path / "other", root)
    shutil.rmtree(shelf.index / "thumbs")
    shelf.scan(root)
    assert shelf.known() == fresh(tmp_path / "other", root)


NAMES = st.sampled_from(["a.jpg", "b.png", "x/c.jpg", "x/y/d.webp", "z/a.jpg"])
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("write"), NAMES, st.integers(0, 5)),
        st.tuples(st.just("delete"), NAMES, st.just(0)),
        st.tuples(st.just("move"), NAMES, st.integers(0, 4)),
        st.tuples(st.just("scan"), st.just(""), st.just(0)),
        st.tuples(st.just("die"), st.just(""), st.integers(0, 12)),
    ),
    min_size=1,
    max_size=14,
)


@settings(max_examples=40, suppress_health_check=list(HealthCheck))
@given(steps=STEPS)
def test_whatever_happens_it_is_as_if_it_were_fresh(tmp_path_factory, steps):
    with pytest.MonkeyPatch.context() as monkey:
        happens(tmp_path_factory.mktemp("shelf"), steps, monkey)


def happens(tmp, steps, monkey):
    root, shelf = tmp / "photos", Shelf(tmp / "index")
    root.mkdir()
    monkey.setattr(os, "fsync", lambda _: None)  # nobody cuts the power here
    for clock, (what, name, number) in enumerate(steps):
        act(root, what, name, number, OLD + clock * 1_000_000)
        if what == "scan":
            shelf.scan(root)
        elif what == "die":
            dies(shelf, root, number)
    shelf.scan(root)
    assert shelf.known() == fresh(tmp / "other", root)
    shutil.rmtree(tmp)


def act(root, what, name, number, at):
    path = root / name
    if what == "write":
        photo(path, b"%s %d" % (name.encode(), number), at)
    elif what == "delete":
        path.unlink(missing_ok=True)
    elif what == "move" and path.is_file():
        path.rename(root / f"moved-{number}{path.suffix}")


def dies(shelf, root, number):
    """The process ends at any step of its writing: before, between and after all of them."""
    left = [number]

    def step(work):
        def stepped(*args):
            left[0] -= 1
            if left[0] < 0:
                raise Died
            return work(*args)

        return stepped

    with pytest.MonkeyPatch.context() as patch:
        for owner, name in (
            *((Thumbs, "write"), (Vectors, "write"), (scanning.Facts, "keep")),
            *((scanning.Facts, "remove"), (Thumbs, "remove"), (scanning.Facts, "keep_folders")),
        ):
            patch.setattr(owner, name, step(getattr(owner, name)))
        with contextlib.suppress(Died):
            shelf.scan(root)


def test_folders_within_folders_count_once():
    assert outermost([b"/a/b", b"/a", b"/ab"]) == [b"/a", b"/ab"]
    assert within(b"/a/b", b"/a/") and not within(b"/ab", b"/a") and not within(b"/a", b"/a")


def test_links_pipes_and_odd_names_are_no_trouble(shelf, root, tmp_path):
    photo(root / "real.jpg", b"r")
    (root / "loop").symlink_to(root)
    (root / "link.jpg").symlink_to(root / "real.jpg")
    (root / "gone.jpg").symlink_to(root / "nowhere")
    os.mkfifo(root / "pipe.jpg")
    odd = os.fsencode(root) + b"/\xff\xfe odd\n.jpg"
    Path(os.fsdecode(odd)).write_bytes(b"o")
    os.utime(odd, ns=(OLD, OLD))
    shelf.scan(root)
    assert set(shelf.known()) == {odd, os.fsencode(root / "real.jpg")}


class TestFinding:
    @pytest.fixture
    def finding(self, shelf, root):
        for number in range(300):
            folder = "Bicycle tour" if number % 100 == 7 else f"{2015 + number % 5}"
            at = (1_420_110_000 + number * 86_400) * 10**9  # from January 2015 on
            photo(root / folder / f"IMG_{number}.jpg", b"%d" % number, at)
        shelf.scan(root)
        facts = opened(shelf.index / "photos.db")
        vectors = Vectors(shelf.index / "first.f16", DIMS)
        made = Finding(facts, vectors)
        made.refresh()
        yield made
        facts.close()
        vectors.close()

    def names(self, finding, keys):
        return [Path(os.fsdecode(finding.photo(key).path)).name for key in keys]

    def test_the_nearest_come_first_as_in_a_search_of_all(self, finding):
        asked = spot(b"123") + 0.3 * spot(b"77")
        asked /= numpy.linalg.norm(asked)
        found = self.names(finding, finding.find(wanted(""), asked, 20))
        likeness = {n: float(spot(b"%d" % n).astype("f2").astype("f4") @ asked) for n in range(300)}
        best = sorted(likeness, key=lambda n: -likeness[n])[:20]
        assert found == [f"IMG_{n}.jpg" for n in best]

    def test_names_of_folders_and_years_count(self, finding):
        asked = spot(b"elsewhere")
        found = self.names(finding, finding.find(wanted("bicycle"), asked, 3))
        assert sorted(found) == ["IMG_107.jpg", "IMG_207.jpg", "IMG_7.jpg"]
        keys = finding.find(wanted("something of 2015"), asked, 290)
        years = [time.gmtime(finding.photo(key).taken).tm_year for key in keys]
        assert set(years) == {2015} and len(years) == 290

    def test_without_eyes_only_names_are_found(self, finding):
        assert self.names(finding, finding.find(wanted("img 7"), None, 1)) == ["IMG_7.jpg"]
        assert finding.find(wanted("zebra"), None, 9) == []

    def test_all_are_there_the_newest_first(self, finding):
        found = self.names(finding, finding.newest())
        assert found == [f"IMG_{n}.jpg" for n in reversed(range(300))]

    def test_what_changes_is_taken_in(self, finding, shelf, root):
        (root / "Bicycle tour/IMG_7.jpg").unlink()
        photo(root / "new bicycle.jpg", b"n")
        shelf.scan(root)
        finding.refresh()
        found = self.names(finding, finding.find(wanted("bicycles"), spot(b"elsewhere"), 3))
        assert sorted(found) == ["IMG_107.jpg", "IMG_207.jpg", "new bicycle.jpg"]
        assert finding.known == 300


@pytest.mark.parametrize(
    ("said", "text", "years", "bare"),
    [
        ("bicycle 2019", "bicycle", {2019}, {"bicycle"}),
        ("find me the red bicycle", "red bicycle", set(), {"red", "bicycle"}),
        ("Find the photo with the red bicycle", "red bicycle", set(), {"red", "bicycle"}),
        ("all pictures of Ann in 2020", "Ann", {2020}, {"ann"}),
        ("find", "find", set(), {"find"}),
        ("photos", "", set(), set()),
        ("show me summer in 2021", "summer", {2021}, {"summer"}),
        ("2020", "", {2020}, set()),
        ("12345 things", "12345 things", set(), {"12345", "things"}),
        ("", "", set(), set()),
        ("Zoë's Ärger", "Zoë's Ärger", set(), {"zoe", "s", "arger"}),
    ],
)
def test_what_is_looked_for_is_taken_apart(said, text, years, bare):
    assert wanted(said) == (text, years, bare)


def test_dates_in_names_are_years_too():
    assert "2019" in words("IMG-20190612-WA0003.jpg")
    assert "1234" not in words("12345678.jpg")


def test_progress_is_told(shelf, root):
    for number in range(9):
        photo(root / f"{number}.jpg", b"%d" % number)
    facts = opened(shelf.index / "photos.db")
    vectors = Vectors(shelf.index / "first.f16", DIMS, write=True)
    scan = Scan(facts, vectors, Thumbs(shelf.index / "t"), Eyes(), shelf.index / "trying", look, 4)
    told = [one for one in scan.run([os.fsencode(root)]) if isinstance(one, Progress)]
    assert told[-1] == Progress("looking", 9, 9) and len(told) == 12
    facts.close()
    vectors.close()
