"""The changes themselves, as functions of a connection inside the writer's transaction."""

import uuid
from collections.abc import Iterable

import apsw

from app.store import search
from app.store.reading import DOWN, one_turn
from app.store.stored import StoredPart, StoredTurn, checksum, clean, now
from engines.errors import ParleyError

UNDER = """
    WITH RECURSIVE under (id) AS (VALUES (?1)
        UNION ALL SELECT turn.id FROM under JOIN turn ON turn.parent = under.id)"""


def begin(db: apsw.Connection, title: str, by: str = "") -> int:
    """A new conversation without turns; its id."""
    time = now()
    db.execute(
        """INSERT INTO conversation (uuid, title, titled_by, started, changed, touched)
           VALUES (?, ?, ?, ?, ?, (SELECT coalesce(max(touched), 0) + 1 FROM conversation))""",
        (str(uuid.uuid4()), title, by, time, time),
    )
    conversation = db.last_insert_rowid()
    search.index_title(db, conversation, title)
    return conversation


def add_turn(
    db: apsw.Connection,
    conversation: int,
    parent: int | None,
    role: str,
    parts: tuple[StoredPart, ...],
    status: str,
    facts: str,
) -> StoredTurn:
    """Append a turn and show it. Raises ParleyError when its place was deleted meanwhile."""
    _check_place(db, conversation, parent)
    db.execute(
        """INSERT INTO turn (uuid, conversation, parent, role, status, said, facts, sha256)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?)""",
        (
            *(str(uuid.uuid4()), conversation, parent, role, status, now()),
            *(facts, checksum(parts)),
        ),
    )
    turn = db.last_insert_rowid()
    _write_parts(db, turn, parts)
    if status != "streaming":
        search.index_turn(db, turn, _said(parts))
    db.execute(
        """UPDATE conversation SET leaf = ?, changed = ?,
           touched = (SELECT max(touched) + 1 FROM conversation) WHERE id = ?""",
        (turn, now(), conversation),
    )
    stored = one_turn(db, turn)
    assert stored
    return stored


def write_answer(
    db: apsw.Connection,
    turn: int,
    parts: tuple[StoredPart, ...],
    status: str,
    facts: str | None,
) -> None:
    """Replace what a turn holds; parts that did not change are not written again."""
    before = db.execute("SELECT status, sha256 FROM turn WHERE id = ?", (turn,)).fetchone()
    if before is None:
        raise ParleyError("This message was deleted for good.", detail=f"turn {turn}")
    after = status, checksum(parts)
    db.execute("UPDATE turn SET status = ?, sha256 = ? WHERE id = ?", (*after, turn))
    if facts is not None:
        db.execute("UPDATE turn SET facts = ? WHERE id = ?", (facts, turn))
    _write_parts(db, turn, parts)
    if status != "streaming" and (before[0] == "streaming" or before[1] != after[1]):
        search.index_turn(db, turn, _said(parts))  # once, at the end: it costs with the length


def rename(db: apsw.Connection, conversation: int, title: str, by: str) -> None:
    title = clean(title)
    sql = "UPDATE conversation SET title = ?, titled_by = ? WHERE id = ?"
    db.execute(sql, (title, by, conversation))
    if db.changes():
        search.index_title(db, conversation, title)


def delete_turn(db: apsw.Connection, turn: int) -> int | None:
    """Hide a turn and all below it; the leaf its conversation shows from now on."""
    sql = "SELECT conversation, parent FROM turn WHERE id = ? AND deleted IS NULL"
    row = db.execute(sql, (turn,)).fetchone()
    if row is None:
        raise ParleyError("This message was deleted already.", detail=f"turn {turn}")
    conversation, parent = row
    db.execute(
        f"""{UNDER} UPDATE turn SET deleted = ?2, binned = ?1
            WHERE id IN (SELECT id FROM under) AND deleted IS NULL""",
        (turn, now()),
    )
    sql = """SELECT leaf FROM conversation JOIN turn ON turn.id = leaf
             WHERE conversation.id = ? AND turn.deleted IS NULL"""
    if shown := db.execute(sql, (conversation,)).fetchone():
        return shown[0]
    sql = """SELECT max(id) FROM turn WHERE parent IS ? AND conversation = ? AND deleted IS NULL"""
    sibling = db.execute(sql, (parent, conversation)).get
    leaf = parent if sibling is None else db.execute(DOWN, (sibling,)).get
    db.execute("UPDATE conversation SET leaf = ? WHERE id = ?", (leaf, conversation))
    return leaf


def restore_turn(db: apsw.Connection, turn: int, leaf: int) -> None:
    """Undo delete_turn: what was in the bin before it stays there."""
    db.execute("UPDATE turn SET deleted = NULL, binned = NULL WHERE binned = ?", (turn,))
    show(db, db.execute("SELECT conversation FROM turn WHERE id = ?", (turn,)).get, leaf)


