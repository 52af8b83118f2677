"""Chooses layers on the card, context and the packing of what is remembered, and says what fits."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

from engines.machine import Machine
from engines.models.fit.forecast import Forecast, forecast, longest_piece
from engines.models.fit.outline import Outline

USUAL_CONTEXT = 8192  # tokens, where the person leaves it to us
LONGER = (32768, 16384)  # and where there is room in plenty
SHORTEST = 2048
PACKED = ("q8_0", "q4_0")
PLENTY = 1 / 4  # of the free memory beside the weights, for remembering more than the usual
ROOM = 0.9  # of what is free: the forecast may be wrong by a tenth
EASY = 0.75
ON_CARD = 256 << 20  # bytes of a card that drivers and the screen want


@dataclass(frozen=True)
class Wishes:
    """What the person chose; 0, "" and -1 leave it to us."""

    context: int = 0
    kv: str = ""
    layers: int = -1
    flash: bool = True


USUAL = Wishes()


@dataclass(frozen=True)
class Plan:
    context: int
    kv: str
    layers: int  # on the card, with the end of the model as one; -1 all
    forecast: Forecast
    fit: str  # "fits", "tight" or "large"
    gave_up: str = ""  # a sentence, "" where everything is as it was wanted


def choose(
    outline: Outline,
    machine: Machine,
    wishes: Wishes = USUAL,
    projector: int = 0,
) -> Plan:
    """The first of the ways to load it that fits; where none does, the smallest, as "large"."""
    plans = list(ways(outline, machine, wishes, projector))
    fitting = next((plan for plan in plans if plan.fit != "large"), None)
    if fitting is None:
        return plans[-1]
    return replace(fitting, gave_up=gave_up(plans[0], fitting, len(outline.blocks)))


def ways(outline: Outline, machine: Machine, wishes: Wishes, projector: int) -> Iterator[Plan]:
    """All ways to load it, the best first; what comes later takes less."""

    def plan(context: int, kv: str, layers: int) -> Plan:
        expected = forecast(outline, machine, context, kv, layers, projector, wishes.flash)
        kind = outline.architecture, outline.quantisation
        expected = expected.corrected(machine.factor(*kind, bool(layers)))
        holds = not layers or held(outline, machine, context, kv)
        fit = fit_of(expected, machine) if holds else "large"
        return Plan(context, kv, layers, expected, fit)

    contexts, kinds = contexts_of(outline, machine, wishes), kinds_of(outline, wishes)
    if wishes.layers and machine.cards:
        yield from (plan(contexts[0], kv, wishes.layers) for kv in kinds)
        can = [n for n in contexts if held(outline, machine, n, kinds[-1])] or contexts
        yield from (plan(n, kinds[-1], wishes.layers) for n in can[:2] if n < contexts[0])
        count = len(outline.blocks)
        most = count if wishes.layers < 0 else min(wishes.layers - 1, count)
        yield from (plan(can[0], kinds[-1], n) for n in range(most, 0, -1))
    yield from (plan(contexts[0], kv, 0) for kv in kinds)
    yield from (plan(context, kinds[-1], 0) for context in contexts[1:])


def held(outline: Outline, machine: Machine, context: int, kv: str) -> bool:
    """Whether every card can work on what a block remembers, which is one piece.

    Longer keys would end the library's process; with a longer mask the processor would attend.
    """
    limits = [card.longest for card in machine.cards if card.longest]
    return longest_piece(outline, context, kv) <= min(limits, default=math.inf)


def kinds_of(outline: Outline, wishes: Wishes) -> tuple[str, ...]:
    """How exactly it may remember, the best first; packed only where the library can."""
    can = wishes.flash and outline.packable
    if wishes.kv and (can or wishes.kv not in PACKED):
        return (wishes.kv,)
    return ("f16", "q8_0") if can else ("f16",)


def contexts_of(outline: Outline, machine: Machine, wishes: Wishes) -> list[int]:
    """What is wanted, then ever shorter ones."""
    wanted = wishes.context or usual(outline, machine, wishes)
    found = [wanted]
    while found[-1] // 2 >= SHORTEST:
        found.append(found[-1] // 2)
    return found


def usual(outline: Outline, machine: Machine, wishes: Wishes) -> int:
    """The usual context, longer where memory is plenty; no more than the model was taught."""
    trained = outline.trained or USUAL_CONTEXT
    card = machine.cards[0] if machine.cards and wishes.layers else None
    free = card.free if card and not card.shared else machine.free
    room = (free - outline.size) * PLENTY
    for context in LONGER:
        if min(context, trained) <= USUAL_CONTEXT:
            break
        wanted = min(context, trained)
        expected = forecast(outline, machine, wanted, wishes.kv or "f16", flash=wishes.flash)
        if expected.kv + expected.compute + expected.grows <= room:
            return wanted
    return min(trained, USUAL_CONTEXT)


def fit_of(expected: Forecast, machine: Machine) -> str:
    room_on_cards = sum(max(card.free - ON_CARD, 0) for card in machine.cards if not card.shared)
    shares = (
        expected.most / max(machine.free, 1),
        expected.card / max(room_on_cards, 1) if expected.card else 0,
    )
    if max(shares) > ROOM:
        return "large"
    return "fits" if max(shares) <= EASY else "tight"


def gave_up(wanted: Plan, plan: Plan, blocks: int) -> str:
    """What is other than wanted, in a sentence; "" for nothing."""
    parts = []
    if plan.context < wanted.context:
        parts.append(f"it keeps {plan.context:,} tokens in mind instead of {wanted.context:,}")
    if plan.kv != wanted.kv:
        parts.append("it remembers what it read a little less exactly")
    if plan.layers != wanted.layers:
        on_card = f"{plan.layers} of its {blocks + 1} layers are on the graphics card"
        parts.append(on_card if plan.layers else "the processor alone computes it")
    if not parts:
        return ""
    listed = ", ".join(parts[:-1]) + " and " * (len(parts) > 1) + parts[-1]
    return f"There was not enough memory for all of it, so {listed}."


def words_of(plan: Plan, machine: Machine) -> str:
    """Whether it fits, how much it remembers and how fast it is, for the shelf."""
    expected = plan.forecast
    speed = f"about {rounded(expected.words)} words a second" if expected.words else ""
    here = f", {speed} here" if speed else ""
    if plan.fit == "large":
        return too_large(plan, machine)
    if plan.fit == "tight":
        return f"Just fits, with room for {plan.context:,} tokens{here}"
    return f"Fits with room for {plan.context:,} tokens{here}"


def too_large(plan: Plan, machine: Machine) -> str:
    needs = gigabytes(plan.forecast.most / ROOM)
    if plan.forecast.most > machine.total * ROOM:
        has = gigabytes(machine.total)
        return f"Too large: it needs {needs} of memory and this computer has {has}"
    return (
        f"It needs {needs} of memory and {gigabytes(machine.free)} are free: close other programs"
    )


def gigabytes(size: float) -> str:
    if size < 0.1e9:
        return f"{size / 1e6:.0f} MB"
    return f"{size / 1e9:.1f} GB" if size < 10e9 else f"{size / 1e9:.0f} GB"


def rounded(words: float) -> str:
    """As a person counts them: 0.4, 3, 22, 150."""
    if words < 2:
        return f"{words:.1f}"
    step = 1 if words < 30 else 5 if words < 100 else 10
    return f"{round(words / step) * step:,}"
