"""What the person is to be told at a time."""

from collections.abc import Callable, Iterable
from typing import Any

import apsw
import msgspec

from app.store.conversations import Store
from app.store.stored import clean, now

COLUMNS = "id, at, about, made, conversation"
WAITING = f"SELECT {COLUMNS} FROM reminder WHERE told IS NULL ORDER BY at, id"
CONVERSATION = "(SELECT id FROM conversation WHERE id = ?)"


class StoredReminder(msgspec.Struct, frozen=True):
    """Times in UTC milliseconds."""

    id: int
    at: int
    about: str
    made: int
    conversation: int | None  # in which it was asked for


Waiting = Callable[[list[StoredReminder]], None]  # those that wait after a change


def reminders(rows: Iterable[Any]) -> list[StoredReminder]:
    return [StoredReminder(*row) for row in rows]


class Reminders:
    def __init__(self, store: Store) -> None:
        self._store = store

    def waiting(self) -> list[StoredReminder]:
        """Those the person was not told yet, the next one first."""
        return reminders(self._store.rows(WAITING))

    def add(self, at: int, about: str, conversation: int | None, done: Waiting) -> None:
        """The conversation may be gone by then."""
        sql = f"""INSERT INTO reminder (at, about, made, conversation)
                  VALUES (?, ?, ?, {CONVERSATION})"""
        self._change(sql, (at, clean(about), now(), conversation), done)

    def put_back(self, one: StoredReminder, done: Waiting) -> None:
        """One that was taken away, as it was."""
        sql = f"INSERT OR IGNORE INTO reminder ({COLUMNS}) VALUES (?, ?, ?, ?, {CONVERSATION})"
        self._change(sql, (one.id, one.at, one.about, one.made, one.conversation), done)

    def take_away(self, id: int, done: Waiting) -> None:
        self._change("DELETE FROM reminder WHERE id = ?", (id,), done)

    def tell(self, id: int, done: Waiting) -> None:
        """The person was told."""
        self._change("UPDATE reminder SET told = ? WHERE id = ?", (now(), id), done)

    def _change(self, sql: str, values: tuple[Any, ...], done: Waiting) -> None:
        def work(db: apsw.Connection) -> tuple[list[StoredReminder]]:
            db.execute(sql, values)
            return (reminders(db.execute(WAITING).fetchall()),)

        self._store.write(work, done)
