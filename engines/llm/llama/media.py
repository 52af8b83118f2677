"""Pictures and sounds as a model takes them in: entries of a prompt, beside the tokens of text."""

import ctypes
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from engines.messages import Picture, Sound, Turn

KEPT = 256 << 20  # bytes of encoded pictures and sounds
SHAPES = 4096  # pictures and sounds whose length is remembered

Media = Picture | Sound


@dataclass
class Slice:
    """One encoded stretch of a picture or sound. It stands in a prompt `tokens` times over, so
    that a prompt is as long as the room it takes.

    Equal to another one of the same picture, whether or not that is still encoded.
    """

    hash: str
    number: int  # among those of its picture
    tokens: int
    positions: int  # fewer than tokens where the model counts rows and columns
    chunk: int = field(compare=False, repr=False)  # the library's description of it
    embeddings: ctypes.Array | None = field(compare=False, repr=False, default=None)

    @property
    def size(self) -> int:
        return ctypes.sizeof(self.embeddings) if self.embeddings is not None else 0


Unit = int | Slice  # a token of text, or one of a slice's
Units = list[Unit]


def written(units: Iterable[Unit]) -> Units:
    """A prompt with each slice as often as it has tokens."""
    found: Units = []
    for unit in units:
        found += [unit] * unit.tokens if isinstance(unit, Slice) else [unit]
    return found


def border(units: Sequence[Unit], length: int) -> tuple[int, int]:
    """Where in the first `length` entries the last whole one ends, and its place in positions."""
    end = place = 0
    while end < length:
        unit = units[end]
        tokens, positions = (unit.tokens, unit.positions) if isinstance(unit, Slice) else (1, 1)
        if end + tokens > length:
            break
        end, place = end + tokens, place + positions
    return end, place


def missing(units: Iterable[Unit]) -> tuple[str, ...]:
    """The pictures and sounds that cannot be read because they are not, or no longer, encoded."""
    slices = (unit for unit in units if isinstance(unit, Slice))
    return tuple(dict.fromkeys(one.hash for one in slices if one.embeddings is None))


def media_in(turns: Iterable[Turn]) -> list[Media]:
    return [part for turn in turns for part in turn.parts if isinstance(part, Picture | Sound)]


class Gallery:
    """What was shown to the model, by name; the longest unused is forgotten first.

    A picture's length outlives its embeddings: it may still be in the model's memory.
    """

    def __init__(self, most: int = KEPT) -> None:
        self._most = most
        self._shown: OrderedDict[str, list[Unit]] = OrderedDict()
        self._size = 0

    def get(self, hash: str) -> list[Unit] | None:
        """Its tokens and slices, each slice once."""
        if hash in self._shown:
            self._shown.move_to_end(hash)
        return self._shown.get(hash)

    def encoded(self, hash: str) -> bool:
        return not missing(self.get(hash) or [Slice(hash, 0, 0, 0, 0)])

    def put(self, hash: str, units: list[Unit]) -> None:
        self._forget(self._shown.pop(hash, []))
        self._shown[hash] = units
        self._size += sum(map(size_of, units))
        for other, old in list(self._shown.items()):
            if self._size <= self._most or other == hash:
                break
            self._forget(old)
        while len(self._shown) > SHAPES:
            self._forget(self._shown.popitem(last=False)[1])

    def _forget(self, units: Iterable[Unit]) -> None:
        for unit in units:
            if isinstance(unit, Slice):
                self._size -= unit.size
                unit.embeddings = None


def size_of(unit: Unit) -> int:
    return unit.size if isinstance(unit, Slice) else 0
