"""Opening and closing the database: looked after, brought up to date, repaired if it must be."""

import logging
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import apsw

from app.store import connection, migrations, writing
from app.store.backups import Backups
from app.store.ballast import Ballast
from app.store.checks import Check, Reindex, faults, is_search
from app.store.disk import Disk
from app.store.rescue import finish_rescue, rescue
from app.store.search import ANEW
from app.store.state import set_state, state
from app.store.stored import now
from app.store.sweep import Sweep
from app.store.transaction import transaction
from app.store.trouble import FolderUnusable, NoRoomToStart, in_words
from app.store.writer import Writer
from engines.errors import ParleyError

log = logging.getLogger(__name__)
LARGE = 64 * 1024 * 1024  # bytes: checking all of it takes a second or more
WEEK = 7 * 24 * 3600 * 1000  # ms


@dataclass
class Database:
    """The two connections, and what has to happen around them."""

    writer: apsw.Connection
    reader: apsw.Connection
    folder: Path  # attachments/ and backups/ lie here
    notices: tuple[str, ...] = ()
    ballast: Ballast | None = None
    backups: Backups | None = None
    due: Callable[[], apsw.Connection] | None = None  # opens it for a check of the whole file
    temporary: tempfile.TemporaryDirectory[str] | None = None
    check: Check | None = None
    mending: bool = False

    def start(self, writer: Writer) -> None:
        """Set going what may take a while."""
        if not (self.ballast and self.backups):
            return  # in memory
        writer.chore(self.ballast.make)
        writer.on_write = self.backups.changed
        known = state(self.writer)
        if abs(now() - known.get("swept", 0)) > WEEK:
            Sweep(self.writer, writer, self.backups, self._swept).start()
        if (reached := known.get("reindex")) is not None:
            again = Reindex(self.writer, writer)
            writer.chore(again.start if reached == ANEW else partial(again.step, reached))
        elif self.due:
            self.check = Check(self.due, self.writer, writer)
            self.check.start()

    def mend_search(self, writer: Writer) -> None:
        """The first search that fails has the index made anew."""
        if not self.mending:
            self.mending = True
            writer.chore(Reindex(self.writer, writer).start)

    def _swept(self) -> None:
        set_state(self.writer, swept=now())

    def close(self, writer: Writer) -> None:
        """After the writer's last write."""
        self.reader.close()
        if self.check:
            self.check.close()
        if self.backups:
            self.backups.close()
        if self.temporary:
            self.temporary.cleanup()
        try:
            if self.backups and not writer.damaged:
                set_state(self.writer, clean=1)
                self.writer.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)
            self.writer.close()  # folds the log in, too
        except apsw.Error as error:  # a full disk, a broken page: the next start checks
            log.warning("not closed cleanly: %s", error)


def open_database(path: Path | None, disk: Disk) -> Database:
    """Raises ParleyError when nothing can be opened; never begins anew where something was."""
    if path is None:
        return _in_memory(disk)
    backups, ballast = Backups(path, disk), Ballast(path, disk)
    notices = _about_place(path, disk)
    try:
        finish_rescue(path)
        try:
            db, due = _open(path, backups, ballast, disk)
        except (apsw.CorruptError, apsw.NotADBError) as error:
            log.error("the database is damaged: %s", error)
            notices.append(rescue(path, backups, disk))
            db, due = _open(path, backups, ballast, disk)
        connect = partial(connection.connect_reader, path, disk)
        reader = connect()
    except apsw.FullError as error:
        raise NoRoomToStart(str(error)) from error
    except OSError as error:
        raise FolderUnusable(path, f"{type(error).__name__}: {error}") from error
    except apsw.Error as error:
        raise in_words(error) from error
    return Database(
        *(db, reader, path.parent, tuple(notices), ballast, backups), connect if due else None
    )


def _open(
    path: Path, backups: Backups, ballast: Ballast, disk: Disk
) -> tuple[apsw.Connection, bool]:
    """The writer's connection, and whether the file is still to be checked as a whole.

    Raises apsw.CorruptError when it is damaged, or gone while there are backups of it.
    """
    if not (path.exists() and path.stat().st_size) and backups.newest_first():
        raise apsw.CorruptError("the file is gone or empty")
    db = connection.connect(path, disk)
    try:
        known = state(db)
        checked = _needs_check(known)
        whole = "suspect" in known or path.stat().st_size < LARGE
        if checked and (broken := _broken(db, whole)):
            raise apsw.CorruptError("; ".join(broken[:20]))
        migrations.migrate(db, backups.before_migration)
        try:
            _begin_session(db, checked)
        except apsw.FullError:
            if not ballast.give_up(db):
                raise
            _begin_session(db, checked)
            ballast.settle(db)
    except (apsw.Error, OSError, ParleyError):
        db.close()
        raise
    return db, checked and not whole


def _in_memory(disk: Disk) -> Database:
    db, name = connection.connect_memory()
    migrations.migrate(db)
    temporary = tempfile.TemporaryDirectory(prefix="parley-")
    reader = connection.connect_reader(name, disk)
    return Database(db, reader, Path(temporary.name), temporary=temporary)


def _about_place(path: Path, disk: Disk) -> list[str]:
    folder = path.parent
    if disk.is_network(folder):
        return [f"Your conversations are in a network folder ({folder}): saving is slower there."]
    if disk.is_synced(folder):
        return [
            f"Your conversations are in a folder that is copied to a server ({folder}). "
            "That can damage them; another folder is safer."
        ]
    return []


def _needs_check(known: dict[str, int]) -> bool:
    """After an unclean end, once a week, and when a check of the last session found something."""
    if "suspect" in known or not known.get("clean"):
        return True
    return abs(now() - known.get("checked", 0)) > WEEK


def _broken(db: apsw.Connection, whole: bool) -> list[str]:
    """What is wrong, apart from indexes, which are made anew."""
    found = faults(db, whole)
    if not all(is_search(fault) or " index " in fault for fault in found):
        return found
    if not found:
        return []
    log.warning("indexes are made anew: %s", "; ".join(found[:5]))
    with transaction(db):
        if any(map(is_search, found)):
            set_state(db, reindex=ANEW)
        db.execute("REINDEX")
        set_state(db, swept=0)  # where an index was hit, words may be
    lost: list[Any] = db.execute("PRAGMA foreign_key_check").fetchall()
    return faults(db) + [f"{table} {row} has no {of}" for table, row, of, _ in lost]


def _begin_session(db: apsw.Connection, checked: bool) -> None:
    with transaction(db):
        set_state(db, clean=0, suspect=None, **({"checked": now()} if checked else {}))
        if count := writing.finish_interrupted(db):
            log.info("%d answers were interrupted", count)
