"""Copies of the database beside it: made in the background, checked, and thinned with age."""

import logging
import re
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import apsw

from app.store import connection
from app.store.checks import faults
from app.store.disk import MEGABYTE, Disk, sync_file, sync_folder

log = logging.getLogger(__name__)
EVERY = 30 * 60  # seconds
STEP = 200  # pages copied at once
NAME = re.compile(r"parley-(\d{6})-(\d{8})-(\d{6})\.db")
KEPT = (("%Y%m%d", 7), ("%G-%V", 4), ("%Y%m", 6))  # the newest of so many days, weeks, months
RECENT = 6


class Backups:
    """backups/parley-<number>-<UTC time>.db; the number orders them, as clocks go backwards."""

    def __init__(self, path: Path, disk: Disk) -> None:
        self._path, self._disk = path, disk
        self.folder = path.with_name("backups")
        self._thread: ThreadPoolExecutor | None = None
        self._timer: threading.Timer | None = None
        self._dirty = False

    def changed(self) -> None:
        """The database was written to: it is copied half an hour after the first change."""
        self._dirty = True
        if self._timer is None:
            self._timer = threading.Timer(EVERY, self._due)
            self._timer.daemon = True
            self._timer.start()

    def close(self) -> None:
        if self._timer:
            self._timer.cancel()
        if self._thread:
            self._thread.shutdown(wait=True)
        if self._dirty:
            self._try()

    def newest_first(self) -> list[Path]:
        files = (f for f in self.folder.glob("parley-*.db") if NAME.fullmatch(f.name))
        return sorted(files, key=lambda f: f.name, reverse=True)

    def before_migration(self, version: int) -> Path:
        """Where the copy goes that the migration makes; outside of the thinning."""
        self.folder.mkdir(mode=0o700, exist_ok=True)
        return self.folder / f"before-version-{version + 1}.db"

    def before_migrations(self) -> list[Path]:
        files = self.folder.glob("before-version-*.db")
        return sorted(files, key=lambda f: (len(f.name), f.name), reverse=True)

    def make(self) -> Path | None:
        """Copy, check, give it its name; None when the disk has no room for one more."""
        self.folder.mkdir(mode=0o700, exist_ok=True)
        need = self._path.stat().st_size * 2 + 64 * MEGABYTE
        if self._disk.free(self.folder) < need:
            log.info("no backup: less than %d MB are free", need // MEGABYTE)
            return None
        fresh = self.folder / "fresh.tmp"
        fresh.unlink(missing_ok=True)
        _copy(self._path, fresh, self._disk)
        sync_file(fresh)
        files = self.newest_first()
        number = int(files[0].name.split("-")[1]) + 1 if files else 1
        name = f"parley-{number:06}-{datetime.now(UTC):%Y%m%d-%H%M%S}.db"
        place = fresh.replace(self.folder / name)
        sync_folder(self.folder)
        for old in thinned(self.newest_first()):
            old.unlink()
        return place

    def _due(self) -> None:
        """On the timer's thread, which only hands the work on."""
        self._timer, self._dirty = None, False
        self._thread = self._thread or ThreadPoolExecutor(1, "store-backup")
        self._thread.submit(self._try)

    def _try(self) -> None:
        try:
            self.make()
        except (apsw.Error, OSError) as error:
            self._dirty = True
            log.warning("no backup could be made: %s", error)


def thinned(files: list[Path]) -> list[Path]:
    """Which of files, newest first, have served their time."""
    kept = set(files[:RECENT])
    for period, count in KEPT:
        newest: dict[str, Path] = {}
        for file in files:
            newest.setdefault(_made(file).strftime(period), file)
        kept.update(list(newest.values())[:count])
    return [file for file in files if file not in kept]


def _made(file: Path) -> datetime:
    _, _, day, time = file.stem.split("-")
    return datetime.strptime(day + time, "%Y%m%d%H%M%S").replace(tzinfo=UTC)


def _copy(source: Path, target: Path, disk: Disk) -> None:
    """As the database was at one moment, while it goes on being written. Raises apsw.Error."""
    reader = connection.connect_reader(source, disk)
    copy = apsw.Connection(str(target))
    try:
        reader.execute("BEGIN; SELECT 1 FROM sqlite_schema LIMIT 1").fetchall()
        with copy.backup("main", reader, "main") as backup:
            while not backup.done:
                backup.step(STEP)
        copy.pragma("journal_mode", "delete")
        if found := faults(copy):
            raise apsw.CorruptError(f"the copy is damaged: {found[0]}")
    finally:
        copy.close()
        reader.close()
    target.chmod(0o600)
