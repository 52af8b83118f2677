"""What the person lets tools do, and the log of what left this computer."""

from collections.abc import Callable
from typing import Any

import apsw
import msgspec

from app.store.conversations import Store
from app.store.stored import clean, now

NOT_ANSWERED = "not answered"
NOT_ASKED = "not asked"


class StoredPermission(msgspec.Struct, frozen=True):
    """choice is "conversation", "always" or "never"; hash is of the tool as the person saw it."""

    id: int
    tool: str
    hash: str
    place: str  # addresses it may send to, sorted and joined with spaces; "" for none
    choice: str
    since: int  # UTC ms
    conversation: int | None


class StoredSent(msgspec.Struct, frozen=True):
    """One exchange with the network. Sizes in bytes, at in UTC ms."""

    id: int
    at: int
    who: str
    place: str
    what: str
    sent: int
    received: int
    outcome: str


class Permissions:
    """Lasting answers. Written only when the person clicks."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def all(self) -> list[StoredPermission]:
        return [StoredPermission(*row) for row in self._rows("ORDER BY id DESC")]

    def choice(self, hash: str, place: str, conversation: int | None) -> str:
        """The newest answer that holds here: "yes", "no" or "" when there is none."""
        where = """WHERE hash = ? AND (place = ? OR choice = 'never')
                   AND (conversation IS NULL OR conversation = ?) ORDER BY id DESC LIMIT 1"""
        rows = self._rows(where, hash, place, conversation)
        return "" if not rows else "no" if rows[0][4] == "never" else "yes"

    def add(
        self,
        about: tuple[str, str, str],
        choice: str,
        conversation: int | None,
        done: Callable[[], None],
    ) -> None:
        """about is (tool, hash, place)."""
        tool, hash, place = map(clean, about)
        within = conversation if choice == "conversation" else None
        values = (tool, hash, place, choice, now(), within)

        def work(db: apsw.Connection) -> tuple[()]:
            db.execute(
                "DELETE FROM permission WHERE hash = ? AND place = ? AND conversation IS ?",
                (hash, place, within),
            )
            db.execute(
                "INSERT INTO permission (tool, hash, place, choice, since, conversation)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                values,
            )
            return ()

        self._store.write(work, done)

    def forget(self, id: int, done: Callable[[], None]) -> None:
        def work(db: apsw.Connection) -> tuple[()]:
            db.execute("DELETE FROM permission WHERE id = ?", (id,))
            return ()

        self._store.write(work, done)

    def _rows(self, rest: str, *values: Any) -> list[Any]:
        columns = "id, tool, hash, place, choice, since, conversation"
        return self._store.rows(f"SELECT {columns} FROM permission {rest}", *values)


class SentLog:
    """On disk before anything leaves: an entry is made first and completed afterwards."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def add(self, who: str, place: str, what: str, done: Callable[[int], None]) -> None:
        """done gets the entry's number once it is on disk; only then may anything leave."""
        values = (now(), clean(who), clean(place), clean(what), NOT_ANSWERED)

        def work(db: apsw.Connection) -> tuple[int]:
            sql = "INSERT INTO sent (at, who, place, what, outcome) VALUES (?, ?, ?, ?, ?)"
            db.execute(sql, values)
            return (db.last_insert_rowid(),)

        self._store.write(work, done)

    def complete(self, id: int, sent: int, received: int, outcome: str = "") -> None:
        def work(db: apsw.Connection) -> tuple[()]:
            sql = """UPDATE sent SET sent = sent + ?, received = received + ?, outcome = ?
                     WHERE id = ?"""
            db.execute(sql, (sent, received, outcome, id))
            return ()

        self._store.write(work)

    def page(self, before: int | None, count: int) -> list[StoredSent]:
        """Newest first, entries older than the one numbered before."""
        sql = """SELECT id, at, who, place, what, sent, received, outcome FROM sent
                 WHERE id < ? ORDER BY id DESC LIMIT ?"""
        rows = self._store.rows(sql, before if before is not None else 1 << 62, count)
        return [StoredSent(*row) for row in rows]
