"""Looking whether the file is whole: the tables before it is used, the search index meanwhile."""

import logging
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Any

import apsw

from app.store import search
from app.store.state import set_state
from app.store.transaction import transaction
from app.store.trouble import Damaged
from app.store.writer import Writer

log = logging.getLogger(__name__)
AT_ONCE = 100  # turns indexed between two writes of the person


def faults(db: apsw.Connection, whole: bool = False) -> list[str]:
    """What SQLite finds wrong with our tables and their indexes, or with all of the file.

    The tables of 100,000 conversations take 0.3 s of CPU, the search indexes another 3.5 s.
    """
    found: list[str] = []
    try:
        if whole:
            found = [str(row[0]) for row in db.execute("PRAGMA quick_check")]
        tables: list[Any] = db.execute("PRAGMA main.table_list").fetchall()
        for _, table, kind, *_ in tables:
            if kind == "table":
                sql = f"PRAGMA integrity_check ({table})"
                found += [str(row[0]) for row in db.execute(sql)]
    except apsw.InterruptError:
        raise
    except apsw.Error as error:  # a broken search index is an SQLError
        found.append(str(error))
    return [fault for fault in found if fault != "ok"]


def is_search(fault: str) -> bool:
    """Only an index that still opens can be cleared and made anew."""
    opens = "constructor" not in fault and "file format" not in fault
    return opens and ("fts5" in fault or any(name in fault for name in search.TABLES))


class Check:
    """The whole check after an unclean end, on a thread and a connection of its own."""

    def __init__(
        self, connect: Callable[[], apsw.Connection], db: apsw.Connection, writer: Writer
    ) -> None:
        self._reader, self._db, self._writer = connect(), db, writer
        self._thread = ThreadPoolExecutor(1, "store-check")
        self._closing = False

    def start(self) -> None:
        self._thread.submit(self._check).add_done_callback(_log_unexpected)

    def close(self) -> None:
        self._closing = True
        self._reader.interrupt()
        self._thread.shutdown(wait=True)
        self._reader.close()

    def _check(self) -> None:
        if self._closing:
            return
        try:
            found = faults(self._reader, whole=True)
        except apsw.InterruptError:  # the app closes
            return
        if any(not is_search(fault) for fault in found):
            log.error("the database is damaged: %s", "; ".join(found[:20]))
            self._writer.damaged = True  # so that the next start looks, even if this is the end
            self._writer.chore(partial(set_state, self._db, suspect=1))
            self._writer.tell(Damaged(found[0]))
        elif found:
            log.warning("the search index is made anew: %s", "; ".join(found[:5]))
            self._writer.chore(Reindex(self._db, self._writer).start)


class Reindex:
    """Makes the search index anew, some turns at a time; goes on after a restart."""

    def __init__(self, db: apsw.Connection, writer: Writer) -> None:
        self._db, self._writer = db, writer

    def start(self) -> None:
        try:
            with transaction(self._db):
                search.clear(self._db)
                set_state(self._db, reindex=0)
        except (apsw.CorruptError, apsw.SQLError) as error:  # the pages under it are broken
            log.error("the search index cannot be cleared: %s", error)
            set_state(self._db, suspect=1)
            self._writer.tell(Damaged(str(error)))
        else:
            self.step(0)

    def step(self, after: int) -> None:
        """On the writer's thread, between its writes."""
        with transaction(self._db):
            reached = search.index_some(self._db, after, AT_ONCE)
            set_state(self._db, reindex=reached)
        if reached is not None:
            self._writer.chore(partial(self.step, reached))


def _log_unexpected(future: "Future[Any]") -> None:
    if error := future.exception():
        log.error("unexpected", exc_info=error)
