"""The store: conversations, their turns and what belongs to them, on disk."""

import logging
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Any

import apsw

from app.store import writing
from app.store.attachments import Attachments
from app.store.database import open_database
from app.store.disk import Disk
from app.store.reading import Reading
from app.store.stored import (
    StoredConversation,
    StoredPart,
    StoredTurn,
    as_json,
    clean,
    cleaned,
    now,
)
from app.store.writer import Deliver, Done, FailedWith, Writer
from engines.errors import ParleyError

__all__ = ["Store", "StoredConversation", "StoredPart", "StoredTurn"]
log = logging.getLogger(__name__)
DISK = Disk()


def _log_failure(error: ParleyError) -> None:
    log.warning("%s %s", error.message, error.detail)


class Store(Reading):
    """Reads answer at once. Writes answer through done when they are on disk, in their order.

    done and failed are brought to the caller's thread by deliver. Where nothing else is said,
    done is called with the id that was written. failed of the store hears what a write without
    a failed of its own could not do. notices are sentences about the opening, for the person.
    """

    def __init__(
        self,
        path: Path | None,
        deliver: Deliver,
        failed: FailedWith = _log_failure,
        disk: Disk = DISK,
    ) -> None:
        """path None: in memory. Raises ParleyError when the data cannot be opened."""
        database = open_database(path, disk)
        super().__init__(database.reader, lambda: database.mend_search(self._writer))
        self.notices = database.notices
        self._database = database
        self._writer = Writer(database.writer, deliver, failed, database.ballast, disk.retry)
        self._attachments = Attachments(database.folder / "attachments")
        database.start(self._writer)

    # Conversations

    def begin(
        self,
        title: str,
        role: str,
        parts: Iterable[StoredPart],
        done: Callable[[int, StoredTurn], None] | None = None,
        failed: FailedWith | None = None,
        facts: dict[str, Any] | None = None,
    ) -> None:
        """A new conversation with its first turn; done gets the conversation's id and the turn."""
        title, kept, about = clean(title), cleaned(parts), as_json(facts)

        def work(db: apsw.Connection) -> tuple[int, StoredTurn]:
            conversation = writing.begin(db, title)
            return conversation, writing.add_turn(db, conversation, None, role, kept, "done", about)

        self._writer.submit(work, done, failed)

    def rename(
        self,
        conversation: int,
        title: str,
        by: str,
        done: Done | None = None,
        failed: FailedWith | None = None,
    ) -> None:
        """by is "auto" or "person", or "" for a title that stands in until there is a better."""
        self._change(
            conversation, lambda db: writing.rename(db, conversation, title, by), done, failed
        )

    def pin(
        self,
        conversation: int,
        pinned: bool,
        done: Done | None = None,
        failed: FailedWith | None = None,
    ) -> None:
        self._set(conversation, "pinned", int(pinned), done, failed)

    def save_draft(
        self,
        conversation: int | None,
        text: str,
        done: Done | None = None,
        failed: FailedWith | None = None,
    ) -> None:
        """None: of the conversation that begins with it."""
        kept, key = clean(text), ("draft", conversation)
        if conversation is None:
            sql = "UPDATE new_draft SET text = ?"
            self._change(0, lambda db: db.execute(sql, (kept,)), done, failed, key)
        else:
            self._set(conversation, "draft", kept, done, failed, key)

    def delete_conversation(
        self, conversation: int, done: Done | None = None, failed: FailedWith | None = None
    ) -> None:
        """Into the bin."""
        self._set(conversation, "deleted", now(), done, failed)

    def restore_conversation(
        self, conversation: int, done: Done | None = None, failed: FailedWith | None = None
    ) -> None:
        self._set(conversation, "deleted", None, done, failed)

    def show(
        self,
        conversation: int,
        leaf: int,
        done: Done | None = None,
        failed: FailedWith | None = None,
    ) -> None:
        """Make leaf the end of the branch the conversation shows."""
        self._change(conversation, lambda db: writing.show(db, conversation, leaf), done, failed)

    # Turns

    def add_turn(
        self,
        conversation: int,
        parent: int | None,
        role: str,
        parts: Iterable[StoredPart],
        status: str = "done",
        facts: dict[str, Any] | None = None,
        done: Callable[[StoredTurn], None] | None = None,
        failed: FailedWith | None = None,
    ) -> None:
        """A child of parent, or another beginning for None; shown from now on."""
        kept, about = cleaned(parts), as_json(facts)

        def work(db: apsw.Connection) -> tuple[StoredTurn]:
            return (writing.add_turn(db, conversation, parent, role, kept, status, about),)

        self._writer.submit(work, done, failed)

    def write_answer(
        self,
        turn: int,
        parts: Iterable[StoredPart],
        status: str,
        facts: dict[str, Any] | None = None,
        done: Done | None = None,
        failed: FailedWith | None = None,
    ) -> None:
        """Replace the parts and status of a turn; None keeps the facts it has.

        While status is "streaming" a write that still waits in line is dropped for a newer one.
        """
        kept, about = cleaned(parts), None if facts is None else as_json(facts)
        key = ("answer", turn) if status == "streaming" else None
        self._change(
            turn,
            lambda db: writing.write_answer(db, turn, kept, status, about),
            *(done, failed, key),
        )

    def delete_turn(
        self,
        turn: int,
        done: Callable[[int | None], None] | None = None,
        failed: FailedWith | None = None,
    ) -> None:
        """Hide a turn and all below it; done gets the leaf that is shown instead, or None."""
        self._writer.submit(lambda db: (writing.delete_turn(db, turn),), done, failed)

    def restore_turn(
        self, turn: int, leaf: int, done: Done | None = None, failed: FailedWith | None = None
    ) -> None:
        """Undo delete_turn and show the branch that ends in leaf."""
        self._change(turn, lambda db: writing.restore_turn(db, turn, leaf), done, failed)

    def empty_bin(
        self,
        before_ms: int,
        done: Callable[[int], None] | None = None,
        failed: FailedWith | None = None,
    ) -> None:
        """Remove for good what was deleted before; done gets the number of turns."""
        files: list[str] = []

        def work(db: apsw.Connection) -> tuple[int]:
            count, files[:] = writing.empty_bin(db, before_ms)
            return (count,)

        after = partial(self._attachments.remove, files)
        self._writer.submit(work, done, failed, after=after)

    # Files

    def add_attachment(self, content: bytes | Path) -> str:
        """Copy a file in; its SHA-256. On disk on return: not for the GUI thread when large."""
        sha256, size = self._attachments.add(content)
        self._change(0, lambda db: writing.add_attachment(db, sha256, size), None, None)
        return sha256

    def attachment(self, sha256: str) -> Path:
        return self._attachments.path(sha256)

    def remember_hash(self, path: str, size: int, mtime_ns: int, inode: int, sha256: str) -> None:
        about = (size, mtime_ns, inode)
        self._change(0, lambda db: writing.remember_hash(db, path, about, sha256), None, None)

    # The store itself

    def write(
        self,
        work: Callable[[apsw.Connection], tuple[Any, ...]],
        done: Done | None = None,
        failed: FailedWith | None = None,
    ) -> None:
        """For what has a table of its own: work's tuple is what done is called with."""
        self._writer.submit(work, done, failed)

    def flush(self, timeout: float = 10.0) -> bool:
        """Wait until all writes are on disk; False when they cannot be within timeout seconds."""
        return self._writer.flush(timeout)

    def close(self) -> None:
        """Write what is left, back up, and mark that nothing has to be checked next time."""
        self._writer.close()
        self._database.close(self._writer)

    def _change(
        self,
        id: int,
        work: Callable[[apsw.Connection], Any],
        done: Done | None,
        failed: FailedWith | None,
        key: object = None,
    ) -> None:
        def answered(db: apsw.Connection) -> tuple[int]:
            work(db)
            return (id,)

        self._writer.submit(answered, done, failed, key)

    def _set(
        self,
        conversation: int,
        column: str,
        value: Any,
        done: Done | None,
        failed: FailedWith | None,
        key: object = None,
    ) -> None:
        sql = f"UPDATE conversation SET {column} = ? WHERE id = ?"
        self._change(
            conversation, lambda db: db.execute(sql, (value, conversation)), *(done, failed, key)
        )
