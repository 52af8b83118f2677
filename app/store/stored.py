"""What the store hands out: plain values, equal when what is on disk is equal.

Structs, not dataclasses: a branch of 10,000 turns is made of them in a tenth of the time.
"""

import json
import logging
import time
from collections.abc import Iterable
from hashlib import sha256
from typing import Any

import msgspec

log = logging.getLogger(__name__)
_decoder = msgspec.json.Decoder(dict[str, Any])


class StoredPart(msgspec.Struct, frozen=True):
    """kind is "text", "thought", "call", "result", "picture" (a tool made it), "sound" (the person
    spoke), "seen", "preview", "document" or "listened" (files: app/controllers/attached.py), or
    "passage" (found in files of a variant)."""

    kind: str
    text: str = ""
    attachment: str = ""  # sha256 of the file under attachments/


class StoredTurn(msgspec.Struct, frozen=True):
    """One turn of a conversation's tree. The turns with the same parent are its versions."""

    id: int
    uuid: str
    conversation: int
    parent: int | None
    role: str
    parts: tuple[StoredPart, ...]
    status: str  # done, streaming, stopped, failed, interrupted, length, context
    said: int  # UTC milliseconds
    facts: dict[str, Any] = {}
    version: int = 1  # the oldest is 1
    versions: int = 1


class StoredConversation(msgspec.Struct, frozen=True):
    id: int
    uuid: str
    title: str
    leaf: int | None  # the last turn of the branch on screen
    started: int  # UTC milliseconds
    changed: int
    pinned: bool = False
    draft: str = ""
    titled_by: str = ""  # "", "auto" or "person"
    snippet: str = ""  # only in a search; see app/store/search.py


def now() -> int:
    """UTC milliseconds. Shown to people; nothing is ordered by it, as clocks go backwards."""
    return time.time_ns() // 1_000_000


def clean(text: str) -> str:
    """text with what UTF-8 cannot carry replaced: a paste may hold halves of surrogate pairs."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def cleaned(parts: Iterable[StoredPart]) -> tuple[StoredPart, ...]:
    return tuple(StoredPart(p.kind, clean(p.text), p.attachment) for p in parts)


def as_json(facts: dict[str, Any] | None) -> str:
    """Raises TypeError for what JSON cannot hold. Not-a-number becomes null."""
    text = clean(json.dumps(facts or {}, ensure_ascii=False))
    return msgspec.json.encode(json.loads(text)).decode("utf-8")


def from_json(facts: str) -> dict[str, Any]:
    try:
        return _decoder.decode(facts)  # six times as fast as json, which shows with 10,000 turns
    except msgspec.DecodeError as error:  # a bit flipped on disk: the words are worth more
        log.warning("facts of a turn are not readable: %s", error)
        return {}


def checksum(parts: Iterable[StoredPart]) -> str:
    """SHA-256 over a turn's parts; finds bits that flipped on disk without breaking the file."""
    seen = sha256()
    for part in parts:
        text = part.text.encode("utf-8")
        seen.update(f"{part.kind}\0{part.attachment}\0{len(text)}\0".encode())
        seen.update(text)
    return seen.hexdigest()
