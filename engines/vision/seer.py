"""An engine over a model that puts pictures and words into one space: Embed and Describe."""

from collections.abc import Callable, Generator, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from engines.errors import ParleyError
from engines.messages import (
    Describe,
    Described,
    Done,
    Embed,
    Event,
    Loaded,
    Look,
    Progress,
    Request,
    Vector,
)
from engines.vision import pictures
from engines.vision.everyday import WORDS
from engines.vision.folders import Contents, EyesRefused
from engines.vision.tokens import Tokens

if TYPE_CHECKING:
    import numpy

    Array = numpy.ndarray[Any, Any]

PROMPT, THING = "a picture of {}", "a picture of a {}"
BATCH = {"pictures": 16, "words": 64}
MOST = 4_096  # pictures and words of one request
TOLD = 12  # words of a description


class Towers(Protocol):
    """The two halves of a model; what they give need not have length 1."""

    scale: float  # of the likeness of a picture and words
    bias: float | None  # added to it, where the model judges each word by itself

    def pictures(self, pixels: "Array") -> "Array": ...

    def words(self, ids: "Array") -> "Array": ...


class Seer:
    def __init__(self, contents: Contents, towers: Towers, tokens: Tokens, loaded: Loaded) -> None:
        self._contents, self._towers, self._tokens = contents, towers, tokens
        self._loaded = loaded
        self._labels: Array | None = None  # where the model's own words lie

    def loaded(self) -> Loaded:
        return self._loaded

    def run(self, request: Request) -> Generator[Event, None, Done]:
        match request:
            case Embed():
                yield from self._embed(request)
            case Describe():
                yield from self._describe(request)
            case _:
                raise ParleyError("The eyes cannot do that.", "", type(request).__name__)
        return Done()

    def close(self) -> None:
        pass

    def _embed(self, asked: Embed) -> Generator[Event]:
        if len(asked.pictures) + len(asked.words) > MOST:
            raise ParleyError("So much cannot be looked at at once.", "Send less.", f"over {MOST}")
        for rows in self._pictures(asked.pictures):
            yield from (Vector(row.astype("<f4").tobytes()) for row in rows)
        for rows in self._words(asked.words):
            yield from (Vector(row.astype("<f4").tobytes()) for row in rows)

    def _describe(self, asked: Describe) -> Generator[Event]:
        import numpy

        pictures.checked(asked.picture)
        words, prompts = self._asked(asked.words)
        known = self._labels if not asked.words else None
        if known is None:
            parts = []
            for rows in self._words(prompts):
                parts.append(rows)
                yield Progress("reading", sum(map(len, parts)), len(words))
            known = numpy.concatenate(parts)
        if not asked.words:
            self._labels = known
        [[row]] = self._pictures((asked.picture,))
        likely = self._likely(known @ row)
        best = numpy.argsort(-likely, kind="stable")[:TOLD]
        told = tuple((words[int(n)], float(likely[n])) for n in best)
        yield Described(told, pictures.colours(asked.picture))

    def _asked(self, words: Sequence[str]) -> tuple[Sequence[str], Sequence[str]]:
        """What is looked for, and how the model is asked: about words it learned, as they are."""
        learned = self._contents.labels
        if words:
            words = words[:MOST]
            return words, words if learned else [PROMPT.format(one) for one in words]
        return (learned, learned) if learned else (WORDS, [THING.format(one) for one in WORDS])

    def _pictures(self, looks: Sequence[Look]) -> Generator["Array"]:
        how = self._contents.preparing
        for part in _batches(looks, BATCH["pictures"]):
            yield self._unit(self._towers.pictures, pictures.prepare(part, how), len(part))

    def _words(self, words: Sequence[str]) -> Generator["Array"]:
        import numpy

        for part in _batches(words, BATCH["words"]):
            ids = numpy.array(self._tokens(part), dtype="i8")
            yield self._unit(self._towers.words, ids, len(part))

    def _unit(self, tower: Callable[["Array"], "Array"], given: "Array", count: int) -> "Array":
        """What a tower answers, at length 1. Raises EyesRefused where it is nonsense."""
        import numpy

        found = numpy.asarray(tower(given), dtype="f4")
        if found.shape != (count, self._contents.dimension):
            raise EyesRefused("what it answers has another shape", f"{found.shape}")
        lengths = numpy.linalg.norm(found, axis=1, keepdims=True)
        if not (numpy.isfinite(lengths).all() and (lengths > 0).all()):
            raise EyesRefused("what it answers is not a place", "not finite")
        return found / lengths

    def _likely(self, likeness: "Array") -> "Array":
        """Probabilities: of each word by itself where the model was taught so, else among them."""
        import numpy

        if (bias := self._towers.bias) is None:
            raised = numpy.exp(self._towers.scale * (likeness - likeness.max()))
            return raised / raised.sum()
        return 1 / (1 + numpy.exp(-numpy.clip(self._towers.scale * likeness + bias, -60, 60)))


def _batches(items: Sequence[Any], size: int) -> Generator[Sequence[Any]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]
