"""What is kept about variants beside their files: choices, grants, marks, shelves, scores."""

from collections.abc import Callable, Iterable
from typing import Any

import apsw
import msgspec

from app.store.conversations import Store
from app.store.stored import clean, now

DEFAULT, HIDDEN, TAKEN = "default", "hidden", "taken"  # marks; TAKEN: it came from elsewhere
SCORE = "digest, model, variant, name, size, passed, total, at, results"


class StoredScore(msgspec.Struct, frozen=True):
    """How a variant did in its own tests with one model. at in UTC milliseconds."""

    digest: str  # of the variant's file, as it was tested
    model: str  # SHA-256 of the weights
    variant: str  # its id
    name: str  # of the model, for people
    size: int  # bytes of the model
    passed: int
    total: int
    at: int = 0
    results: str = ""  # JSON of the controller that ran them


class StoredDuel(msgspec.Struct, frozen=True):
    """What the person chose between the answers of two variants, by their ids."""

    winner: str
    loser: str
    tie: bool
    at: int


class Variants:
    """Reads answer at once, and may not know what was written a moment ago."""

    def __init__(self, store: Store) -> None:
        self._store = store

    # what the person chose

    def choices(self, conversation: int | None) -> dict[int, str]:
        """Turn -> the variant chosen behind it; 0 is before the first."""
        sql = "SELECT after, variant FROM variant_choice WHERE conversation IS ? ORDER BY id"
        return dict(self._store.rows(sql, conversation))

    def choose(self, conversation: int | None, after: int, variant: str | None) -> None:
        """None takes a choice back."""

        def work(db: apsw.Connection) -> None:
            values = (conversation, after)
            db.execute("DELETE FROM variant_choice WHERE conversation IS ? AND after = ?", values)
            if variant is not None and known(db, conversation):
                sql = "INSERT INTO variant_choice (conversation, after, variant) VALUES (?, ?, ?)"
                db.execute(sql, (*values, variant))

        self._write(work)

    def scales(self, conversation: int | None) -> dict[str, float]:
        """SHA-256 of an adapter -> how strongly it is applied in this conversation."""
        sql = "SELECT adapter, scale FROM variant_scale WHERE conversation IS ? ORDER BY id"
        return dict(self._store.rows(sql, conversation))

    def scale(self, conversation: int | None, adapter: str, scale: float | None) -> None:
        """None: as the variant says."""

        def work(db: apsw.Connection) -> None:
            sql = "DELETE FROM variant_scale WHERE conversation IS ? AND adapter = ?"
            db.execute(sql, (conversation, adapter))
            if scale is not None and known(db, conversation):
                sql = "INSERT INTO variant_scale (conversation, adapter, scale) VALUES (?, ?, ?)"
                db.execute(sql, (conversation, adapter, scale))

        self._write(work)

    # what it may

    def grants(self) -> dict[str, dict[str, bool]]:
        """Variant -> wish -> whether the person agreed to it."""
        found: dict[str, dict[str, bool]] = {}
        for variant, wish, granted in self._store.rows("SELECT * FROM variant_grant"):
            found.setdefault(variant, {})[wish] = bool(granted)
        return found

    def grant(self, variant: str, grants: dict[str, bool]) -> None:
        """These are all that hold for it from now on."""
        rows = [(variant, clean(wish), int(granted)) for wish, granted in grants.items()]

        def work(db: apsw.Connection) -> None:
            db.execute("DELETE FROM variant_grant WHERE variant = ?", (variant,))
            db.executemany("INSERT INTO variant_grant VALUES (?, ?, ?)", rows)

        self._write(work)

    # marks

    def marked(self, mark: str) -> dict[str, str]:
        """Variant -> the text of its mark."""
        sql = "SELECT variant, text FROM variant_mark WHERE mark = ?"
        return dict(self._store.rows(sql, mark))

    def mark(self, mark: str, variants: Iterable[str], text: str = "") -> None:
        """These have the mark, with this text; those that had it with this text lose it."""
        rows = [(one, mark, clean(text)) for one in variants]

        def work(db: apsw.Connection) -> None:
            db.execute("DELETE FROM variant_mark WHERE mark = ? AND text = ?", (mark, text))
            sql = "INSERT OR REPLACE INTO variant_mark (variant, mark, text) VALUES (?, ?, ?)"
            db.executemany(sql, rows)

        self._write(work)

    # shelves

    def shelves(self) -> tuple[str, ...]:
        """Folders and addresses, the oldest first."""
        rows = self._store.rows("SELECT place FROM variant_shelf ORDER BY added, place")
        return tuple(row[0] for row in rows)

    def add_shelf(self, place: str) -> None:
        sql = "INSERT OR IGNORE INTO variant_shelf VALUES (?, ?)"
        self._write(lambda db: db.execute(sql, (clean(place), now())))

    def forget_shelf(self, place: str) -> None:
        self._write(lambda db: db.execute("DELETE FROM variant_shelf WHERE place = ?", (place,)))

    # how it did

    def scores(self) -> list[StoredScore]:
        rows = self._store.rows(f"SELECT {SCORE} FROM variant_score ORDER BY at")
        return [StoredScore(*row) for row in rows]

    def keep_score(self, one: StoredScore, done: Callable[[], None] | None = None) -> None:
        """In place of an earlier one of the same variant, as it is, with the same model."""
        values = (one.digest, one.model, one.variant, clean(one.name), one.size)
        values = (*values, one.passed, one.total, one.at or now(), clean(one.results))
        sql = f"INSERT OR REPLACE INTO variant_score ({SCORE}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
        self._write(lambda db: db.execute(sql, values), done)

    def forget_scores(self, digest: str, done: Callable[[], None] | None = None) -> None:
        sql = "DELETE FROM variant_score WHERE digest = ?"
        self._write(lambda db: db.execute(sql, (digest,)), done)

    def duels(self) -> list[StoredDuel]:
        rows = self._store.rows("SELECT winner, loser, tie, at FROM variant_duel ORDER BY id")
        return [StoredDuel(winner, loser, bool(tie), at) for winner, loser, tie, at in rows]

    def add_duel(
        self, winner: str, loser: str, tie: bool = False, done: Callable[[int], None] | None = None
    ) -> None:
        """done gets the number of the duel."""

        def work(db: apsw.Connection) -> tuple[int]:
            sql = "INSERT INTO variant_duel (winner, loser, tie, at) VALUES (?, ?, ?, ?)"
            db.execute(sql, (winner, loser, int(tie), now()))
            return (db.last_insert_rowid(),)

        self._store.write(work, done)

    def forget_duel(self, id: int, done: Callable[[], None] | None = None) -> None:
        self._write(lambda db: db.execute("DELETE FROM variant_duel WHERE id = ?", (id,)), done)

    def _write(
        self, change: Callable[[apsw.Connection], Any], done: Callable[[], None] | None = None
    ) -> None:
        def work(db: apsw.Connection) -> tuple[()]:
            change(db)
            return ()

        self._store.write(work, done)


def known(db: apsw.Connection, conversation: int | None) -> bool:
    """Whether a conversation is still there; None is the next new one."""
    sql = "SELECT 1 FROM conversation WHERE id = ?"
    return conversation is None or db.execute(sql, (conversation,)).get is not None
