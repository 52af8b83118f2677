"""The one thread that writes: every change waits in line for it and is answered when on disk."""

import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooLate
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import apsw

from app.store.ballast import Ballast
from app.store.transaction import transaction
from app.store.trouble import AlmostFull, DiskFull, in_words
from engines.errors import ParleyError

log = logging.getLogger(__name__)
Work = Callable[[apsw.Connection], Any]
Done = Callable[..., None]
FailedWith = Callable[[ParleyError], None]
Deliver = Callable[[Callable[[], None]], None]
DAMAGE = (apsw.CorruptError, apsw.NotADBError, apsw.SQLError)  # our own SQL is right
EXPECTED = (apsw.Error, ParleyError, OSError)


@dataclass(eq=False)
class Write:
    work: Work  # returns a tuple: what done is called with
    answers: list[tuple[Done | None, FailedWith | None]]
    after: Callable[[], Any] | None = None  # done on the writer's thread once it is on disk
    key: object = None  # a later write with the same key says the same, and more
    later: "Write | None" = None
    told_full: bool = field(default=False)


class Writer:
    """Runs each write in a transaction of its own, in the order they came.

    done is delivered after the commit, so what it tells is on disk. A write that fails leaves
    nothing, is told in words, and the next one goes on. A full disk stops the line: the write
    is told as DiskFull once, tried again until it fits, and then its done is called all the same.
    """

    def __init__(
        self,
        db: apsw.Connection,
        deliver: Deliver,
        failed: FailedWith,
        ballast: Ballast | None = None,
        retry: float = 5.0,
    ) -> None:
        self._db, self._deliver, self._failed = db, deliver, failed
        self._ballast, self._retry = ballast, retry
        self._thread = ThreadPoolExecutor(1, "store")  # keeps any error, so it cannot die of one
        self._lock = threading.RLock()  # a callback may write again at once
        self._waiting: dict[object, Write] = {}  # the newest of each key, until it is begun
        self._full = self._closed = False
        self._closing = threading.Event()
        self._wake = threading.Event()  # do not wait for the next try
        self.on_write: Callable[[], None] | None = None  # after each commit, on this thread
        self._lost = 0
        self.damaged = False  # SQLite met a broken page

    def submit(
        self,
        work: Work,
        done: Done | None = None,
        failed: FailedWith | None = None,
        key: object = None,
        after: Callable[[], Any] | None = None,
    ) -> None:
        write = Write(work, [(done, failed)], after, key)
        with self._lock:
            if key is not None:
                if earlier := self._waiting.get(key):
                    earlier.later = write
                self._waiting[key] = write
            if self._full:
                self._tell_full(write, DiskFull())
            self._enqueue(partial(self._run, write))

    def chore(self, work: Callable[[], Any]) -> None:
        """Something to do in line that nobody waits for: left out when the store closes."""
        with self._lock:
            if not self.closing:
                self._enqueue(work)

    def flush(self, timeout: float = 10.0) -> bool:
        """Wait until all that was submitted is on disk; False when it cannot be."""
        reached = self._thread.submit(lambda: None)
        self._wake.set()
        try:
            reached.result(min(timeout, 1.0) if self._full else timeout)
        except TooLate:
            return False
        return True

    def close(self) -> None:
        """Write what is in line, then end. What a full disk still refuses is lost, and logged."""
        with self._lock:
            self._closing.set()
        self._wake.set()
        self._thread.shutdown(wait=True)
        if self._lost:
            log.error("%d writes were lost: the disk was full to the end", self._lost)

    @property
    def closing(self) -> bool:
        return self._closing.is_set()

    def tell(self, error: ParleyError) -> None:
        """Something about the store that belongs to no single write."""
        self._deliver(partial(self._failed, error))

    def _enqueue(self, work: Callable[[], Any]) -> None:
        self._thread.submit(work).add_done_callback(_log_unexpected)

    def _run(self, write: Write) -> None:
        with self._lock:
            if self._waiting.get(write.key) is write:
                del self._waiting[write.key]
            if write.later:  # it says all this one says: one commit for both
                write.later.answers[:0] = write.answers
                return
        error: ParleyError | None = in_words(RuntimeError("unexpected; see the log"))
        before = self._db.total_changes()
        result: tuple[Any, ...] = ()
        try:
            result, error = self._write(write), None
        except EXPECTED as problem:
            self.damaged |= isinstance(problem, DAMAGE)
            error = in_words(problem)
        finally:
            for done, failed in write.answers:
                if error is None and done:
                    self._deliver(partial(done, *result))
                elif error is not None and not (write.told_full and isinstance(error, DiskFull)):
                    self._deliver(partial(failed or self._failed, error))
        if error is None and write.after:
            write.after()
        if self.on_write and self._db.total_changes() != before:
            self.on_write()

    def _write(self, write: Write) -> tuple[Any, ...]:
        result: tuple[Any, ...] = ()
        while True:
            try:
                with transaction(self._db):
                    result = write.work(self._db)
            except apsw.FullError as error:
                self._make_room(write, error)
                continue
            if self._full or self._db.pragma("wal_autocheckpoint") == 0:
                self._settle()
            return result

    def _make_room(self, write: Write, error: apsw.FullError) -> None:
        """Return when it is worth another try. Raises error when there is no time for one."""
        if self._ballast and self._ballast.give_up(self._db):
            self.tell(AlmostFull())
            return
        with self._lock:
            self._full = True
            self._tell_full(write, DiskFull(str(error)))
        self._wake.wait(self._retry)
        if self._closed:
            self._lost += 1
            raise error
        if self.closing:
            self._closed = True  # the last try of all that is in line
        else:
            self._wake.clear()

    def _tell_full(self, write: Write, error: DiskFull) -> None:
        if not write.told_full:
            write.told_full = True
            for _, failed in write.answers:
                self._deliver(partial(failed or self._failed, error))

    def _settle(self) -> None:
        self._full = False
        if self._ballast:
            self._ballast.settle(self._db)
            self._ballast.make()


def _log_unexpected(future: "Future[Any]") -> None:
    if error := future.exception():
        log.error("unexpected", exc_info=error)
