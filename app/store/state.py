"""Facts about the database itself, kept in it under these names.

clean: the last session closed it. checked, swept: when, in UTC ms. suspect: a check found damage,
so the next start looks at all of the file. reindex: the last turn whose words are indexed anew.
"""

from typing import Any

import apsw

from app.store.transaction import transaction


def state(db: apsw.Connection) -> dict[str, int]:
    there = db.execute("SELECT count(*) FROM sqlite_schema WHERE name = 'state'").get
    rows: Any = db.execute("SELECT name, value FROM state") if there else ()
    return dict(rows)


def set_state(db: apsw.Connection, **values: int | None) -> None:
    """None takes a fact away."""
    with transaction(db):
        for name, value in values.items():
            if value is None:
                db.execute("DELETE FROM state WHERE name = ?", (name,))
            else:
                db.execute("INSERT OR REPLACE INTO state VALUES (?, ?)", (name, value))
