"""Connections to the database, all opened the same careful way."""

import os
import uuid
from pathlib import Path

import apsw

from app.store import migrations
from app.store.disk import Disk
from app.store.trouble import FolderUnusable
from engines.errors import ParleyError

APPLICATION = int.from_bytes(b"Prly", "big")
OPEN = apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_CREATE | apsw.SQLITE_OPEN_URI
WAIT = 5000  # ms for a lock of the other connection
CHECKPOINT = 1000  # pages: the log stays near 4 MB


def connect(path: Path, disk: Disk, journal: str = "wal") -> apsw.Connection:
    """The writer's connection. Raises ParleyError, or apsw.CorruptError and apsw.NotADBError."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        _only_for_the_person(path)
        db = apsw.Connection(str(path), OPEN, vfs=disk.vfs)
    except (apsw.CantOpenError, apsw.PermissionsError, OSError) as error:
        raise FolderUnusable(path, f"{type(error).__name__}: {error}") from error
    except UnicodeEncodeError as error:
        raise FolderUnusable(path, "the name of the folder is not UTF-8") from error
    try:
        if db.readonly("main"):
            raise apsw.ReadOnlyError(str(path))
        _check_owner(db)
        _set_up(db, "delete" if disk.is_network(path.parent) else journal)
    except (apsw.CantOpenError, apsw.ReadOnlyError) as error:
        db.close()
        raise FolderUnusable(path, f"{type(error).__name__}: {error}") from error
    except (apsw.Error, ParleyError):
        db.close()
        raise
    return db


def connect_reader(path: Path | str, disk: Disk) -> apsw.Connection:
    """A connection that cannot write; for the thread that asks."""
    db = apsw.Connection(str(path), OPEN, vfs=disk.vfs if isinstance(path, Path) else None)
    _protect(db)
    db.pragma("query_only", True)
    return db


def connect_memory() -> tuple[apsw.Connection, str]:
    """A database in memory, and the name under which a second connection finds it."""
    name = f"file:/{uuid.uuid4()}?vfs=memdb"
    db = apsw.Connection(name, OPEN)
    _set_up(db, "memory")
    return db, name


def _only_for_the_person(path: Path) -> None:
    """Made before SQLite opens it, as the log files take over its mode."""
    if os.name == "posix":
        os.close(os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600))
        if path.stat().st_mode & 0o077:
            path.chmod(0o600)


def _check_owner(db: apsw.Connection) -> None:
    owner = db.pragma("application_id")
    if owner not in (0, APPLICATION) or (owner == 0 and db.pragma("schema_version")):
        raise ParleyError(
            "The file for the conversations belongs to another program.",
            "Choose another folder with --data-dir. Nothing was changed.",
            f"application_id {owner}",
        )
    migrations.version(db)  # before anything is written to what a newer Parley made


def _set_up(db: apsw.Connection, journal: str) -> None:
    if not db.pragma("schema_version"):  # only a new file can still choose these
        db.pragma("page_size", 4096)
        db.pragma("auto_vacuum", "incremental")
        db.pragma("application_id", APPLICATION)
    _protect(db)
    if db.pragma("journal_mode", journal) != journal and journal == "wal":
        db.pragma("journal_mode", "delete")
    for name in ("synchronous", "foreign_keys", "fullfsync", "checkpoint_fullfsync"):
        db.pragma(name, "full" if name == "synchronous" else True)
    db.pragma("wal_autocheckpoint", CHECKPOINT)
    db.pragma("journal_size_limit", 16 * 1024 * 1024)


def _protect(db: apsw.Connection) -> None:
    """Nothing stored in a file may run code, and a failing disk is an error, not a signal."""
    db.set_busy_timeout(WAIT)
    db.pragma("trusted_schema", False)
    db.pragma("cell_size_check", True)
    db.pragma("mmap_size", 0)
    db.pragma("temp_store", "memory")  # a sort must not need a disk that is full
    db.config(apsw.SQLITE_DBCONFIG_DEFENSIVE, 1)
    db.config(apsw.SQLITE_DBCONFIG_DQS_DML, 0)
    db.config(apsw.SQLITE_DBCONFIG_DQS_DDL, 0)
