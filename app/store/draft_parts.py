"""What is attached to messages that are being written, on disk."""

from collections.abc import Iterable, Sequence

import apsw

from app.store.conversations import Store
from app.store.stored import StoredPart, cleaned
from app.store.writer import Done, FailedWith

Chips = Sequence[Iterable[StoredPart]]  # of one message, the parts of each chip in order


class DraftParts:
    def __init__(self, store: Store) -> None:
        self._store = store

    def of(self, conversation: int | None) -> list[tuple[StoredPart, ...]]:
        """None: of the conversation that begins with the message."""
        rows = self._store.rows(
            """SELECT chip, kind, text, attachment FROM draft_part
               WHERE conversation IS ? ORDER BY chip, place""",
            conversation,
        )
        chips: dict[int, list[StoredPart]] = {}
        for chip, kind, text, attachment in rows:
            chips.setdefault(chip, []).append(StoredPart(kind, text, attachment or ""))
        return [tuple(parts) for parts in chips.values()]

    def keep(
        self,
        conversation: int | None,
        chips: Chips,
        done: Done | None = None,
        failed: FailedWith | None = None,
    ) -> None:
        """In place of what was kept for this message."""
        rows = [
            (conversation, chip, place, part.kind, part.text, part.attachment or None)
            for chip, parts in enumerate(chips)
            for place, part in enumerate(cleaned(parts))
        ]

        def work(db: apsw.Connection) -> tuple[()]:
            db.execute("DELETE FROM draft_part WHERE conversation IS ?", (conversation,))
            columns = "conversation, chip, place, kind, text, attachment"
            sql = f"INSERT INTO draft_part ({columns}) VALUES (?, ?, ?, ?, ?, ?)"
            db.executemany(sql, rows)
            return ()

        self._store.write(work, done, failed)
