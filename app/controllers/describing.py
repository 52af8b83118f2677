"""Pictures for a model that does not see: programs look at them, and what they found stays."""

from collections.abc import Callable, Iterable, Mapping, Sequence
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
        pixels: Mapping[str, Any] | None = None,
    ) -> None:
        """done gets the parts with what was found in each picture nobody had looked at yet.

        A picture that cannot be read stays as it is. pixels are those at hand.
        """
        found: dict[str, str] = {}
        left, ready = missing(parts), pixels or {}

        def go_on() -> None:
            if not left:
                return done(with_found(parts, found))
            part, one = left.pop(0)
            if one.hash in ready:
                return look(one.hash, ready[one.hash])
            return self._decoding.again(part, lambda p: look(one.hash, p), lambda _: go_on())

        def look(name: str, seen: Any) -> None:
            def told(what: Any) -> None:
                found[name] = what.text
                go_on()

            self._findings.find(Look(name, seen.width, seen.height, seen.rgb), told)

        go_on()

    def describe_all(
        self, turns: Sequence[StoredTurn], done: Callable[[list[StoredTurn]], None]
    ) -> None:
        """The same for a branch: done gets the turns that are others now."""
        left = [turn for turn in turns if missing(turn.parts)]
        changed: list[StoredTurn] = []

        def go_on() -> None:
            if not left:
                return done(changed)
            turn = left.pop(0)

            def described(parts: Parts) -> None:
                if parts != turn.parts:
                    changed.append(replace(turn, parts=parts))
                go_on()

            return self.describe(turn.parts, described)

        go_on()


def missing(parts: Iterable[StoredPart]) -> list[tuple[StoredPart, AboutPicture]]:
    """Pictures no program has looked at."""
    seen = ((part, attached.about(part)) for part in parts if part.kind == attached.SEEN)
    return [(part, one) for part, one in seen if one and one.found is None]


def with_found(parts: Iterable[StoredPart], found: Mapping[str, str]) -> Parts:
    changed = []
    for part in parts:
        one = attached.about(part) if part.kind == attached.SEEN else None
        if one and one.hash in found:
            part = attached.stored(replace(one, found=found[one.hash]), part.attachment)
        changed.append(part)
    return tuple(changed)
