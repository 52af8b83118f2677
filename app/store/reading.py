"""What can be asked of the store: answered at once, from a connection that cannot write."""

import logging
import threading
from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import apsw

from app.store import search
from app.store.stored import StoredConversation, StoredPart, StoredTurn, clean, from_json

log = logging.getLogger(__name__)
Row = tuple[Any, ...]
CONVERSATION = "id, uuid, title, leaf, started, changed, pinned, draft, titled_by"
TURN = "id, uuid, conversation, parent, role, status, said, facts"
PART = "turn, place, kind, text, attachment"
FAMILY = """FROM turn s WHERE s.parent IS t.parent AND s.conversation = t.conversation
            AND (s.deleted IS NULL OR s.id = t.id)"""
LINE = """
    WITH RECURSIVE line (id, up) AS (
        SELECT id, parent FROM turn WHERE id = ? AND conversation = ?
        UNION ALL SELECT turn.id, turn.parent FROM line JOIN turn ON turn.id = line.up)
    SELECT id FROM line ORDER BY id"""  # a child's id is greater than its parent's
DOWN = """
    WITH RECURSIVE down (id) AS (VALUES (?)
        UNION ALL SELECT (SELECT max(id) FROM turn WHERE parent = down.id AND deleted IS NULL)
        FROM down WHERE down.id IS NOT NULL)
    SELECT max(id) FROM down"""


class Reading:
    """Every method is one or two queries and takes milliseconds."""

    def __init__(self, reader: apsw.Connection, search_broken: Callable[[], None]) -> None:
        self._reader, self._search_broken = reader, search_broken
        self._asking = threading.Lock()  # one connection, and not only the GUI thread asks

    def conversations(self, limit: int = 200, offset: int = 0) -> list[StoredConversation]:
        """Pinned ones first, then the one that was last written to."""
        rest = """FROM conversation WHERE deleted IS NULL
                  ORDER BY pinned DESC, touched DESC LIMIT ? OFFSET ?"""
        with self._asking:
            rows = read(self._reader, CONVERSATION, rest, limit, offset)
        return [as_conversation(row) for row in rows]

    def conversation(self, conversation: int) -> StoredConversation | None:
        """None when it was deleted."""
        rest = "FROM conversation WHERE id = ? AND deleted IS NULL"
        with self._asking:
            rows = read(self._reader, CONVERSATION, rest, conversation)
        return as_conversation(rows[0]) if rows else None

    def new_draft(self) -> str:
        """What was being written for a new conversation."""
        return self.rows("SELECT text FROM new_draft")[0][0]

    def search(self, text: str, limit: int = 100) -> list[StoredConversation]:
        """Found in titles, then in turns, newest first; app/store/search.py says what is found."""
        with self._asking:
            try:
                found = search.find(self._reader, text, limit)
            except (apsw.CorruptError, apsw.SQLError) as error:
                log.error("the search index is damaged: %s", error)
                self._search_broken()
                return []
            marks = ", ".join("?" * len(found))
            rest = f"FROM conversation WHERE id IN ({marks})"
            rows = {row[0]: row for row in read(self._reader, CONVERSATION, rest, *found)}
        return [as_conversation(rows[id], snippet) for id, snippet in found.items()]

    def branch(self, conversation: int, leaf: int | None = None) -> list[StoredTurn]:
        """From the first turn to leaf; to the leaf the conversation shows when none is given."""
        with self._one_moment() as db:
            if leaf is None:
                sql = "SELECT leaf FROM conversation WHERE id = ?"
                leaf = db.execute(sql, (conversation,)).get
            return turns(db, [row[0] for row in ask(db, LINE, leaf, conversation)])

    def turn(self, turn: int) -> StoredTurn | None:
        with self._one_moment() as db:
            return one_turn(db, turn)

    def newest_leaf(self, turn: int) -> int:
        """Where one arrives by going down from turn, always to the newest child."""
        return self.rows(DOWN, turn)[0][0]

    def siblings(self, turn: int) -> list[int]:
        """The versions of a turn, oldest first, itself among them."""
        sql = f"SELECT s.id {FAMILY.replace('FROM turn s', 'FROM turn t, turn s')}"
        return [row[0] for row in self.rows(f"{sql} AND t.id = ? ORDER BY s.id", turn)]

    def known_hash(self, path: str, size: int, mtime_ns: int, inode: int) -> str | None:
        """SHA-256 of a model file that was read before and has not changed since."""
        sql = """SELECT sha256 FROM model_file
                 WHERE path = ? AND size = ? AND mtime_ns = ? AND inode = ?"""
        rows = self.rows(sql, clean(path), size, mtime_ns, inode)
        return rows[0][0] if rows else None

    @contextmanager
    def _one_moment(self) -> Iterator[apsw.Connection]:
        """Several queries that see the same state."""
        with self._asking, self._reader:
            yield self._reader

    def rows(self, sql: str, *values: Any) -> list[Row]:
        with self._asking:
            return ask(self._reader, sql, *values)


