"""All of a change or nothing of it."""

from collections.abc import Iterator
from contextlib import contextmanager

import apsw


@contextmanager
def transaction(db: apsw.Connection) -> Iterator[None]:
    """BEGIN IMMEDIATE, or a savepoint inside of another one.

    Not apsw's own `with db`: on a full disk SQLite rolls back by itself, and apsw then reports
    that there is nothing to roll back in place of the error.
    """
    inside = db.in_transaction
    db.execute("SAVEPOINT change" if inside else "BEGIN IMMEDIATE")
    kept = False
    try:
        yield
        db.execute("RELEASE change" if inside else "COMMIT")
        kept = True
    finally:
        if not kept and db.in_transaction:
            db.execute("ROLLBACK TO change; RELEASE change" if inside else "ROLLBACK")
