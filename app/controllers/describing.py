"""Pictures a model cannot see, or read: programs look at them, and what they found stays."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from msgspec.structs import replace
from PySide6.QtCore import QObject

from app.controllers import attached
from app.controllers.attached import AboutPicture
from app.controllers.decoding import Decoding
from app.controllers.findings import FindingsController
from app.store.conversations import StoredPart, StoredTurn
from engines.messages import Look

Parts = tuple[StoredPart, ...]
Pixels = Mapping[str, Any]  # by hash
FOUND, READ = "found", "read"  # fields of AboutPicture: for a model that is blind, or cannot read


class Describing(QObject):
    def __init__(
        self, findings: FindingsController, decoding: Decoding, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._findings, self._decoding = findings, decoding

    def describe(
        self,
        parts: Sequence[StoredPart],
        done: Callable[[Parts], None],
        pixels: Pixels | None = None,
    ) -> None:
        """done gets the parts with what was found in each picture nobody had looked at yet.

        A picture that cannot be read stays as it is. pixels are those at hand.
        """
        self._fill(FOUND, parts, done, pixels or {})

    def read(
        self,
        parts: Sequence[StoredPart],
        done: Callable[[Parts], None],
        pixels: Pixels | None = None,
    ) -> None:
        """The same for a model that sees and does not read."""
        self._fill(READ, parts, done, pixels or {})

    def describe_all(
        self, turns: Sequence[StoredTurn], done: Callable[[list[StoredTurn]], None]
    ) -> None:
        """The same for a branch: done gets the turns that are others now."""
        self._fill_all(FOUND, turns, done)

    def read_all(
        self, turns: Sequence[StoredTurn], done: Callable[[list[StoredTurn]], None]
    ) -> None:
        self._fill_all(READ, turns, done)

    def _fill(
        self, field: str, parts: Sequence[StoredPart], done: Callable[[Parts], None], ready: Pixels
    ) -> None:
        found: dict[str, str] = {}
        left = missing(parts, field)
        asks = self._findings.find if field == FOUND else self._findings.read

        def go_on() -> None:
            if not left:
                return done(filled(parts, field, found))
            part, one = left.pop(0)
            if one.hash in ready:
                return look(one.hash, ready[one.hash])
            return self._decoding.again(part, partial(look, one.hash), lambda _: go_on())

        def look(name: str, seen: Any) -> None:
            def told(what: Any) -> None:
                found[name] = what.text
                go_on()

            asks(Look(name, seen.width, seen.height, seen.rgb), told)

        go_on()

    def _fill_all(
        self, field: str, turns: Sequence[StoredTurn], done: Callable[[list[StoredTurn]], None]
    ) -> None:
        left = [turn for turn in turns if missing(turn.parts, field)]
        changed: list[StoredTurn] = []

        def go_on() -> None:
            if not left:
                return done(changed)
            turn = left.pop(0)

            def given(parts: Parts) -> None:
                if parts != turn.parts:
                    changed.append(replace(turn, parts=parts))
                go_on()

            return self._fill(field, turn.parts, given, {})

        go_on()


def missing(
    parts: Iterable[StoredPart], field: str = FOUND
) -> list[tuple[StoredPart, AboutPicture]]:
    """Pictures no program has looked at."""
    seen = ((part, attached.about(part)) for part in parts if part.kind == attached.SEEN)
    return [(part, one) for part, one in seen if one and getattr(one, field) is None]


def filled(parts: Iterable[StoredPart], field: str, found: Mapping[str, str]) -> Parts:
    changed = []
    for part in parts:
        one = attached.about(part) if part.kind == attached.SEEN else None
        if one and one.hash in found and getattr(one, field) is None:
            part = attached.stored(replace(one, **{field: found[one.hash]}), part.attachment)
        changed.append(part)
    return tuple(changed)
