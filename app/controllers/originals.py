"""Files of the person as they lie on disk: what they are, and all that is in them."""

from pathlib import Path

from engines.errors import ParleyError
from engines.media import kinds
from engines.messages import Failed

AGAIN = "Try again."


def sorted_out(path: Path) -> str:
    """picture, document, film or sound. Raises ParleyError for what nothing here can read."""
    head = beginning(path)
    if not (role := kinds.role(head, path.name)):
        raise kinds.refused(kinds.what(head), kinds.DOCUMENT)
    return role


def check(path: Path) -> None:
    """Raises ParleyError for what is no file."""
    if path.is_dir():
        raise ParleyError(f"{path.name} is a folder.", "Choose the files in it.")
    if path.exists() and not path.is_file():  # opening a pipe would wait for ever
        raise ParleyError(f"{path.name} is no file.", "Choose a file.")


def beginning(path: Path) -> bytes:
    """Raises ParleyError in words."""
    check(path)
    try:
        with path.open("rb") as file:
            return file.read(kinds.HEAD)
    except OSError as error:
        raise ParleyError(*gone(path.name), str(error)) from error


def whole(path: Path) -> bytes:
    """Raises ParleyError in words."""
    check(path)
    try:
        size = path.stat().st_size
        if size > kinds.LARGEST:
            most = kinds.LARGEST >> 20
            words = f"{path.name} has {size / 1e6:,.0f} MB; Parley reads up to {most} MB."
            raise ParleyError(words, "Make it smaller, or choose a part of it.")
        return path.read_bytes()
    except OSError as error:
        raise ParleyError(*gone(path.name), str(error)) from error


def gone(name: str) -> tuple[str, str]:
    return f"{name} could not be read.", "Is it still there?"


def failure(name: str, error: Exception) -> Failed:
    """What went wrong beside the GUI thread, in words."""
    if isinstance(error, ParleyError):
        return Failed(error.message, error.hint, error.detail)
    return Failed(f"{name} could not be kept.", AGAIN, str(error))