def show(db: apsw.Connection, conversation: int, leaf: int) -> None:
    db.execute(
        """UPDATE conversation SET leaf = ?1 WHERE id = ?2 AND EXISTS (
           SELECT 1 FROM turn WHERE id = ?1 AND turn.conversation = ?2 AND deleted IS NULL)""",
        (leaf, conversation),
    )
    if not db.changes():
        raise ParleyError("This version is not there any more.", detail=f"leaf {leaf}")


def empty_bin(db: apsw.Connection, before: int) -> tuple[int, list[str]]:
    """Remove for good what was deleted before; how many turns, and files nothing needs now."""
    sql = "SELECT id FROM conversation WHERE deleted < ?"
    conversations = [row[0] for row in db.execute(sql, (before,))]
    gone: set[int] = set()
    for conversation in conversations:
        search.forget_title(db, conversation)
        sql = "SELECT id FROM turn WHERE conversation = ?"
        gone.update(row[0] for row in db.execute(sql, (conversation,)))
    sql = "SELECT DISTINCT binned FROM turn WHERE binned IS NOT NULL AND deleted < ?"
    for (root,) in db.execute(sql, (before,)).fetchall():
        gone.update(row[0] for row in db.execute(f"{UNDER} SELECT id FROM under", (root,)))
    for turn in gone:
        search.forget_turn(db, turn)
        db.execute("DELETE FROM turn WHERE id = ?", (turn,))
    for conversation in conversations:
        db.execute("DELETE FROM conversation WHERE id = ?", (conversation,))
    return len(gone), _unneeded(db, before)


def remember_hash(db: apsw.Connection, path: str, about: tuple[int, int, int], sha: str) -> None:
    sql = "INSERT OR REPLACE INTO model_file (path, size, mtime_ns, inode, sha256) VALUES"
    db.execute(f"{sql} (?, ?, ?, ?, ?)", (clean(path), *about, sha))


def add_attachment(db: apsw.Connection, sha: str, size: int) -> None:
    """Its time is renewed when it comes again: the bin is not to take it before it is used."""
    sql = "INSERT INTO attachment VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET added = excluded.added"
    db.execute(sql, (sha, size, now()))


def finish_interrupted(db: apsw.Connection) -> int:
    """Answers that were being written when the app ended are marked, and found from now on."""
    sql = "SELECT id FROM turn WHERE status = 'streaming'"
    left = [row[0] for row in db.execute(sql)]
    for turn in left:
        stored = one_turn(db, turn)
        assert stored
        write_answer(db, turn, stored.parts, "interrupted", None)
    return len(left)


def _check_place(db: apsw.Connection, conversation: int, parent: int | None) -> None:
    sql = "SELECT 1 FROM conversation WHERE id = ? AND deleted IS NULL"
    there = db.execute(sql, (conversation,)).fetchone()
    if there and parent is not None:
        sql = "SELECT 1 FROM turn WHERE id = ? AND conversation = ? AND deleted IS NULL"
        there = db.execute(sql, (parent, conversation)).fetchone()
    if not there:
        raise ParleyError(
            "This conversation was deleted meanwhile.",
            "Undo the deletion with Ctrl+Z, or begin a new one.",
            f"conversation {conversation}, parent {parent}",
        )


def _write_parts(db: apsw.Connection, turn: int, parts: Iterable[StoredPart]) -> None:
    place = -1
    for place, part in enumerate(parts):
        db.execute(
            """INSERT INTO part (turn, place, kind, text, attachment) VALUES (?, ?, ?, ?, ?)
               ON CONFLICT (turn, place) DO UPDATE
               SET kind = excluded.kind, text = excluded.text, attachment = excluded.attachment
               WHERE kind != excluded.kind OR text != excluded.text
               OR attachment IS NOT excluded.attachment""",
            (turn, place, part.kind, part.text, part.attachment or None),
        )
    db.execute("DELETE FROM part WHERE turn = ? AND place > ?", (turn, place))


def _said(parts: Iterable[StoredPart]) -> str:
    return "\n".join(found for part in parts if (found := search.words_of(part.kind, part.text)))


def _unneeded(db: apsw.Connection, before: int) -> list[str]:
    sql = """SELECT sha256 FROM attachment WHERE added < ?
             AND NOT EXISTS (SELECT 1 FROM part WHERE attachment = sha256)
             AND NOT EXISTS (SELECT 1 FROM draft_part WHERE attachment = sha256)"""
    files = [row[0] for row in db.execute(sql, (before,))]
    db.executemany("DELETE FROM attachment WHERE sha256 = ?", ((f,) for f in files))
    return files
