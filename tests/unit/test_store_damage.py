"""A damaged database: what is read from it and from its backups, and that nothing begins anew."""

import os
import random
import shutil

import apsw
import pytest

from app.store import database
from app.store.conversations import Store, StoredPart
from app.store.disk import Disk

PAGE = 4096
CONVERSATIONS, EARLY, LATE = 12, 8, 8  # turns of each conversation before and after the backup


def opened(path):
    return Store(path, lambda callback: callback(), disk=Disk(ballast=0))


def sentence(conversation, number):
    return f"conversation {conversation} turn {number} " + "of many words " * (number * 3)


def fill(store, first, last):
    for number in range(first, last):
        for conversation in range(1, CONVERSATIONS + 1):
            parts = (StoredPart("text", sentence(conversation, number)),)
            if number == 0:
                store.begin(f"title {conversation}", "user", parts)
                continue
            leaf = store.conversation(conversation).leaf
            store.add_turn(conversation, leaf, "assistant" if number % 2 else "user", parts)
        store.flush()


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A data folder with a backup that knows half of the turns."""
    path = tmp_path_factory.mktemp("made") / "parley.db"
    store = opened(path)
    fill(store, 0, EARLY)
    store.close()
    (backup,) = path.with_name("backups").glob("*.db")
    kept = backup.read_bytes()
    store = opened(path)
    fill(store, EARLY, EARLY + LATE)
    store.close()
    for file in path.with_name("backups").glob("*.db"):
        file.unlink()
    backup.write_bytes(kept)
    backup.chmod(0o600)
    return path.parent


@pytest.fixture
def path(made, tmp_path):
    shutil.copytree(made, tmp_path / "data")
    return tmp_path / "data" / "parley.db"


def unclean(path):
    """As after a crash: the next start looks at the whole file."""
    db = apsw.Connection(str(path))
    db.execute("UPDATE state SET value = 0 WHERE name = 'clean'")
    db.close()


def damage(path, pages, how):
    seeded = random.Random(str(pages))
    with path.open("r+b") as file:
        for page in pages:
            file.seek((page - 1) * PAGE)
            file.write(how(seeded))


def nothing(seeded):
    return bytes(PAGE)


def noise(seeded):
    return seeded.randbytes(PAGE)


def numbers(store):
    """Conversation -> the numbers of its turns that are as they were."""
    found = {}
    for listed in store.conversations(1000):
        turns = store.branch(listed.id)
        words = [turn.parts[0].text if turn.parts else "" for turn in turns]
        found[listed.id] = {n for n in range(EARLY + LATE) if sentence(listed.id, n) in words}
    return found


def assert_sound(path):
    db = apsw.Connection(str(path))
    assert db.execute("PRAGMA integrity_check").get == "ok"
    assert db.execute("PRAGMA foreign_key_check").get is None
    db.close()


@pytest.mark.parametrize("how", [nothing, noise])
def test_without_its_first_page_everything_is_read_with_the_page_of_a_backup(path, caplog, how):
    damage(path, [1], how)
    store = opened(path)
    assert numbers(store) == dict.fromkeys(range(1, CONVERSATIONS + 1), set(range(EARLY + LATE)))
    (words,) = store.notices
    assert f"{CONVERSATIONS} conversations with {CONVERSATIONS * (EARLY + LATE)} messages" in words
    assert "0 messages were not readable" in words
    assert "backup of" in words
    assert len(store.search("many words")) == CONVERSATIONS
    store.close()
    (kept,) = path.parent.glob("damaged-*.db")
    assert str(kept) in words
    assert kept.read_bytes()[:PAGE] == how(random.Random("[1]"))
    assert_sound(path)
    assert opened(path).notices == ()
    caplog.clear()


def test_without_first_page_and_without_backup_everything_is_read_all_the_same(path, caplog):
    shutil.rmtree(path.with_name("backups"))
    damage(path, [1], noise)
    store = opened(path)
    assert numbers(store) == dict.fromkeys(range(1, CONVERSATIONS + 1), set(range(EARLY + LATE)))
    assert "backup" not in store.notices[0]
    store.close()
    caplog.clear()


@pytest.mark.parametrize("backup", [True, False], ids=["backup", "alone"])
@pytest.mark.parametrize("seed", range(8))
def test_pages_of_noise_cost_only_what_was_on_them(path, caplog, seed, backup):
    unclean(path)
    if not backup:
        shutil.rmtree(path.with_name("backups"))
    pages = path.stat().st_size // PAGE
    hit = sorted(random.Random(seed).sample(range(2, pages + 1), 1 + seed % 4))
    damage(path, hit, noise if seed % 2 else nothing)
    store = opened(path)
    whole = numbers(store)
    store.close()
    assert_sound(path)
    count = sum(len(found) for found in whole.values())
    everything = CONVERSATIONS * (EARLY + LATE)
    if backup:
        assert set(whole) >= set(range(1, CONVERSATIONS + 1))
        assert all(whole[c] >= set(range(EARLY)) for c in range(1, CONVERSATIONS + 1)), hit
    assert count >= everything - 20 * len(hit), (hit, count)
    caplog.clear()


@pytest.mark.parametrize("page", [1, 2, 7], ids=["header", "map", "another"])
def test_what_only_stands_in_the_log_is_read_too(tmp_path, caplog, page):
    path = tmp_path / "killed" / "parley.db"
    store = opened(path)
    fill(store, 0, 1)
    store.flush()
    copy = tmp_path / "data"
    shutil.copytree(path.parent, copy)  # as a kill leaves it: the log was never folded in
    store.close()
    if (copy / "parley.db").stat().st_size < PAGE * page:
        (copy / "parley.db").write_bytes(bytes(PAGE * page))
    damage(copy / "parley.db", [page], noise)
    store = opened(copy / "parley.db")
    assert numbers(store) == dict.fromkeys(range(1, CONVERSATIONS + 1), {0})
    store.close()
    caplog.clear()


def test_a_file_cut_short_is_restored(path, caplog):
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size // 2)
    store = opened(path)
    whole = numbers(store)
    assert all(whole[c] >= set(range(EARLY)) for c in range(1, CONVERSATIONS + 1))
    assert store.notices
    store.close()
    assert_sound(path)
    caplog.clear()


@pytest.mark.parametrize("what", ["gone", "empty", "noise", "another file"])
def test_a_file_that_is_gone_or_another_is_never_begun_anew(path, caplog, what):
    if what == "gone":
        path.unlink()
    else:
        contents = {"empty": b"", "noise": os.urandom(50_000), "another file": b"Dear diary\n" * 99}
        path.write_bytes(contents[what])
    store = opened(path)
    assert numbers(store) == dict.fromkeys(range(1, CONVERSATIONS + 1), set(range(EARLY)))
    assert f"{CONVERSATIONS * EARLY} messages were restored" in store.notices[0]
    store.close()
    caplog.clear()


def test_with_no_backup_and_nothing_readable_it_says_so(tmp_path, caplog):
    path = tmp_path / "parley.db"
    path.write_bytes(os.urandom(100_000))
    store = opened(path)
    assert store.conversations() == []
    assert "0 messages were restored" in store.notices[0]
    store.begin("goes on", "user", (StoredPart("text", "x"),))
    store.close()
    (kept,) = tmp_path.glob("damaged-*.db")
    assert kept.stat().st_size == 100_000
    caplog.clear()


def test_a_damaged_backup_is_passed_over(path, caplog):
    backups = path.with_name("backups")
    (good,) = backups.glob("*.db")
    bad = backups / good.name.replace("parley-000001", "parley-000002")
    bad.write_bytes(os.urandom(20_000))
    path.write_bytes(b"gone")
    store = opened(path)
    assert all(found == set(range(EARLY)) for found in numbers(store).values())
    store.close()
    caplog.clear()


def test_a_rescue_killed_between_its_renames_is_finished(path):
    rescued = path.with_name("rescued.db")
    store = opened(path)
    before = numbers(store)
    store.close()
    path.replace(rescued)
    path.with_name("parley.db-wal").write_bytes(b"a log that belongs to the damaged file")
    store = opened(path)
    assert numbers(store) == before
    store.close()
    assert_sound(path)


def test_a_rescue_killed_before_its_renames_begins_again(path, caplog):
    path.with_name("rescued.db").write_bytes(b"half a rescue")
    damage(path, [1], noise)
    store = opened(path)
    assert len(numbers(store)) == CONVERSATIONS
    store.close()
    caplog.clear()


READING, WRITING = "id > 10", "id = 10"  # what of the index's inside breaks which of them


def break_search(path, what, clean):
    db = apsw.Connection(str(path))
    db.config(apsw.SQLITE_DBCONFIG_DEFENSIVE, 0)
    db.execute(f"DELETE FROM words_data WHERE {what}")
    db.execute("UPDATE state SET value = ? WHERE name = 'clean'", (clean,))
    db.close()


def search_until(store, text, count):
    while len(store.search(text)) != count:
        assert store.flush()


@pytest.mark.parametrize("large", [0, 1 << 40], ids=["large", "small"])
@pytest.mark.parametrize("what", [READING, WRITING])
def test_a_damaged_search_index_is_made_anew_while_the_app_runs(
    path, caplog, monkeypatch, large, what
):
    monkeypatch.setattr(database, "LARGE", large)
    break_search(path, what, clean=0)
    store = opened(path)
    assert store.notices == ()
    assert len(numbers(store)) == CONVERSATIONS, "nothing waits for it"
    search_until(store, "many words", CONVERSATIONS)
    store.flush()
    store.close()
    assert list(path.parent.glob("damaged-*")) == []
    assert_sound(path)
    assert "made anew" in caplog.text
    caplog.clear()


def test_the_first_search_that_fails_has_the_index_made_anew(path, caplog):
    break_search(path, READING, clean=1)  # so that nobody looks
    store = opened(path)
    assert store.search("many words") == []
    search_until(store, "many words", CONVERSATIONS)
    store.close()
    assert_sound(path)
    caplog.clear()


def test_a_broken_search_index_keeps_nothing_from_being_saved(path, caplog):
    break_search(path, WRITING, clean=1)
    store = opened(path)
    store.add_turn(1, store.conversation(1).leaf, "user", (StoredPart("text", "zebra"),))
    store.begin("more", "user", (StoredPart("text", "zebra"),))
    store.rename(2, "conversation of zebras", "person")
    assert store.flush()
    assert store.branch(1)[-1].parts[0].text == "zebra"
    store.close()
    assert "made anew at the next start" in caplog.text
    store = opened(path)
    search_until(store, "zebra", 3)
    search_until(store, "many words", CONVERSATIONS)
    store.close()
    assert_sound(path)
    caplog.clear()


def test_of_a_large_file_the_rest_is_checked_meanwhile(path, caplog, monkeypatch):
    monkeypatch.setattr(database, "LARGE", 0)
    db = apsw.Connection(str(path))
    sql = "SELECT pageno FROM dbstat WHERE name = 'trigrams_data' AND pagetype = 'leaf' LIMIT 1"
    page = db.execute(sql).get
    db.close()
    unclean(path)
    damage(path, [page], noise)
    troubles = []
    disk = Disk(ballast=0)
    store = Store(path, lambda callback: callback(), failed=troubles.append, disk=disk)
    assert len(numbers(store)) == CONVERSATIONS
    while not troubles:
        store.flush()
    assert "damaged" in troubles[0].message
    store.close()
    store = opened(path)
    assert "0 messages were not readable" in store.notices[0]
    assert numbers(store) == dict.fromkeys(range(1, CONVERSATIONS + 1), set(range(EARLY + LATE)))
    store.close()
    assert_sound(path)
    caplog.clear()


def test_an_index_that_disagrees_with_its_table_is_made_anew(path, caplog):
    def schema():
        db = apsw.Connection(str(path))
        db.config(apsw.SQLITE_DBCONFIG_DEFENSIVE, 0)
        db.pragma("writable_schema", True)
        return db

    db = schema()
    name = "name = 'conversation_order'"
    kept = db.execute(f"SELECT * FROM sqlite_schema WHERE {name}").fetchall()[0]
    db.execute(f"UPDATE state SET value = 0; DELETE FROM sqlite_schema WHERE {name}")
    db.close()
    db = schema()  # does not know the index, so does not keep it up to date
    db.execute("UPDATE conversation SET touched = 1000 WHERE id = 1")
    db.execute("INSERT INTO sqlite_schema VALUES (?, ?, ?, ?, ?)", kept)
    db.close()
    store = opened(path)
    assert store.notices == ()
    assert store.conversations()[0].id == 1
    store.close()
    assert_sound(path)
    assert "made anew" in caplog.text
    caplog.clear()


def flip(path, conversation, number, letters):
    """Change words on disk as a failing disk does: behind SQLite's back."""
    data = path.read_bytes()
    old = b"textconversation %d turn %d " % (conversation, number)
    assert old in data  # once, and perhaps in an old copy of its page
    path.write_bytes(data.replace(old, b"text" + letters + old[4 + len(letters) :]))


