"""Getting back what a damaged database held: the newest good backup, and what is readable."""

import logging
import shutil
import tempfile
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import apsw

from app.store import connection, migrations, search
from app.store.backups import Backups
from app.store.checks import faults
from app.store.disk import Disk, sync_file, sync_folder
from app.store.reading import DOWN, ask
from app.store.salvage import Found, Row, copied, salvage
from app.store.stored import StoredPart, checksum, now
from app.store.transaction import transaction

log = logging.getLogger(__name__)
FRESH = "rescued.db"
LOST_TITLE = "Recovered conversation"


@dataclass
class Outcome:
    back: int = 0  # turns read from the damaged file
    lost: int = 0  # turns that are in neither the damaged file nor the backup
    torn: int = 0  # turns that are back, but not as they were


def rescue(path: Path, backups: Backups, disk: Disk) -> str:
    """Put a sound database at path; says in words what came back. The damaged one is kept.

    The new one is made whole beside the damaged one before their names change.
    """
    fresh = path.with_name(FRESH)
    for file in path.parent.glob(f"{FRESH}*"):
        file.unlink()
    backup = _restore(fresh, backups, disk)
    db = connection.connect(fresh, disk, journal="delete")
    outcome = Outcome()
    try:
        migrations.migrate(db)
        with transaction(db):
            _bring_in(db, _read_damaged(path, backup), outcome)
        counts = [db.execute(f"SELECT count(*) FROM {t}").get for t in ("conversation", "turn")]
    finally:
        db.close()
    sync_file(fresh)
    damaged = _swap(path)
    log.info("rescued: %s, backup %s", outcome, backup)
    return _told(damaged, backup, outcome, *counts)


def finish_rescue(path: Path) -> None:
    """A rescue that was killed between the two changes of names."""
    if not path.exists() and path.with_name(FRESH).exists():
        _swap(path)


def _read_damaged(path: Path, backup: Path | None) -> Found:
    if not path.exists():
        return Found()
    try:
        with tempfile.TemporaryDirectory(prefix="rescue-", dir=path.parent) as work:
            return salvage(copied(path, Path(work)), backup)
    except OSError as error:
        log.error("the damaged file could not be copied: %s", error)
        return Found()


def _swap(path: Path) -> Path:
    """Rename the damaged database and its log, then give its name to the sound one."""
    stamp = f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{uuid.uuid4().hex[:4]}"
    damaged = path.with_name(f"damaged-{stamp}.db")
    for ending in ("", "-wal", "-shm"):  # a log left here would be played into the sound one
        file = path.with_name(path.name + ending)
        if file.exists():
            file.replace(damaged.with_name(damaged.name + ending))
    path.with_name(FRESH).replace(path)
    sync_folder(path.parent)
    return damaged


def _told(damaged: Path, backup: Path | None, outcome: Outcome, conversations: int, turns: int):
    words = f"The file with your conversations was damaged. {conversations} conversations with "
    words += f"{turns} messages were restored, {outcome.back} of them read from the damaged file"
    if backup:
        made = datetime.fromtimestamp(backup.stat().st_mtime, UTC).astimezone()
        words += f" and the rest from the backup of {made:%Y-%m-%d %H:%M}"
    words += f"; {outcome.lost} messages were not readable"
    if outcome.torn:
        words += f", and {outcome.torn} are not quite as they were"
    return f"{words}. The damaged file is kept as {damaged}."


def _restore(fresh: Path, backups: Backups, disk: Disk) -> Path | None:
    """Copy the newest backup that is sound to fresh."""
    for backup in backups.newest_first() + backups.before_migrations():
        try:
            db = apsw.Connection(str(backup), vfs=disk.vfs)
            sound = not faults(db) and db.pragma("user_version") > 0
            sound = sound and db.pragma("user_version") <= len(migrations.STEPS)
            db.close()
        except apsw.Error as error:
            log.warning("the backup %s does not open: %s", backup.name, error)
            continue
        if sound:
            shutil.copyfile(backup, fresh)
            return backup
        log.warning("the backup %s is damaged, too", backup.name)
    return None


def _bring_in(db: apsw.Connection, found: Found, outcome: Outcome) -> None:
    """Add what was read to what the backup had; where both have a turn, the sound one stays."""
    for id in {row["conversation"] for row in found.turns.values()} | set(found.conversations):
        _attempt(db, lambda id=id: _put_conversation(db, id, found.conversations.get(id, {})))
    for id, row in sorted(found.turns.items()):
        known = db.execute("SELECT sha256 FROM turn WHERE id = ?", (id,)).get
        if known and id not in found.whole:
            continue  # the backup's is sound
        if _attempt(db, lambda row=row, known=known: _put_turn(db, row, found, known)):
            outcome.back += 1
            outcome.torn += id not in found.whole
    _mend_places(db, found)
    there = {row[0] for row in db.execute("SELECT id FROM turn")}
    outcome.lost = len(found.named - there)


