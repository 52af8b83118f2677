"""What is known of each photo, in a small database of its own next to the vectors.

One process writes; another reads along and asks what is new since a version. Times are as the
file system and the camera say them.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import apsw
import msgspec

SEEN, BROKEN = 0, 1  # states of a photo
STRIKES = 2  # times a file may end the process that looks at it
FORM = 1  # of the tables below; another one begins anew

TABLES = f"""
CREATE TABLE about (epoch INTEGER, version INTEGER, model TEXT);
CREATE TABLE root (id INTEGER PRIMARY KEY, path BLOB UNIQUE, device INTEGER, there INTEGER);
CREATE TABLE folder (id INTEGER PRIMARY KEY, root INTEGER, path BLOB UNIQUE, modified INTEGER);
CREATE TABLE photo (
    id INTEGER PRIMARY KEY AUTOINCREMENT, folder INTEGER, name BLOB,
    size INTEGER, modified INTEGER, width INTEGER, height INTEGER, taken INTEGER,
    row INTEGER, sum INTEGER, thumb INTEGER, state INTEGER, strikes INTEGER, version INTEGER,
    UNIQUE (folder, name)
);
CREATE INDEX photo_version ON photo (version);
CREATE TABLE gone (id INTEGER, row INTEGER, version INTEGER);
INSERT INTO about VALUES (1, 1, '');
PRAGMA user_version = {FORM};
"""
COLUMNS = "id, folder, name, size, modified, width, height, taken, row, sum, thumb, state, strikes"


class Known(msgspec.Struct):
    """A photo. row is -1 where it has no vector, thumb 0 where it has no small picture."""

    id: int
    folder: int
    name: bytes
    size: int  # bytes
    modified: int  # ns
    width: int = 0  # pixels, upright
    height: int = 0
    taken: int = 0  # seconds of the camera's clock since 1970; the file's time where it has none
    row: int = -1
    sum: int = 0
    thumb: int = 0  # bytes
    state: int = SEEN
    strikes: int = 0


class Facts:
    def __init__(self, path: Path) -> None:
        """Raises apsw.Error where the file is no database; see opened."""
        self.db = apsw.Connection(str(path))
        self.db.set_busy_timeout(5_000)
        for name, value in (("journal_mode", "WAL"), ("synchronous", "NORMAL")):
            self.db.pragma(name, value)
        self.db.pragma("temp_store", "MEMORY")
        if self.db.pragma("user_version") != FORM:
            self._begin_anew()

    def _begin_anew(self) -> None:
        """Unless the other process did so just now."""
        self.db.execute("BEGIN IMMEDIATE")
        if self.db.pragma("user_version") != FORM:
            for (name,) in list(self.db.execute(OWN_TABLES)):
                self.db.execute(f"DROP TABLE {name}")
            self.db.execute(TABLES)
        self.db.execute("COMMIT")

    def close(self) -> None:
        self.db.close()

    # Where it stands

    @property
    def model(self) -> str:
        """Whose vectors these are."""
        return self._one("SELECT model FROM about")

    @property
    def stand(self) -> tuple[int, int]:
        """Epoch and version. Within an epoch every change has a higher version than before."""
        return next(self.db.execute("SELECT epoch, version FROM about"))

    def begin_epoch(self, model: str) -> None:
        """What is gone is forgotten; for another model so are the vectors."""
        with self.db:
            if model != self.model:
                self.db.execute("UPDATE photo SET row = -1, sum = 0")
            self.db.execute("DELETE FROM gone")
            self.db.execute(
                "UPDATE about SET epoch = epoch + 1, version = version + 1, model = ?", (model,)
            )

    def step(self) -> int:
        """The version of what is written next; within a transaction."""
        self.db.execute("UPDATE about SET version = version + 1")
        return self._one("SELECT version FROM about")

    # Folders

    def roots(self) -> dict[bytes, tuple[int, int, bool]]:
        """Of the granted folders: number, device, and whether it was there."""
        rows = self.db.execute("SELECT path, id, device, there FROM root")
        return {path: (number, device, bool(there)) for path, number, device, there in rows}

    def keep_root(self, path: bytes, device: int, there: bool) -> int:
        """device stays as it was where the folder is not there."""
        number, known, was = self.roots().get(path, (0, 0, there))
        with self.db:
            if not number:
                sql = "INSERT INTO root (path, device, there) VALUES (?, ?, ?)"
                self.db.execute(sql, (path, device, there))
            elif (known, was) != (device if there else known, there):
                self.step()
                sql = "UPDATE root SET device = ?, there = ? WHERE id = ?"
                self.db.execute(sql, (device if there else known, there, number))
        return number or self.db.last_insert_rowid()

    def hand_over(self, number: int, other: int, folders: Iterable[bytes]) -> None:
        """These folders of one granted folder belong to another from now on."""
        sql = "UPDATE folder SET root = ? WHERE root = ? AND path = ?"
        with self.db:
            self.db.executemany(sql, [(other, number, path) for path in folders])

    def forget_root(self, number: int) -> list[int]:
        """And all of its photos; answers their ids."""
        photos = list(self.photos(number))
        self.remove(photos)
        with self.db:
            self.db.execute("DELETE FROM folder WHERE root = ?", (number,))
            self.db.execute("DELETE FROM root WHERE id = ?", (number,))
        return [one.id for one in photos]

    def folders(self, root: int) -> dict[bytes, int]:
        return dict(self.db.execute("SELECT path, id FROM folder WHERE root = ?", (root,)))

    def keep_folders(self, root: int, found: Iterable[tuple[bytes, int]]) -> None:
        """These, with their times in ns, are what is in root now; others go once they are empty."""
        sql = """INSERT INTO folder (root, path, modified) VALUES (?, ?, ?)
                 ON CONFLICT (path) DO UPDATE
                 SET root = excluded.root, modified = excluded.modified"""
        with self.db:
            self.db.executemany(sql, [(root, *one) for one in found])

    def drop_empty_folders(self, root: int, there: Iterable[bytes]) -> None:
        kept = set(there)
        full = {n for (n,) in self.db.execute("SELECT DISTINCT folder FROM photo")}
        empty = [n for path, n in self.folders(root).items() if path not in kept and n not in full]
        with self.db:
            self.db.executemany("DELETE FROM folder WHERE id = ?", [(n,) for n in empty])

    def watched(self) -> Iterator[tuple[bytes, int]]:
        """All folders that are there, with the time in ns they had when they were read."""
        yield from self.db.execute(
            "SELECT f.path, f.modified FROM folder f JOIN root r ON r.id = f.root WHERE r.there"
        )

    # Photos

    def photos(self, root: int) -> Iterator[Known]:
        sql = f"SELECT {COLUMNS} FROM photo WHERE folder IN (SELECT id FROM folder WHERE root = ?)"
        for row in self.db.execute(sql, (root,)):
            yield Known(*row)

    @property
    def last_id(self) -> int:
        """The highest number a photo ever had: none is given twice."""
        rows = self.db.execute("SELECT seq FROM sqlite_sequence WHERE name = 'photo'")
        return next((number for (number,) in rows), 0)

    def keep(self, photos: Iterable[Known]) -> None:
        """Add them, or write over those of the same id; all or none."""
        sql = f"INSERT OR REPLACE INTO photo ({COLUMNS}, version) VALUES ({'?, ' * 13}?)"
        with self.db:
            version = self.step()
            rows = [(*msgspec.structs.astuple(one), version) for one in photos]
            self.db.executemany(sql, rows)

    def remove(self, photos: Iterable[Known]) -> None:
        with self.db:
            version = self.step()
            for one in photos:
                self.db.execute("DELETE FROM photo WHERE id = ?", (one.id,))
                self.db.execute("INSERT INTO gone VALUES (?, ?, ?)", (one.id, one.row, version))

    def rows(self) -> Iterator[tuple[int, int, int]]:
        """(photo, row, checksum) of all that have a vector."""
        yield from self.db.execute("SELECT id, row, sum FROM photo WHERE row >= 0")

    def lose_rows(self, photos: Iterable[int]) -> None:
        """Their vectors are not what they should be."""
        with self.db:
            version = self.step()
            sql = "UPDATE photo SET row = -1, sum = 0, version = ? WHERE id = ?"
            self.db.executemany(sql, [(version, one) for one in photos])

    def counts(self) -> list[tuple[bytes, int, int, int]]:
        """Of each granted folder: path, photos, those that cannot be read, whether it is there."""
        return list(
            self.db.execute(
                """SELECT r.path, count(p.id) FILTER (WHERE p.state = 0),
                   count(p.id) FILTER (WHERE p.state = 1), r.there FROM root r
                   LEFT JOIN folder f ON f.root = r.id LEFT JOIN photo p ON p.folder = f.id
                   GROUP BY r.id ORDER BY r.id"""
            )
        )

    def _one(self, sql: str) -> Any:
        return next(self.db.execute(sql))[0]


OWN_TABLES = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"


def opened(path: Path) -> Facts:
    """What is there; where it cannot be read it is put aside, and all is looked at again."""
    try:
        facts = Facts(path)
        if facts.db.pragma("quick_check") == "ok":
            return facts
        facts.close()
    except apsw.Error:
        pass
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    return Facts(path)
