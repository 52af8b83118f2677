"""Servers that may answer in place of a model from here, as settings.json keeps them."""

import logging
from collections.abc import Iterable
from typing import Any, Literal

import msgspec

log = logging.getLogger(__name__)
LONGEST_NAME = 60
Sense = Literal["found out", "yes", "no"]


class Remembered(msgspec.Struct, frozen=True, omit_defaults=True):
    key: str  # its number in words of ours; never shown
    name: str
    address: str
    model: str = ""  # "" is the first one it offers
    pictures: Sense = "found out"
    sounds: Sense = "found out"
    has_key: bool = False  # one is kept for it, by the name below

    @property
    def key_name(self) -> str:
        """Its key's name in the store of keys."""
        return f"server {self.key}"


def read(stored: Iterable[Any]) -> list[Remembered]:
    """Every valid entry; another one costs a line in the log."""
    found: dict[str, Remembered] = {}
    for one in stored:
        try:
            server = msgspec.convert(one, Remembered)
        except msgspec.ValidationError as error:
            log.warning("a stored server cannot be read: %s", str(error)[:200])
            continue
        if server.key and server.address:
            found.setdefault(server.key, server)
    return list(found.values())