def ask(db: apsw.Connection, sql: str, *values: Any) -> list[Row]:
    return db.execute(sql, values).fetchall()


def read(db: apsw.Connection, columns: str, rest: str, *values: Any) -> list[Row]:
    """Rows that hold text. A bit that flipped on disk costs a letter, not the whole list."""
    try:
        return ask(db, f"SELECT {columns} {rest}", *values)
    except UnicodeDecodeError:
        lenient = (
            f"CASE typeof({c}) WHEN 'text' THEN CAST({c} AS BLOB) ELSE {c} END"
            for c in columns.split(", ")
        )
        rows = ask(db, f"SELECT {', '.join(lenient)} {rest}", *values)
        return [
            tuple(v.decode("utf-8", "replace") if isinstance(v, bytes) else v for v in row)
            for row in rows
        ]


def as_conversation(row: Row, snippet: str = "") -> StoredConversation:
    id, uuid, title, leaf, started, changed, pinned, draft, by = row
    return StoredConversation(
        id, uuid, title, leaf, started, changed, bool(pinned), draft, by, snippet
    )


def one_turn(db: apsw.Connection, turn: int) -> StoredTurn | None:
    return next(iter(turns(db, [turn])), None)


def turns(db: apsw.Connection, ids: list[int]) -> list[StoredTurn]:
    """The oldest first, with their parts; five queries however many they are.

    10,000 turns take some 50 ms: one query each would take ten times that.
    """
    wanted = _numbers(ids)
    rest = "FROM carray(?) c CROSS JOIN turn ON id = c.value"
    rows = sorted(
        read(db, TURN, rest, wanted)
    )  # they come in order; SQLite's own sorting copies them
    parts: dict[int, tuple[StoredPart, ...]] = {}
    rest = "FROM carray(?) c CROSS JOIN part ON turn = c.value"
    for turn, _, kind, text, attachment in sorted(read(db, PART, rest, wanted)):
        parts[turn] = (*parts.get(turn, ()), StoredPart(kind, text, attachment or ""))
    families = _families(db, rows)

    def stored(row: Row) -> StoredTurn:
        id, uuid, conversation, parent, role, status, said, facts = row
        version, versions = _version(families.get(parent), id)
        facts, kept = from_json(facts), parts.get(id, ())
        return StoredTurn(
            id, uuid, conversation, parent, role, kept, status, said, facts, version, versions
        )

    return [stored(row) for row in rows]


def _families(db: apsw.Connection, rows: list[Row]) -> dict[int | None, list[int]]:
    """Parent -> its children, where there is more than one; None -> the beginnings."""
    sql = """SELECT parent FROM carray(?) c CROSS JOIN turn ON parent = c.value
             WHERE deleted IS NULL GROUP BY parent HAVING count(*) > 1"""
    several = ask(db, sql, _numbers([row[3] for row in rows if row[3] is not None]))
    sql = "SELECT id FROM turn WHERE parent = ? AND deleted IS NULL ORDER BY id"
    families: dict[int | None, list[int]] = {
        parent: [row[0] for row in ask(db, sql, parent)] for (parent,) in several
    }
    sql = """SELECT id FROM turn
             WHERE parent IS NULL AND conversation = ? AND deleted IS NULL ORDER BY id"""
    for conversation in {row[2] for row in rows if row[3] is None}:
        families[None] = [row[0] for row in ask(db, sql, conversation)]
    return families


def _numbers(ids: list[int]) -> Any:
    return apsw.carray(array("q", ids or [0]))  # it takes no empty list, and 0 is nobody's id


def _version(family: list[int] | None, turn: int) -> tuple[int, int]:
    """Which of how many; a deleted turn stands where it stood."""
    if not family:
        return 1, 1
    return max(1, bisect_right(family, turn)), len(family)
