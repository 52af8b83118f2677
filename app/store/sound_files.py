"""Sound files that are or were written down: where they lie, how far it got, and their lines."""

from collections.abc import Callable, Sequence
from typing import Any

import apsw
import msgspec

from app.store.conversations import Store
from app.store.stored import clean, now

COLUMNS = "id, path, size, modified, seconds, title, added, position, status, trouble"
FILES = f"SELECT {COLUMNS} FROM sound_file WHERE deleted IS NULL ORDER BY id DESC"
LINES = "SELECT start, end, text FROM sound_line WHERE file = ? ORDER BY id"


class Line(msgspec.Struct, frozen=True):
    """Some words and when they are said, in seconds from the start of the file."""

    start: float
    end: float
    text: str


class StoredSoundFile(msgspec.Struct, frozen=True):
    id: int
    path: str
    size: int = 0  # bytes, and
    modified: int = 0  # ns: which file it was; 0 before it was read
    seconds: float = 0.0  # how long it says it is; 0 where it does not
    title: str = ""  # as the file says itself
    added: int = 0  # UTC milliseconds
    position: float = 0.0  # seconds that are written down
    status: str = "waiting"  # waiting, stopped, failed, done or damaged (done, not all readable)
    trouble: str = ""  # why it failed: message and hint, a line each


class SoundFiles:
    """done is called when it is on disk."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def files(self) -> list[StoredSoundFile]:
        """The newest first."""
        return [StoredSoundFile(*row) for row in self._store.rows(FILES)]

    def add(self, path: str, done: Callable[[StoredSoundFile], None]) -> None:
        kept, added = clean(path), now()

        def work(db: apsw.Connection) -> tuple[StoredSoundFile]:
            db.execute("INSERT INTO sound_file (path, added) VALUES (?, ?)", (kept, added))
            return (StoredSoundFile(db.last_insert_rowid(), kept, added=added),)

        self._store.write(work, done)

    def keep(self, one: StoredSoundFile) -> None:
        """Everything about a file but its lines."""
        sql = """UPDATE sound_file SET size = ?, modified = ?, seconds = ?, title = ?,
                 position = ?, status = ?, trouble = ? WHERE id = ?"""
        values = (one.size, one.modified, one.seconds, clean(one.title), one.position)
        values = (*values, one.status, clean(one.trouble), one.id)
        self._write(lambda db: db.execute(sql, values))

    def write_lines(
        self, file: int, position: float, lines: Sequence[Line], done: Callable[[], None]
    ) -> None:
        """More of the text, and how far that is: both or neither."""
        rows = [(file, one.start, one.end, clean(one.text)) for one in lines]

        def work(db: apsw.Connection) -> None:
            sql = "INSERT INTO sound_line (file, start, end, text) VALUES (?, ?, ?, ?)"
            db.executemany(sql, rows)
            db.execute("UPDATE sound_file SET position = ? WHERE id = ?", (position, file))

        self._write(work, done)

    def lines(self, file: int, done: Callable[[list[Line]], None]) -> None:
        """All lines, after what was written before: read on the store's thread."""

        def work(db: apsw.Connection) -> tuple[list[Line]]:
            return ([Line(*row) for row in db.execute(LINES, (file,))],)

        self._store.write(work, done)

    def delete(self, file: int, done: Callable[[], None]) -> None:
        """Out of sight; for good with forget_deleted."""
        sql = "UPDATE sound_file SET deleted = ? WHERE id = ?"
        self._write(lambda db: db.execute(sql, (now(), file)), done)

    def restore(self, file: int, done: Callable[[], None]) -> None:
        sql = "UPDATE sound_file SET deleted = NULL WHERE id = ?"
        self._write(lambda db: db.execute(sql, (file,)), done)

    def forget_deleted(self, before: int) -> None:
        """What was deleted before, in UTC milliseconds."""
        sql = "DELETE FROM sound_file WHERE deleted < ?"
        self._write(lambda db: db.execute(sql, (before,)))

    def _write(
        self, change: Callable[[apsw.Connection], Any], done: Callable[[], None] | None = None
    ) -> None:
        def work(db: apsw.Connection) -> tuple[()]:
            change(db)
            return ()

        self._store.write(work, done)
