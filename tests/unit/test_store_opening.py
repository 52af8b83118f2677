"""Where the data lies: its modes, its backups, and folders that cannot hold it."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import apsw
import pytest

from app.store import backups, connection, database
from app.store.backups import Backups, thinned
from app.store.conversations import Store, StoredPart
from app.store.disk import Disk, _mount_kind
from engines.errors import ParleyError

QUIET = Disk(ballast=0)


def opened(path, disk=QUIET):
    return Store(path, lambda callback: callback(), disk=disk)


def say(store, text="hello"):
    store.begin(text, "user", (StoredPart("text", text),))
    assert store.flush()


def texts(path):
    db = apsw.Connection(str(path))
    found = [row[0] for row in db.execute("SELECT text FROM part ORDER BY id")]
    db.close()
    return found


@pytest.fixture
def path(tmp_path):
    return tmp_path / "data" / "parley.db"


def test_what_is_written_is_there_at_the_next_start(path):
    store = opened(path)
    say(store)
    store.close()
    store = opened(path)
    assert [t.parts[0].text for t in store.branch(1)] == ["hello"]
    assert store.notices == ()
    store.close()


def test_the_connection_follows_the_recipe(path):
    store = opened(path)
    assert store.flush()  # its thread has nothing to do while we ask
    db = store._database.writer
    expected = {
        **{"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 5000},
        **{"trusted_schema": 0, "cell_size_check": 1, "mmap_size": 0, "page_size": 4096},
        **{"auto_vacuum": 2, "application_id": connection.APPLICATION, "fullfsync": 1},
        **{"checkpoint_fullfsync": 1, "wal_autocheckpoint": 1000},
    }
    assert {name: db.pragma(name) for name in expected} == expected
    with pytest.raises(apsw.SQLError):  # defensive
        db.execute("DELETE FROM words_data")
    with pytest.raises(apsw.ReadOnlyError):
        store._reader.execute("DELETE FROM turn")
    store.close()


def test_everything_is_only_for_the_person(path):
    store = Store(path, lambda callback: callback())
    say(store)
    store.add_attachment(b"secret")
    modes = {f.name: f.stat().st_mode & 0o777 for f in path.parent.rglob("*")}
    store.close()
    modes |= {f.name: f.stat().st_mode & 0o777 for f in path.parent.rglob("*")}
    assert {"parley.db", "parley.db-wal", "parley.db-shm", "reserve", "backups"} <= set(modes)
    if os.name == "posix":
        assert path.parent.stat().st_mode & 0o777 == 0o700
        assert {name for name, mode in modes.items() if mode not in (0o600, 0o700)} == set()


def test_a_database_others_could_read_is_closed_to_them(path):
    opened(path).close()
    path.chmod(0o644)
    opened(path).close()
    if os.name == "posix":
        assert path.stat().st_mode & 0o777 == 0o600


def no_folder(tmp_path):
    (tmp_path / "file").write_text("not a folder")
    return tmp_path / "file" / "parley.db"


def a_folder_instead(tmp_path):
    (tmp_path / "parley.db").mkdir()
    return tmp_path / "parley.db"


def not_utf8(tmp_path):
    return tmp_path / os.fsdecode(b"caf\xe9") / "parley.db"


def too_long(tmp_path):
    return tmp_path / ("x" * 300) / "parley.db"


@pytest.mark.parametrize("place", [no_folder, a_folder_instead, not_utf8, too_long])
def test_a_folder_that_cannot_hold_the_data_is_refused_in_words(tmp_path, place):
    with pytest.raises(ParleyError, match=r"cannot write its data") as refused:
        opened(place(tmp_path))
    assert refused.value.hint


class ReadOnly(apsw.VFS):
    """A disk that has become read-only."""

    def __init__(self, name):
        super().__init__(name, "")

    def xOpen(self, name, flags):
        flags[0] = flags[0] & ~apsw.SQLITE_OPEN_READWRITE & ~apsw.SQLITE_OPEN_CREATE
        flags[0] |= apsw.SQLITE_OPEN_READONLY
        return apsw.VFSFile("", name, flags)


def test_a_file_that_cannot_be_written_is_refused_in_words(path):
    opened(path).close()
    system = ReadOnly("read-only")
    with pytest.raises(ParleyError, match="cannot write"):
        opened(path, Disk(vfs="read-only", ballast=0))
    system.unregister()
    opened(path).close()


def test_a_file_of_another_program_is_refused_and_not_touched(path):
    path.parent.mkdir()
    db = apsw.Connection(str(path))
    db.execute("CREATE TABLE songs (name); PRAGMA application_id = 77")
    db.close()
    before = path.read_bytes()
    with pytest.raises(ParleyError, match="another program"):
        opened(path)
    assert path.read_bytes() == before


class Far(Disk):
    def is_network(self, folder):
        return True


def test_in_a_network_folder_there_is_no_log_to_share(path):
    store = opened(path, Far(ballast=0))
    assert "network folder" in store.notices[0]
    assert store.flush()
    assert store._database.writer.pragma("journal_mode") == "delete"
    assert store._database.writer.pragma("synchronous") == 2
    say(store)
    assert len(store.conversations()) == 1
    store.close()
    store = opened(path)  # and back on a disk of this machine
    assert store.flush()
    assert store._database.writer.pragma("journal_mode") == "wal"
    store.close()


def test_a_folder_that_is_copied_to_a_server_is_told(tmp_path):
    store = opened(tmp_path / "Dropbox" / "parley" / "parley.db")
    assert "copied to a server" in store.notices[0]
    store.close()


@pytest.mark.parametrize(
    ("folder", "kind"),
    [
        ("/home/ann", "ext4"),
        ("/home/ann/far", "nfs4"),
        ("/home/ann/far/deep", "nfs4"),
        ("/home/ann/farther", "ext4"),
        ("/mnt/a b/c", "cifs"),
        ("/other", "overlay"),
    ],
)
def test_the_kind_of_disk_is_that_of_the_nearest_mount(folder, kind):
    mounts = (
        "overlay / overlay rw 0 0\n/dev/sda /home ext4 rw 0 0\n"
        "srv:/far /home/ann/far nfs4 rw 0 0\n//srv/b /mnt/a\\040b cifs rw 0 0\n"
    )
    assert _mount_kind(Path(folder), mounts) == kind


def test_an_unclean_end_is_noticed_and_a_clean_one_is_trusted(path, monkeypatch):
    looked = []
    monkeypatch.setattr(database, "faults", lambda db, *_: looked.append(db) or [])
    store = opened(path)
    say(store)
    store.close()
    checks = len(looked)  # of the empty file
    opened(path).close()
    assert len(looked) == checks
    db = apsw.Connection(str(path))
    db.execute("UPDATE state SET value = 0 WHERE name = 'clean'")
    db.close()
    opened(path).close()
    assert len(looked) == checks + 1
    db = apsw.Connection(str(path))
    db.execute("UPDATE state SET value = value - 8 * 86400000 WHERE name = 'checked'")
    db.close()
    opened(path).close()
    assert len(looked) == checks + 2


def test_a_backup_is_made_at_the_end_of_a_session_that_changed_something(path):
    store = opened(path)
    say(store, "one")
    store.close()
    folder = path.with_name("backups")
    (first,) = folder.iterdir()
    assert texts(first) == ["one"]
    store = opened(path)
    store.search("one")
    store.close()
    assert list(folder.iterdir()) == [first], "nothing was changed"
    store = opened(path)
    say(store, "two")
    store.close()
    assert [texts(f) for f in sorted(folder.iterdir())] == [["one"], ["one", "two"]]
    db = apsw.Connection(str(first))
    assert db.execute("PRAGMA integrity_check").get == "ok"
    db.close()


def test_a_backup_is_made_some_time_after_a_change_while_writing_goes_on(path, monkeypatch):
    monkeypatch.setattr(backups, "EVERY", 0.05)
    monkeypatch.setattr(backups, "STEP", 2)
    store = opened(path)
    folder = path.with_name("backups")
    count = 0
    while not list(folder.glob("*.db")):
        count += 1
        say(store, f"turn {count} " + "x" * 3000)
    (made, *_) = sorted(folder.glob("*.db"))
    kept = texts(made)
    assert kept == [f"turn {n} " + "x" * 3000 for n in range(1, len(kept) + 1)]
    store.close()


class Tight(Disk):
    def free(self, folder):
        return 10_000_000


def test_no_backup_is_made_where_there_is_no_room_for_it(path):
    store = opened(path, Tight(ballast=0))
    say(store)
    store.close()
    assert list(path.with_name("backups").glob("*")) == []


def test_a_backup_that_fails_leaves_the_session_alone(path, caplog):
    store = opened(path)
    say(store)
    path.with_name("backups").write_text("a file where the folder should be")
    store.close()
    assert "no backup could be made" in caplog.text
    caplog.clear()
    assert texts(path) == ["hello"]


def test_backups_are_numbered_whatever_the_clock_says(path, monkeypatch):
    store = opened(path)
    say(store)
    store.close()
    folder = path.with_name("backups")
    (first,) = folder.iterdir()
    future = folder / "parley-000007-29991231-235959.db"
    first.replace(future)
    made = Backups(path, QUIET).make()
    assert made.name.startswith("parley-000008-")
    assert Backups(path, QUIET).newest_first() == [made, future]


def test_backups_are_thinned_with_age():
    now = datetime(2026, 6, 30, 12, tzinfo=UTC)
    times = [now - timedelta(hours=3 * n) for n in range(8 * 400)]
    files = [Path(f"parley-{3200 - n:06}-{t:%Y%m%d-%H%M%S}.db") for n, t in enumerate(times)]
    gone = set(thinned(files))
    kept = [f for f in files if f not in gone]
    ages = [(now - t).days for f, t in zip(files, times, strict=True) if f not in gone]
    assert kept[:6] == files[:6]
    assert [sum(age < days for age in ages) for days in (7, 28, 180)] == [11, 13, 18]
    assert max(ages) < 184
    assert thinned(files[:6]) == []
    assert thinned(kept) == [], "thinning what was thinned takes nothing more"
