"""A variant in words, for its card."""

import time
from collections.abc import Collection, Sequence

import msgspec

from app.controllers.loaded_words import small_size
from app.controllers.shown_variants import ShownScore, ShownVariant
from app.controllers.turns import said_on
from app.controllers.variant_library import Held
from app.controllers.variant_wishes import Tools, shown_wishes, touches
from app.store.variants import StoredDuel, StoredScore
from engines.variants.variant import Base

PLAIN = ShownVariant("", "Plain Parley", "The model as it is, with what you set in Preferences")
NOT_TRIED = "Not tried on this computer"
NO_TESTS = "It has no tests"


class Record(msgspec.Struct, frozen=True):
    """What is remembered of one variant beside its file."""

    granted: Collection[str] = ()
    scores: Sequence[StoredScore] = ()
    duels: Sequence[StoredDuel] = ()
    picture: str = ""
    base_here: bool = True
    default: bool = False
    in_use: bool = False
    update: bool = False


def shown(held: Held, record: Record, tools: Tools) -> ShownVariant:
    one, size = held.variant, small_size(held.size) if held.size else ""
    wishes = shown_wishes(one, record.granted, tools)
    scores = shown_scores(held.digest, record.scores)
    return ShownVariant(
        key=held.key,
        name=one.name,
        line=one.line,
        colour=one.look.colour,
        picture=record.picture,
        emoji=one.look.emoji,
        base=base_words(one.base),
        base_here=record.base_here,
        size=size,
        licence=one.licence,
        author=one.author,
        touches=touches(one, wishes, tools),
        wishes=wishes,
        tests=len(one.tests),
        scores=scores,
        score_words=score_words(len(one.tests), scores),
        smallest=smallest(scores),
        won=sum(1 for d in record.duels if d.winner == held.key and not d.tie),
        lost=sum(1 for d in record.duels if d.loser == held.key and not d.tie),
        built_in=held.built_in,
        default=record.default,
        in_use=record.in_use,
        update=record.update,
        trouble=held.trouble,
    )


def base_words(base: Base) -> str:
    return base.description or base.hub or (f"{base.sha256[:12]}…" if base.sha256 else "")


def shown_scores(digest: str, scores: Sequence[StoredScore]) -> tuple[ShownScore, ...]:
    """The best of the variant as it is now first, earlier versions after them."""
    found = [
        ShownScore(s.name, s.passed, s.total, s.size, when(s.at), s.digest == digest)
        for s in scores
    ]
    found.sort(key=lambda s: (not s.current, -(s.passed / s.total if s.total else 0), s.size))
    return tuple(found)


def score_words(tests: int, scores: Sequence[ShownScore]) -> str:
    if not tests:
        return NO_TESTS
    current = [one for one in scores if one.current]
    if not current:
        return NOT_TRIED
    best = current[0]
    return f"{best.passed} of {best.total} with {best.model}"


def smallest(scores: Sequence[ShownScore]) -> str:
    passing = [s for s in scores if s.current and s.total and s.passed == s.total]
    if not passing:
        return ""
    return f"Smallest model that passes all: {min(passing, key=lambda s: s.size).model}"


def when(at: int) -> str:
    today = time.localtime()[:3] == time.localtime(at / 1000)[:3]
    return "today" if today else said_on(at)


def numbered(name: str, taken: Collection[str]) -> str:
    """A name that no other variant has."""
    if name not in taken:
        return name
    count = next(n for n in range(2, len(taken) + 3) if f"{name} {n}" not in taken)
    return f"{name} {count}"
