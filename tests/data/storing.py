"""A program that writes conversations as the app does, until it is killed.

Run as: storing.py DATABASE SHARED SEED. Every acknowledgement goes to stdout, a pipe to the process
that will do the killing. Where the writer is, is written to the first byte of SHARED.
"""

import json
import mmap
import os
import random
import sys
import threading
import time
from pathlib import Path

import apsw

from app.store.conversations import Store, StoredPart

OUTSIDE, CHANGING, COMMITTING = 0, 1, 2


def words(turn: int, count: int) -> str:
    """What turn says once it has grown to count words; known to both processes."""
    return " ".join(f"{turn}:{n}" for n in range(count))


class Watched:
    """Says in shared memory whether the writer is inside a transaction."""

    def __init__(self, shared: mmap.mmap) -> None:
        self._shared = shared

    def hook(self, db: apsw.Connection) -> None:
        what = apsw.SQLITE_TRACE_STMT | apsw.SQLITE_TRACE_PROFILE
        db.trace_v2(what, self.traced)

    def traced(self, event: dict) -> None:
        sql, begun = event["sql"], event["code"] == apsw.SQLITE_TRACE_STMT
        if sql == "BEGIN IMMEDIATE" and begun:
            self._shared[0] = CHANGING
        elif sql == "COMMIT":
            self._shared[0] = COMMITTING if begun else OUTSIDE
        elif sql == "ROLLBACK" and not begun:
            self._shared[0] = OUTSIDE


class Talk:
    """Question, then an answer that grows every few milliseconds; again and again."""

    def __init__(self, store: Store, seeded: random.Random) -> None:
        self._store, self._seeded = store, seeded
        self._answered = threading.Event()
        self._turn = None

    def run(self) -> None:
        leaf = None
        while True:
            if leaf is None or self._seeded.random() < 0.2:
                self._store.begin("A talk", "user", self._parts(), self._begun)
            else:
                self._ask(leaf.conversation, leaf.id, "user", "done", self._parts())
            question = self._wait()
            self._ask(question.conversation, question.id, "assistant", "streaming", ())
            leaf = self._wait()
            self._grow(leaf.id)

    def _ask(self, conversation, parent, role, status, parts) -> None:
        self._store.add_turn(conversation, parent, role, parts, status, {}, self._added)

    def _grow(self, turn: int) -> None:
        length = self._seeded.randrange(20, 400)
        for count in range(1, length, self._seeded.randrange(1, 20)):
            self._write(turn, count, "streaming")
            time.sleep(self._seeded.random() * 0.006)
        self._write(turn, length, "done")
        self._wait()

    def _write(self, turn: int, count: int, status: str) -> None:
        def done(_: int) -> None:
            self._acknowledge(turn=turn, words=count, status=status)
            if status == "done":
                self._answered.set()

        parts = (StoredPart("text", words(turn, count)),)
        self._store.write_answer(turn, parts, status, {"words": count}, done)

    def _parts(self) -> tuple[StoredPart, ...]:
        return (StoredPart("text", f"question {self._seeded.random()}"),)

    def _begun(self, conversation: int, turn) -> None:
        self._added(turn)

    def _added(self, turn) -> None:
        text = turn.parts[0].text if turn.parts else ""
        self._acknowledge(turn=turn.id, uuid=turn.uuid, role=turn.role, text=text)
        self._turn = turn
        self._answered.set()

    def _acknowledge(self, **what) -> None:
        os.write(1, (json.dumps(what) + "\n").encode())

    def _wait(self):
        self._answered.wait()
        self._answered.clear()
        return self._turn


def main() -> None:
    database, shared, seed = sys.argv[1:]
    with Path(shared).open("r+b") as file:
        watched = Watched(mmap.mmap(file.fileno(), 1))
    apsw.connection_hooks.append(watched.hook)
    store = Store(Path(database), lambda callback: callback())
    Talk(store, random.Random(seed)).run()


if __name__ == "__main__":
    main()
