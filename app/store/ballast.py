"""A file that takes up room while there is plenty, and gives it back when the disk is full."""

import logging
import os
from pathlib import Path

import apsw

from app.store.connection import CHECKPOINT
from app.store.disk import MEGABYTE, Disk

log = logging.getLogger(__name__)
PLENTY = 32  # times its own size must be free before it is made


class Ballast:
    """Room for what the person writes last.

    8 MB: twice the log's 4 MB before it is folded in. The write that failed goes into the log,
    and folding the log in afterwards can lengthen the database by as much again. The guide's
    32 MB is more than a nearly full small disk should lose to an empty file.
    """

    def __init__(self, database: Path, disk: Disk) -> None:
        self._database, self._disk = database, disk
        self._file = database.with_name("reserve")

    def make(self) -> None:
        """Written with bytes no file system can compress away."""
        size, folder = self._disk.ballast, self._file.parent
        if self._file.exists() or not size or self._disk.free(folder) < PLENTY * size:
            return
        fresh = self._file.with_suffix(".tmp")
        with os.fdopen(os.open(fresh, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "wb") as file:
            for start in range(0, size, MEGABYTE):
                file.write(os.urandom(min(MEGABYTE, size - start)))
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self._file)

    def give_up(self, db: apsw.Connection) -> bool:
        """Free its room, if there is any to free, for the write that failed.

        Folding the log in first would eat that room without saving the write.
        """
        if not self._file.exists():
            return False
        log.info("the disk is full: the reserve is used")
        self._file.unlink()
        db.pragma("wal_autocheckpoint", 0)
        return True

    def settle(self, db: apsw.Connection) -> None:
        """After the write that did not fit: shorten the log if there is room for what is in it."""
        db.pragma("wal_autocheckpoint", CHECKPOINT)
        log_file = self._database.with_name(self._database.name + "-wal")
        if log_file.exists() and self._disk.free(log_file.parent) > log_file.stat().st_size:
            try:
                db.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)
            except (apsw.FullError, apsw.BusyError) as error:
                log.info("the log stays long: %s", error)  # a later commit tries again
