"""Every old database arrives at today's schema, whole, or stays as it was."""

import os
import subprocess
import sys
from pathlib import Path

import apsw
import pytest

from app.store import migrations
from app.store.connection import APPLICATION
from app.store.conversations import Store, StoredPart
from app.store.disk import Disk
from app.store.stored import checksum
from engines.errors import ParleyError

OLD = (StoredPart("text", "old words"),)
INSIDE = ("_data", "_idx", "_docsize", "_config", "_sequence")  # SQLite's own
STEPS = list(migrations.STEPS)
VARIANTS = ("choice", "scale", "grant", "mark", "shelf", "score", "duel")
ROOT = Path(__file__).parents[2]


def schema(db):
    return db.execute("SELECT type, name, sql FROM sqlite_schema ORDER BY name").fetchall()


def as_of(version, path):
    """A database as the app of that version left it."""
    db = apsw.Connection(str(path))
    db.pragma("application_id", APPLICATION)
    db.pragma("journal_mode", "wal")
    for apply in STEPS[:version]:
        apply(db)
    db.pragma("user_version", version)
    if version:
        db.execute("""
            INSERT INTO conversation (id, uuid, title, started, changed, touched)
                VALUES (1, 'c', 'kept', 1, 1, 1);
            INSERT INTO turn (id, uuid, conversation, role, status, said, sha256)
                VALUES (1, 't', 1, 'user', 'done', 1, '');
            INSERT INTO part (turn, place, kind, text) VALUES (1, 0, 'text', 'old words');
            UPDATE conversation SET leaf = 1""")
        db.execute("UPDATE turn SET sha256 = ?", (checksum(OLD),))
    db.close()
    return path


def opened(path):
    return Store(path, lambda callback: callback(), disk=Disk(ballast=0))


@pytest.fixture
def today():
    db = apsw.Connection(":memory:")
    migrations.migrate(db)
    return schema(db)


@pytest.mark.parametrize("since", range(len(STEPS)))
def test_every_old_version_arrives_at_the_same_schema(tmp_path, today, since):
    path = as_of(since, tmp_path / "parley.db")
    store = opened(path)
    if since:
        assert store.branch(1)[0].parts == OLD
    store.close()
    db = apsw.Connection(str(path))
    assert schema(db) == today
    assert db.pragma("user_version") == len(STEPS)
    db.close()
    backups = [f.name for f in tmp_path.glob("backups/before-version-*.db")]
    assert backups == ([f"before-version-{since + 1}.db"] if since else [])
    if since:
        kept = apsw.Connection(str(tmp_path / "backups" / backups[0]))
        assert kept.execute("SELECT text FROM part").get == "old words"
        assert kept.pragma("user_version") == since
        kept.close()


@pytest.mark.parametrize("version", range(1, len(STEPS) + 1))
def test_what_each_step_makes_is_never_changed(version):
    """A released step is only followed by others: its schema is this one for ever."""
    db = apsw.Connection(":memory:")
    for apply in STEPS[:version]:
        apply(db)
    tables = {name for kind, name, _ in schema(db) if kind == "table" and not name.endswith(INSIDE)}
    grown = [
        {"conversation", "turn", "part", "attachment"},
        {"words", "trigrams", "title_words", "title_trigrams"},
        {"state", "model_file"},
        {"new_draft"},
        {"permission", "sent"},
        {"reminder"},
        {"sound_file", "sound_line"},
        {"draft_part"},
        {f"variant_{name}" for name in VARIANTS},
    ]
    assert tables == set().union(*grown[:version])


def broken(db):
    db.execute("CREATE TABLE half (id); DELETE FROM part; INSERT INTO half VALUES (1)")
    raise apsw.SQLError("this step fails")


def test_a_failing_step_leaves_nothing_behind(tmp_path, monkeypatch, today):
    path = as_of(len(STEPS), tmp_path / "parley.db")
    monkeypatch.setattr(migrations, "STEPS", [*STEPS, broken])
    with pytest.raises(ParleyError):
        opened(path)
    db = apsw.Connection(str(path))
    assert schema(db) == today
    assert db.pragma("user_version") == len(STEPS)
    db.close()
    monkeypatch.undo()
    store = opened(path)
    assert store.branch(1)[0].parts == OLD
    store.close()


def test_the_steps_before_a_failing_one_are_kept(monkeypatch):
    db = apsw.Connection(":memory:")
    monkeypatch.setattr(migrations, "STEPS", [*STEPS[:1], broken, *STEPS[1:]])
    with pytest.raises(apsw.SQLError):
        migrations.migrate(db)
    assert db.pragma("user_version") == 1
    monkeypatch.undo()
    migrations.migrate(db)
    assert db.pragma("user_version") == len(STEPS)


def test_a_newer_database_is_refused_in_words_and_not_touched(tmp_path):
    path = as_of(len(STEPS), tmp_path / "parley.db")
    db = apsw.Connection(str(path))
    db.pragma("user_version", len(STEPS) + 1)
    db.close()
    before = path.read_bytes()
    with pytest.raises(ParleyError, match="newer Parley"):
        opened(path)
    assert path.read_bytes() == before
    assert [f.name for f in tmp_path.iterdir() if "damaged" in f.name] == []


KILLED = """
import os, sys
from pathlib import Path
import apsw
from app.store import migrations
from app.store.conversations import Store

def long_step(db):
    db.execute("CREATE TABLE later (id INTEGER PRIMARY KEY, text TEXT)")
    for n in range(200):
        db.execute("INSERT INTO later (text) VALUES (?)", ("x" * 2000,))
    db.execute("UPDATE part SET text = 'new words'")

migrations.STEPS.append(long_step)
path, left = Path(sys.argv[1]), int(sys.argv[2])

def traced(event):
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), 9) if os.name == "posix" else os._exit(9)

apsw.connection_hooks.append(lambda db: db.trace_v2(apsw.SQLITE_TRACE_STMT, traced))
Store(path, lambda callback: callback())
print("opened")
"""


@pytest.mark.parametrize("statements", [25, 60, 120, 200, 236, 240, 243, 100_000])
def test_a_migration_killed_at_any_statement_is_done_or_not_done(tmp_path, statements):
    path = as_of(len(STEPS), tmp_path / "parley.db")
    run = subprocess.run(
        [sys.executable, "-c", KILLED, str(path), str(statements)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ("opened" in run.stdout) == (statements > 1000), run.stderr
    db = apsw.Connection(str(path))
    assert db.execute("PRAGMA integrity_check").get == "ok"
    done = db.pragma("user_version") == len(STEPS) + 1
    assert done == bool(db.execute("SELECT 1 FROM sqlite_schema WHERE name = 'later'").get)
    assert db.execute("SELECT text FROM part").get == ("new words" if done else "old words")
    if done:
        assert db.execute("SELECT count(*) FROM later").get == 200
    db.close()
