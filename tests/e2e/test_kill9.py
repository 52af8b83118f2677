"""Killed while it writes: what was acknowledged is there, the half answer is marked interrupted.

20 kills; PARLEY_FULL=1 in the environment makes it 100.
"""

import json
import logging
import mmap
import os
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import apsw
import pytest

from app.store.conversations import Store
from tests.data.storing import COMMITTING, OUTSIDE, words

log = logging.getLogger(__name__)
ROOT = Path(__file__).parents[2]
KILLS = 100 if os.environ.get("PARLEY_FULL") == "1" else 20
SEED = 9


class Child:
    """The program of tests/data/storing.py, its acknowledgements, and where it is."""

    def __init__(self, database, seed):
        shared = database.with_name("inside")
        shared.write_bytes(bytes([OUTSIDE]))
        with shared.open("r+b") as file:
            self._shared = mmap.mmap(file.fileno(), 1)
        command = [sys.executable, "-m", "tests.data.storing", str(database), str(shared)]
        self.process = subprocess.Popen([*command, str(seed)], cwd=ROOT, stdout=subprocess.PIPE)
        self.acknowledged = []
        self.first = threading.Event()
        self._listener = threading.Thread(target=self._listen)
        self._listener.start()

    def _listen(self):
        with self.process.stdout as lines:
            for line in lines:
                if line.endswith(b"\n"):  # the last one may be cut
                    self.acknowledged.append(json.loads(line))
                    self.first.set()

    @property
    def inside(self):
        return self._shared[0]

    def kill(self, delay, depth):
        """After delay seconds, depth seconds into a write. Returns where in the write it was."""
        assert self.first.wait(60)
        time.sleep(delay)
        end = time.monotonic() + 30
        while time.monotonic() < end:
            while self.inside == OUTSIDE:
                pass  # a write begins any moment and lasts a few milliseconds
            strike = time.monotonic() + depth
            while time.monotonic() < strike:
                pass
            # Held still: on a fast disk the write may be over, and then the next is tried.
            os.kill(self.process.pid, signal.SIGSTOP)
            os.waitpid(self.process.pid, os.WUNTRACED)
            if self.inside != OUTSIDE:
                break
            os.kill(self.process.pid, signal.SIGCONT)
        self.process.kill()
        assert self.process.wait(30) == -signal.SIGKILL
        self._listener.join()
        return self.inside  # nobody writes it any more


class Witness:
    """Remembers every acknowledgement, and what has to be on disk because of them."""

    def __init__(self):
        self.turns, self.said, self.finished, self.heard = {}, {}, set(), 0

    def hear(self, acknowledged):
        self.heard += len(acknowledged)
        for line in acknowledged:
            turn = line["turn"]
            if "uuid" in line:
                self.turns[turn] = line
                self.said[turn] = 0
            else:
                self.said[turn] = max(self.said[turn], line["words"])
                if line["status"] == "done":
                    self.finished.add(turn)

    def lost(self, store):
        """Sentences about what is missing from the store or is not as it was."""
        for id, line in self.turns.items():
            turn = store.turn(id)
            if turn is None or (turn.uuid, turn.role) != (line["uuid"], line["role"]):
                yield f"turn {id} is gone"
                continue
            text = turn.parts[0].text if turn.parts else ""
            if turn.role == "user":
                if text != line["text"] or turn.status != "done":
                    yield f"question {id} is not as it was"
                continue
            count = len(text.split())
            if text != words(id, count) or count < self.said[id]:
                yield f"answer {id} has {count} of {self.said[id]} words"
            if turn.status not in ("done", "interrupted"):
                yield f"answer {id} is still {turn.status}"
            if turn.status == "interrupted" and id in self.finished:
                yield f"answer {id} was finished"


def interrupted(database):
    store = Store(database, lambda callback: callback())
    found = store.rows("SELECT count(*) FROM turn WHERE status = 'interrupted'")[0][0]
    return store, found


@pytest.mark.timeout(60 + 10 * KILLS)
def test_no_acknowledged_turn_is_lost_however_often_it_is_killed(tmp_path):
    database = tmp_path / "data" / "parley.db"
    database.parent.mkdir()
    seeded, witness = random.Random(SEED), Witness()
    inside = committing = halves = 0
    for kill in range(KILLS):
        child = Child(database, kill)
        where = child.kill(seeded.uniform(0.0, 0.3), seeded.uniform(0.0, 0.001))
        inside += where != OUTSIDE
        committing += where == COMMITTING
        witness.hear(child.acknowledged)
        store, found = interrupted(database)
        assert list(witness.lost(store)) == []
        assert store.notices == ()
        halves = max(halves, found)
        store.close()
        db = apsw.Connection(str(database))
        assert db.execute("PRAGMA integrity_check").get == "ok"
        assert db.execute("PRAGMA foreign_key_check").get is None
        db.close()
    log.info(
        "%d kills, %d inside a write, %d of them inside a commit; %d acknowledgements of %d turns, "
        "0 lost; %d answers interrupted",
        *(KILLS, inside, committing, witness.heard, len(witness.turns), halves),
    )
    assert inside == KILLS
    assert halves >= KILLS // 2, "the half answers are there, and marked"
