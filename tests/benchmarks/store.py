"""How fast the store is: commits beside a bare insert, a long branch, 100,000 conversations.

Run: python -m tests.benchmarks.store [--conversations N] [--folder FOLDER]. The last line is JSON.
"""

import argparse
import itertools
import json
import random
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import apsw

from app.store import writing
from app.store.backups import Backups
from app.store.conversations import Store, StoredPart, StoredTurn
from app.store.disk import MEGABYTE, Disk

BLOCKS, PER_BLOCK = 11, 40
LONG = 10_000  # turns of one conversation
ANSWER = "a sentence of an answer, some eighty letters long, as a model writes it. " * 14
LETTERS = "etaoinshrdlucmfwypvbgkqjxz"


class Vocabulary:
    """Made-up words, as unevenly frequent as those of a language."""

    def __init__(self, seeded: random.Random, size: int = 30_000) -> None:
        lengths = [seeded.randrange(2, 12) for _ in range(size)]
        weights = [1 / n for n in range(1, len(LETTERS) + 1)]
        self.words = ["".join(seeded.choices(LETTERS, weights, k=n)) for n in lengths]
        self._weights = list(itertools.accumulate(1 / (n + 2) for n in range(size)))
        self._seeded = seeded

    def text(self, count: int) -> str:
        words = self._seeded.choices(self.words, cum_weights=self._weights, k=count)
        if self._seeded.random() < 0.05:
            words += ["東京都庁に", "Grüße", "Zürich"]
        return " ".join(words)

    def queries(self, count: int) -> list[str]:
        """Common and rare words, beginnings, insides, pairs, other scripts, and nothing."""
        pick = self._seeded
        kinds: list[Callable[[], str]] = [
            lambda: pick.choice(self.words[:50]),
            lambda: pick.choice(self.words),
            lambda: pick.choice(self.words)[: pick.randrange(1, 4)],
            lambda: pick.choice(self.words[:2000])[1:5],
            lambda: f"{pick.choice(self.words[:200])} {pick.choice(self.words[:2000])[:3]}",
            lambda: pick.choice(["東京", "都", "zurich", "GRÜSSE"]),
            lambda: "not " + pick.choice(self.words) + "zzz",
        ]
        return [kinds[n % len(kinds)]() for n in range(count)]


def cpu_ms(work: Callable[[], Any], times: int = 9) -> list[float]:
    """CPU milliseconds of this thread for each run; other programs hardly touch these."""
    spent = []
    for _ in range(times):
        begun = time.thread_time()
        work()
        spent.append((time.thread_time() - begun) * 1000)
    return spent


def wall_ms(work: Callable[[], Any]) -> float:
    begun = time.perf_counter()
    work()
    return (time.perf_counter() - begun) * 1000