def test_words_that_changed_by_themselves_are_found_and_taken_from_a_backup(path, caplog):
    flip(path, 3, 2, b"CONVERSATION")
    flip(path, 4, EARLY + 2, b"\xff\xfe\xfd")  # not in the backup, and no longer UTF-8
    db = apsw.Connection(str(path))
    db.execute("DELETE FROM state WHERE name = 'swept'")
    db.close()
    troubles = []
    store = Store(path, lambda callback: callback(), failed=troubles.append)
    assert len(store.branch(4)) == EARLY + LATE, "what cannot be read does not hide the rest"
    while not troubles:
        store.flush()
    assert numbers(store)[3] == set(range(EARLY + LATE))
    assert numbers(store)[4] == set(range(EARLY + LATE)) - {EARLY + 2}
    (trouble,) = troubles
    assert "2 messages had changed" in trouble.message
    assert "from a backup: 1." in trouble.message
    store.close()
    caplog.clear()


def test_a_page_that_breaks_while_the_app_runs_is_told(path):
    troubles = []
    store = Store(path, lambda callback: callback(), failed=troubles.append)
    store.flush()

    def broken(db):
        raise apsw.CorruptError("database disk image is malformed")

    store._writer.submit(broken)
    store.flush()
    assert "damaged" in troubles[0].message
    assert "again" in troubles[0].hint
    store.close()
    db = apsw.Connection(str(path))
    assert db.execute("SELECT value FROM state WHERE name = 'clean'").get == 0, "checked next time"
    db.close()


@pytest.mark.parametrize("vfs", [None])
def test_the_rescued_database_is_only_for_the_person(path, caplog, vfs):
    damage(path, [1], noise)
    opened(path).close()
    if os.name == "posix":
        assert path.stat().st_mode & 0o077 == 0
        for file in path.parent.rglob("*"):
            assert file.stat().st_mode & 0o077 == 0, file
    assert Disk().vfs is vfs
    caplog.clear()
