"""What can go wrong with the database, in words."""

from collections.abc import Callable
from pathlib import Path

import apsw

from engines.errors import ParleyError


class DiskFull(ParleyError):
    """The write is kept and tried again; its done is called when it is on disk after all."""

    def __init__(self, detail: str = "") -> None:
        super().__init__(
            "The disk is full. What you wrote is kept in memory and saved when there is room.",
            "Delete some files, and keep Parley open until then.",
            detail,
        )


class AlmostFull(ParleyError):
    """Nothing failed yet."""

    def __init__(self) -> None:
        super().__init__(
            "The disk is full. What you wrote was saved in a reserve Parley keeps for that.",
            "Delete some files before the reserve is full, too.",
        )


class NoRoomToStart(ParleyError):
    def __init__(self, detail: str = "") -> None:
        super().__init__(
            "The disk is full, so nothing you write could be saved.",
            "Delete some files and start Parley again.",
            detail,
        )


class Damaged(ParleyError):
    def __init__(self, detail: str = "") -> None:
        super().__init__(
            "The file with your conversations is damaged.",
            "Close Parley and start it again: it restores the newest backup and what is readable.",
            detail,
        )


class FolderUnusable(ParleyError):
    def __init__(self, file: Path, detail: str = "") -> None:
        super().__init__(
            f"Parley cannot write its data to {file.parent}.",
            "Allow writing there, or choose another folder with --data-dir.",
            detail,
        )


WORDS: tuple[tuple[type[Exception], Callable[[str], ParleyError]], ...] = (
    (apsw.FullError, DiskFull),
    (apsw.CorruptError, Damaged),
    (apsw.NotADBError, Damaged),
    (
        apsw.BusyError,
        lambda detail: ParleyError(
            "Another program holds the file with your conversations.", "Close it.", detail
        ),
    ),
    (
        apsw.ReadOnlyError,
        lambda detail: ParleyError(
            "The file with your conversations cannot be written.",
            "Look whether the disk or the file is read-only.",
            detail,
        ),
    ),
    (
        apsw.IOError,
        lambda detail: ParleyError(
            "The disk reported an error.", "Look after the disk, and make a backup.", detail
        ),
    ),
)


def in_words(error: BaseException) -> ParleyError:
    """A failed read or write as the person is told it."""
    if isinstance(error, ParleyError):
        return error
    detail = f"{type(error).__name__}: {error}"
    for kind, words in WORDS:
        if isinstance(error, kind):
            return words(detail)
    return ParleyError(
        "This could not be saved.",
        "Try again. If it stays, copy the details and report it.",
        detail,
    )