def percentile(values: list[float], percent: int) -> float:
    return sorted(values)[min(len(values) - 1, len(values) * percent // 100)]


def waited(write: Callable[..., None], *args: Any) -> tuple[Any, ...]:
    """Ask for a write and wait for its acknowledgement, as a controller does."""
    ready, answer = threading.Event(), []
    write(*args, done=lambda *values: (answer.extend(values), ready.set()))
    ready.wait()
    return tuple(answer)


def bare(folder: Path) -> apsw.Connection:
    """The yardstick: one table, the same pragmas, one row to a commit."""
    db = apsw.Connection(str(folder / "bare.db"))
    for name, value in (
        *(("page_size", 4096), ("journal_mode", "wal"), ("synchronous", "full")),
        *(("foreign_keys", True), ("trusted_schema", False), ("cell_size_check", True)),
        *(("mmap_size", 0), ("fullfsync", True), ("wal_autocheckpoint", 1000)),
    ):
        db.pragma(name, value)
    db.execute("CREATE TABLE turn (id INTEGER PRIMARY KEY, text TEXT)")
    return db


def commits(folder: Path) -> dict[str, float]:
    """Wall time of a write until it is acknowledged, interleaved with the bare insert."""
    store, db = opened(folder / "commits" / "parley.db"), bare(folder)
    conversation, first = waited(store.begin, "commits", "user", (StoredPart("text", "hi"),))
    parts, ours, theirs, ratios = (StoredPart("text", ANSWER),), [], [], []

    def insert() -> None:
        db.execute("BEGIN IMMEDIATE; INSERT INTO turn (text) VALUES (?); COMMIT", (ANSWER,))

    def add() -> None:
        waited(store.add_turn, conversation, first.id, "assistant", parts)

    for _ in range(BLOCKS):
        a = [wall_ms(add) for _ in range(PER_BLOCK)]
        b = [wall_ms(insert) for _ in range(PER_BLOCK)]
        ratios.append(statistics.median(a) / statistics.median(b))
        ours, theirs = ours + a, theirs + b
    growing = grow(store, conversation, first)
    store.close()
    db.close()
    return {
        "commit_ms": statistics.median(ours),
        "commit_p99_ms": percentile(ours, 99),
        "bare_commit_ms": statistics.median(theirs),
        "bare_commit_p99_ms": percentile(theirs, 99),
        "commit_ratio": statistics.median(ratios),
        "commit_ratio_low": min(ratios),
        "commit_ratio_high": max(ratios),
        **growing,
    }


def grow(store: Store, conversation: int, first: StoredTurn) -> dict[str, float]:
    """An answer of 100 KB that is written each second: what one such write costs."""
    (turn,) = waited(store.add_turn, conversation, first.id, "assistant", (), "streaming")
    spent, asked = [], []
    for count in range(60, 101):
        parts = (StoredPart("thought", ANSWER * 20), StoredPart("text", ANSWER * count))
        asked += cpu_ms(lambda parts=parts: store.write_answer(turn.id, parts, "streaming"), 1)
        store.flush()
        spent.append(wall_ms(lambda p=parts: waited(store.write_answer, turn.id, p, "streaming")))
    end = wall_ms(lambda: waited(store.write_answer, turn.id, parts, "done"))
    return {
        "streaming_write_100kb_ms": statistics.median(spent),
        "streaming_write_gui_cpu_ms": statistics.median(asked),
        "last_write_100kb_ms": end,
    }


def opened(path: Path) -> Store:
    return Store(path, lambda callback: callback())


def fill(store: Store, work: Callable[[apsw.Connection], None]) -> float:
    """Seconds of a large write that is one transaction."""

    def whole(db: apsw.Connection) -> tuple[()]:
        work(db)
        return ()

    return wall_ms(lambda: waited(lambda done: store._writer.submit(whole, done))) / 1000


def long_branch(folder: Path, vocabulary: Vocabulary) -> dict[str, float]:
    store = opened(folder / "long" / "parley.db")

    def talk(db: apsw.Connection) -> None:
        conversation, up = writing.begin(db, "long"), None
        facts = json.dumps({"model": "m" * 20, "hash": "a" * 64, "tokens": 99, "seconds": 1.5})
        for n in range(LONG):
            parts = (StoredPart("text", vocabulary.text(60)),)
            role = "assistant" if n % 2 else "user"
            facts_of = facts if n % 2 else "{}"
            up = writing.add_turn(db, conversation, up, role, parts, "done", facts_of).id
            if n % 100 == 0:  # some were regenerated
                writing.add_turn(db, conversation, up, "assistant", parts, "done", facts)
        db.execute("UPDATE conversation SET leaf = ? WHERE id = ?", (up, conversation))

    fill(store, talk)
    assert len(store.branch(1)) == LONG
    branch, leaf = cpu_ms(lambda: store.branch(1), 15), cpu_ms(lambda: store.newest_leaf(1))
    store.close()
    return {
        "branch_10k_cpu_ms": statistics.median(branch),
        "branch_10k_cpu_max_ms": max(branch),
        "newest_leaf_10k_cpu_ms": statistics.median(leaf),
    }


def many(folder: Path, vocabulary: Vocabulary, count: int) -> dict[str, float]:
    path = folder / "many" / "parley.db"
    store = opened(path)

    def talks(db: apsw.Connection) -> None:
        for n in range(count):
            conversation = writing.begin(db, vocabulary.text(5))
            parts = (StoredPart("text", vocabulary.text(40 if n % 2 else 80)),)
            writing.add_turn(db, conversation, None, "user", parts, "done", "{}")

    seconds = fill(store, talks)
    listed = cpu_ms(lambda: store.conversations(200), 25)
    deep = cpu_ms(lambda: store.conversations(200, count - 200))
    queries = vocabulary.queries(280)
    searched = [wall_ms(lambda q=query: store.search(q)) for query in queries]
    slowest = max(zip(searched, queries, strict=True))
    adding = [
        wall_ms(lambda: waited(store.begin, "new", "user", (StoredPart("text", ANSWER),)))
        for _ in range(60)
    ]
    store.close()
    size = path.stat().st_size / MEGABYTE
    return {
        "conversations": count,
        "database_mb": size,
        "filled_s": seconds,
        "list_200_cpu_ms": statistics.median(listed),
        "list_last_200_cpu_ms": statistics.median(deep),
        "search_median_ms": statistics.median(searched),
        "search_p95_ms": percentile(searched, 95),
        "search_max_ms": slowest[0],
        "commit_in_large_ms": statistics.median(adding),
        **starts(path),
    }


def starts(path: Path) -> dict[str, float]:
    clean = []
    for _ in range(5):
        clean.append(wall_ms(lambda: opened(path).close()))
    db = apsw.Connection(str(path))
    db.execute("UPDATE state SET value = 0 WHERE name = 'clean'")
    db.close()
    unclean = wall_ms(lambda: opened(path).close())
    backup = wall_ms(Backups(path, Disk()).make)
    return {
        "start_and_close_ms": statistics.median(clean),
        "start_unclean_and_close_ms": unclean,
        "backup_ms": backup,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--conversations", type=int, default=100_000)
    parser.add_argument(
        "--folder", type=Path, default=None, help="where the disk is to be measured"
    )
    args = parser.parse_args()
    vocabulary = Vocabulary(random.Random(4))
    figures: dict[str, float] = {}
    with tempfile.TemporaryDirectory(dir=args.folder) as name:
        folder = Path(name)
        for part in (
            lambda: commits(folder),
            lambda: long_branch(folder, vocabulary),
            lambda: many(folder, vocabulary, args.conversations),
        ):
            fresh = part()
            figures |= fresh
            for label, value in fresh.items():
                print(f"{label:32} {value:12.3f}")
                sys.stdout.flush()
    print(json.dumps({name: round(value, 3) for name, value in figures.items()}))


if __name__ == "__main__":
    main()
