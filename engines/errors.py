"""Errors we expect. Anything else is a bug and is reported as one."""

import logging

from engines.messages import Failed

log = logging.getLogger(__name__)


class ParleyError(Exception):
    """An expected failure, worded for the person using Parley.

    message says what did not work, hint says what to do next, detail is for the log.
    """

    def __init__(self, message: str, hint: str = "", detail: str = "") -> None:
        super().__init__(message)
        self.message, self.hint, self.detail = message, hint, detail


class ModelMissing(ParleyError):
    def __init__(self, path: str) -> None:
        super().__init__(
            "The model file is not there any more.", "Open another model from the File menu.", path
        )


class ModelRefused(ParleyError):
    """The file is not a model this program dares to load; reason names what is wrong with it."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(
            f"This file cannot be opened as a model: {reason}.",
            "Download it again, or choose another model.",
            detail,
        )
        self.reason = reason


def to_failed(error: Exception) -> Failed:
    """The one place where an exception becomes something a user reads."""
    if isinstance(error, ParleyError):
        log.info("%s %s", error.message, error.detail)
        return Failed(error.message, error.hint, error.detail)
    log.error("unexpected", exc_info=error)
    return Failed(
        "Something went wrong inside Parley.",
        "Try again. If it stays, copy the details and report it.",
        f"{type(error).__name__}: {error}",
    )
