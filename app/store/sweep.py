"""Looking for turns whose words changed on disk without the file becoming invalid."""

import logging
from collections.abc import Callable
from contextlib import closing
from functools import partial
from typing import Any

import apsw

from app.store import connection, writing
from app.store.backups import Backups
from app.store.disk import Disk
from app.store.reading import one_turn, turns
from app.store.stored import StoredTurn, checksum
from app.store.transaction import transaction
from app.store.writer import Writer
from engines.errors import ParleyError

log = logging.getLogger(__name__)
AT_ONCE = 200  # turns between two writes of the person


class Sweep:
    """One walk over all turns, in small steps on the writer's thread between its writes."""

    def __init__(
        self, db: apsw.Connection, writer: Writer, backups: Backups, finished: Callable[[], None]
    ) -> None:
        self._db, self._writer, self._backups, self._finished = db, writer, backups, finished
        self._mended = self._lost = 0

    def start(self) -> None:
        self._writer.chore(partial(self._step, 0))

    def _step(self, after: int) -> None:
        sql = "SELECT id, sha256 FROM turn WHERE id > ? ORDER BY id LIMIT ?"
        rows: list[Any] = self._db.execute(sql, (after, AT_ONCE)).fetchall()
        expected = dict(rows)
        for turn in turns(self._db, list(expected)):
            if checksum(turn.parts) != expected[turn.id]:
                self._mend(turn, expected[turn.id])
        if not rows:
            self._end()
        elif not self._writer.closing:
            self._writer.chore(partial(self._step, rows[-1][0]))

    def _mend(self, turn: StoredTurn, expected: str) -> None:
        log.error("turn %d changed on disk by itself", turn.id)
        for backup in self._backups.newest_first():
            with closing(connection.connect_reader(backup, Disk())) as db:
                kept = one_turn(db, turn.id)
            if kept and kept.uuid == turn.uuid and checksum(kept.parts) == expected:
                with transaction(self._db):
                    writing.write_answer(self._db, turn.id, kept.parts, turn.status, None)
                self._mended += 1
                return
        self._lost += 1

    def _end(self) -> None:
        self._finished()
        if count := self._mended + self._lost:
            words = "1 message had" if count == 1 else f"{count} messages had"
            words += f" changed on disk without Parley; restored from a backup: {self._mended}."
            self._writer.tell(ParleyError(words, "Look after this disk: it may be failing."))
