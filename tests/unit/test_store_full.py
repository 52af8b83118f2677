"""A disk that is full: what is written then waits, and nothing acknowledged is lost."""

import threading
from dataclasses import dataclass, field
from pathlib import Path

import apsw
import pytest

from app.store.conversations import Store, StoredPart
from app.store.disk import Disk
from app.store.trouble import AlmostFull, DiskFull, NoRoomToStart

KB = 1024
RESERVE = 256 * KB


class SmallFile(apsw.VFSFile):
    def __init__(self, disk, name, flags):
        super().__init__("", name, flags)
        self._disk = disk

    def xWrite(self, data, offset):
        grows = offset + len(data) - self.xFileSize()
        if grows > 0 and grows > self._disk.room():
            raise apsw.FullError("no space left on this disk")
        super().xWrite(data, offset)


class SmallSystem(apsw.VFS):
    """SQLite's files on a disk whose size the test sets."""

    def __init__(self, disk):
        self._disk = disk
        super().__init__(disk.vfs, "")

    def xOpen(self, name, flags):
        return SmallFile(self._disk, name, flags)


@dataclass(frozen=True)
class SmallDisk(Disk):
    folder: Path = Path()
    size: dict = field(default_factory=lambda: {"bytes": 64 * 1024 * KB})

    def used(self):
        return sum(f.stat().st_size for f in self.folder.rglob("*") if f.is_file())

    def room(self):
        return max(0, self.size["bytes"] - self.used())

    def free(self, folder):
        return self.room()

    def fill(self, left=0):
        self.size["bytes"] = self.used() + left

    def enlarge(self):
        self.size["bytes"] = 64 * 1024 * KB


@pytest.fixture
def disk(tmp_path):
    disk = SmallDisk(vfs=f"small-{tmp_path.name}", ballast=RESERVE, retry=0.02, folder=tmp_path)
    system = SmallSystem(disk)
    yield disk
    system.unregister()


class Session:
    """A store on a small disk, and what it said."""

    def __init__(self, disk):
        self.heard, self.troubles, self.waiting = [], [], threading.Event()
        self.store = Store(disk.folder / "parley.db", lambda c: c(), failed=self.trouble, disk=disk)
        self.store.flush()

    def trouble(self, error):
        self.troubles.append(error)
        if isinstance(error, DiskFull):
            self.waiting.set()

    def say(self, text):
        self.store.begin(
            text[:20], "user", (StoredPart("text", text),), lambda *a: self.heard.append(a)
        )

    @property
    def said(self):
        return [turn.parts[0].text for _, turn in self.heard]


def stored(disk):
    db = apsw.Connection(str(disk.folder / "parley.db"))
    texts = [row[0] for row in db.execute("SELECT text FROM part ORDER BY id")]
    assert db.execute("PRAGMA integrity_check").get == "ok"
    db.close()
    return texts


def test_the_reserve_saves_what_is_written_when_the_disk_is_full(disk):
    session = Session(disk)
    assert (disk.folder / "reserve").stat().st_size == RESERVE
    session.say("before")
    session.store.flush()
    disk.fill()
    session.say("important " * 2000)
    assert session.store.flush()
    assert session.said[1:] == ["important " * 2000]
    assert [type(t) for t in session.troubles] == [AlmostFull]
    assert not (disk.folder / "reserve").exists()
    disk.enlarge()
    session.store.close()
    assert stored(disk) == session.said


def test_what_does_not_fit_is_told_kept_and_written_when_there_is_room(disk):
    session = Session(disk)
    session.say("first")
    session.store.flush()
    disk.fill()
    texts = [f"{n} " + "words " * 5000 for n in range(20)]
    for text in texts:
        session.say(text)
    assert session.waiting.wait(20)
    assert session.store.flush(0.1) is False
    before = len(session.heard)
    assert before < 21
    assert [type(t) for t in session.troubles][:2] == [AlmostFull, DiskFull]
    session.say("while full")
    assert len(session.store.conversations()) == before, "reading goes on"
    assert all(t.message and t.hint for t in session.troubles)
    disk.enlarge()
    while not session.store.flush(30):
        assert disk.room()
    assert session.said == ["first", *texts, "while full"], "in the order they were written"
    assert len([t for t in session.troubles if isinstance(t, DiskFull)]) <= 22
    assert (disk.folder / "reserve").exists(), "made again for the next time"
    session.store.close()
    assert stored(disk) == session.said


def test_quitting_with_a_full_disk_ends_and_loses_only_what_was_never_acknowledged(disk, caplog):
    session = Session(disk)
    session.say("first")
    session.store.flush()
    disk.fill()
    for n in range(20):
        session.say(f"{n} " + "words " * 5000)
    assert session.waiting.wait(20)
    session.store.close()
    assert len(session.heard) < 21
    assert "writes were lost" in caplog.text
    caplog.clear()
    disk.enlarge()
    assert stored(disk) == session.said
    again = Session(disk)
    assert again.troubles == []
    again.store.close()


def test_starting_on_a_full_disk_uses_the_reserve_and_without_one_says_so(disk):
    session = Session(disk)
    session.say("kept")
    session.store.close()
    disk.fill()
    session = Session(disk)
    assert [c.title for c in session.store.conversations()] == ["kept"]
    session.store.close()
    disk.fill()
    (disk.folder / "reserve").unlink(missing_ok=True)
    disk.fill()
    with pytest.raises(NoRoomToStart):
        Session(disk)
    disk.enlarge()
    session = Session(disk)
    assert [c.title for c in session.store.conversations()] == ["kept"]
    session.store.close()


def test_whoever_is_told_of_a_full_disk_may_write_at_once(disk):
    session = Session(disk)
    session.say("first")
    session.store.flush()
    disk.fill()
    (disk.folder / "reserve").unlink()
    disk.fill()
    for n in range(3):
        parts = (StoredPart("text", "words " * 5000),)
        session.store.begin(
            str(n), "user", parts, failed=lambda _: session.store.save_draft(1, "kept")
        )
    session.say("not yet")
    assert session.waiting.wait(20)
    disk.enlarge()
    while not session.store.flush(30):
        assert disk.room()
    assert session.store.conversation(1).draft == "kept"
    assert session.said == ["first", "not yet"]
    session.store.close()


def test_a_database_that_may_not_grow_behaves_as_on_a_full_disk(tmp_path):
    """The same through SQLite's own limit, without a file system of ours."""
    told, heard, tries = [], [], []

    def large(db):
        more = 10 if len(tries) < 4 else 100_000
        tries.append(db.pragma("max_page_count", db.pragma("page_count") + more))
        db.execute("UPDATE conversation SET draft = ?", ("words " * 20_000,))
        return ("large",)

    disk = Disk(ballast=0, retry=0.02)
    store = Store(tmp_path / "parley.db", lambda c: c(), told.append, disk)
    store.begin("first", "user", ())
    store._writer.submit(large, heard.append)
    store.rename(1, "after", "person", heard.append)
    while not store.flush(20):
        assert len(heard) < 2
    assert heard == ["large", 1]
    assert len(tries) == 5
    assert [type(t) for t in told] == [DiskFull]
    assert len(store.conversation(1).draft) == 120_000
    store.close()
