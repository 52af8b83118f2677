"""Keys and tokens of the person's: in the system's key store, else in a file only they can read.

Everything here may take long, because the system may ask the person to unlock its store: never
on the GUI thread. Nothing here knows Qt.
"""

import json
import logging
import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

log = logging.getLogger(__name__)
WHOSE = "Parley"  # the name under which the system shows them
PATIENCE = 120.0  # seconds for the person to unlock the store, or for a store that is stuck
# the stores of the systems themselves; whatever else calls itself one may be a plain file
SYSTEMS = ("SecretService", "libsecret", "kwallet", "macOS", "Windows")
STORED = "In the system's key store."
FILED = "In a file only you can read: this system has no key store that Parley can use."
HELD = "Only until Parley is closed: the system's key store did not take it."


class Keys:
    """Each key by a name of ours; a key that is "" is none."""

    def __init__(self, file: Path | None) -> None:
        """file takes the keys where there is no store; None: they hold for this run only."""
        self._file = file
        self._held: dict[str, str] = {}
        self._lock = threading.Lock()  # of the file

    def get(self, name: str) -> str:
        if name in self._held:
            return self._held[name]
        stored = self._in_store(lambda store: store.get_password(WHOSE, name))
        found = stored if isinstance(stored, str) else self._filed().get(name, "")
        if found:
            self._held[name] = found
        return found

    def keep(self, name: str, key: str) -> str:
        """Answers in a sentence where it lies now."""
        if not key:
            self.forget(name)
            return ""
        self._held[name] = key
        if self._file is None:
            return HELD
        if system_store() is None:
            return FILED if self._write(name, key) else HELD

        def put(store: Any) -> bool:
            store.set_password(WHOSE, name, key)
            return True

        if self._in_store(put) is not True:
            return HELD
        self._write(name, "")
        return STORED

    def forget(self, name: str) -> None:
        self._held.pop(name, None)

        def drop(store: Any) -> None:
            if store.get_password(WHOSE, name) is not None:
                store.delete_password(WHOSE, name)

        self._in_store(drop)
        self._write(name, "")

    def _in_store(self, work: Callable[[Any], Any]) -> Any:
        """What the work answers; None where there is no store, or none that would."""
        if self._file is None:
            return None
        answers: list[Any] = []

        def run() -> None:
            try:
                if store := system_store():
                    answers.append(work(store))
            except troubles() as error:
                log.warning("the system's key store: %s", error)

        asking = threading.Thread(target=run, daemon=True)
        asking.start()
        asking.join(PATIENCE)
        return answers[0] if answers else None

    def _filed(self) -> dict[str, str]:
        try:
            found = json.loads(self._file.read_text("utf-8")) if self._file else {}
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as error:
            log.warning("the file of keys cannot be read: %s", error)
            return {}
        valid = found if isinstance(found, dict) else {}
        return {name: key for name, key in valid.items() if isinstance(key, str)}

    def _write(self, name: str, key: str) -> bool:
        """Put it into the file, or take it out. Answers whether it is so."""
        with self._lock:
            filed = self._filed()
            if self._file is None or filed.get(name, "") == key:
                return self._file is not None
            filed = {one: value for one, value in (filed | {name: key}).items() if value}
            fresh = self._file.with_suffix(".new")
            try:
                fresh.touch(0o600)
                fresh.chmod(0o600)  # also one that an interrupted write left
                with fresh.open("w", encoding="utf-8") as opened:
                    json.dump(filed, opened)
                    opened.flush()
                    os.fsync(opened.fileno())
                fresh.replace(self._file)
            except OSError as error:
                log.warning("the file of keys cannot be written: %s", error)
                return False
            return True


def system_store() -> Any:
    """The store that this system and its person use, None where there is none."""
    import keyring
    from keyring.backends.chainer import ChainerBackend

    try:
        chosen = keyring.get_keyring()
    except (ImportError, AttributeError, RuntimeError, ValueError, OSError) as error:
        log.warning("what the person set for their key store is none: %s", error)
        return None
    stores = chosen.backends if isinstance(chosen, ChainerBackend) else [chosen]
    trusted = [f"keyring.backends.{name}" for name in SYSTEMS]
    return next((one for one in stores if type(one).__module__ in trusted), None)


def troubles() -> tuple[type[Exception], ...]:
    """What a store raises when it is locked, gone or stuck."""
    from keyring.errors import KeyringError

    usual = (KeyringError, OSError, RuntimeError, ValueError, AssertionError)
    if sys.platform != "linux":
        return usual
    from jeepney.wrappers import DBusErrorResponse
    from secretstorage.exceptions import SecretStorageException

    return (*usual, DBusErrorResponse, SecretStorageException)