def _attempt(db: apsw.Connection, put: Callable[[], None]) -> bool:
    """A row whose damage breaks a rule of the schema is left out, and no other."""
    try:
        with transaction(db):
            put()
    except apsw.ConstraintError as error:
        log.warning("a row could not be taken over: %s", error)
        return False
    return True


def _put_conversation(db: apsw.Connection, id: int, row: Row) -> None:
    """The salvaged row wins; without one, the backup's stays or a stand-in is made."""
    sql = """INSERT INTO conversation
             (id, uuid, title, titled_by, started, changed, touched, pinned, draft, deleted)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO"""
    kept = "NOTHING"
    if row:
        kept = """UPDATE SET title = excluded.title, titled_by = excluded.titled_by,
                  changed = excluded.changed, touched = excluded.touched,
                  pinned = excluded.pinned, draft = excluded.draft, deleted = excluded.deleted"""
    title = _text(row, "title", LOST_TITLE)
    db.execute(
        f"{sql} {kept}",
        (
            *(id, _text(row, "uuid", str(uuid.uuid4())), title, _text(row, "titled_by")),
            *(_number(row, "started", now()), _number(row, "changed", now())),
            *(_number(row, "touched", id), _number(row, "pinned"), _text(row, "draft")),
            _number(row, "deleted", None),
        ),
    )
    search.index_title(db, id, db.execute("SELECT title FROM conversation WHERE id = ?", (id,)).get)


def _put_turn(db: apsw.Connection, row: Row, found: Found, known: str | None) -> None:
    above = found.turns.get(row["parent"], {})
    role = "assistant" if above.get("role") == "user" else "user"  # when the row was unreadable
    db.execute(
        """INSERT INTO turn
           (id, uuid, conversation, parent, role, status, said, facts, sha256, deleted, binned)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?, '', ?, ?)
           ON CONFLICT (id) DO UPDATE SET status = excluded.status, facts = excluded.facts,
           deleted = excluded.deleted, binned = excluded.binned""",
        (
            *(row["id"], _text(row, "uuid", str(uuid.uuid4())), row["conversation"]),
            *(row["parent"], _text(row, "role", role), _text(row, "status", "done")),
            *(_number(row, "said", _number(above, "said", now())), _text(row, "facts", "{}")),
            *(_number(row, "deleted", None), _number(row, "binned", None)),
        ),
    )
    parts = found.parts.get(row["id"], ())
    if checksum(parts) != known:
        _put_parts(db, row["id"], parts)


def _put_parts(db: apsw.Connection, turn: int, parts: tuple[StoredPart, ...]) -> None:
    sha256 = checksum(parts)
    db.execute("UPDATE turn SET sha256 = ? WHERE id = ?", (sha256, turn))
    db.execute("DELETE FROM part WHERE turn = ?", (turn,))
    for place, part in enumerate(parts):
        file = part.attachment or None
        if file:
            db.execute("INSERT OR IGNORE INTO attachment VALUES (?, 0, ?)", (file, now()))
        sql = "INSERT INTO part (turn, place, kind, text, attachment) VALUES (?, ?, ?, ?, ?)"
        db.execute(sql, (turn, place, part.kind, part.text, file))
    search.index_turn(db, turn, "\n".join(p.text for p in parts if p.kind == "text"))


def _mend_places(db: apsw.Connection, found: Found) -> None:
    """A turn whose parent is lost goes under the one before it; a lost leaf is the newest turn."""
    db.execute("""
        UPDATE turn SET parent = (SELECT max(id) FROM turn AS before
            WHERE before.conversation = turn.conversation AND before.id < turn.id)
        WHERE parent IS NOT NULL AND parent NOT IN (SELECT id FROM turn)""")
    for id in {row["conversation"] for row in found.turns.values()} - set(found.conversations):
        db.execute("UPDATE conversation SET leaf = NULL WHERE id = ?", (id,))
    for id, row in found.conversations.items():
        db.execute(
            """UPDATE conversation SET leaf = ?1 WHERE id = ?2 AND EXISTS (
               SELECT 1 FROM turn WHERE id = ?1 AND turn.conversation = ?2)""",
            (row["leaf"], id),
        )
    db.execute("""
        UPDATE conversation SET leaf = (SELECT max(id) FROM turn
            WHERE turn.conversation = conversation.id AND deleted IS NULL)
        WHERE leaf IS NULL""")
    sql = """SELECT id, leaf FROM conversation WHERE EXISTS
             (SELECT 1 FROM turn WHERE parent = leaf AND turn.deleted IS NULL)"""
    for id, leaf in ask(db, sql):  # an older row of the conversation than of its turns
        sql = "UPDATE conversation SET leaf = ? WHERE id = ?"
        db.execute(sql, (ask(db, DOWN, leaf)[0][0], id))


def _text(row: Row, name: str, otherwise: str = "") -> str:
    value = row.get(name)
    return value if isinstance(value, str) else otherwise


def _number(row: Row, name: str, otherwise: Any = 0) -> Any:
    value = row.get(name)
    return value if isinstance(value, int) else otherwise
