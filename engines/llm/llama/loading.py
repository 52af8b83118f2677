"""Loads a model so that it fits: as it was planned, and with less where that fails."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from engines import machine
from engines.errors import ParleyError
from engines.llm.llama.library import DEVICE_IGPU, LOG, Buffer, Device, gpus, longest, repacked
from engines.llm.llama.memory import Memory, NoRoom
from engines.llm.llama.model import Model, NotLoaded
from engines.machine import Card, Machine, Speeds
from engines.models.fit.outline import Outline
from engines.models.fit.plans import Plan, Wishes, gave_up, gigabytes, ways
from engines.models.gguf import Header
from engines.outcomes import Learnt

IN_MEMORY = ("CPU", "AMX", "BLAS")  # how the names of places in the computer's memory begin
HOST = "_Host"  # and how those end that a card reads from
LESS = 0.9  # what is tried next takes no more than this part of what failed

log = logging.getLogger(__name__)


class TooLarge(ParleyError):
    """Said before anything is loaded: a system that runs out of memory ends what it likes."""

    def __init__(self, plan: Plan, here: Machine) -> None:
        needs, free = gigabytes(plan.forecast.most), gigabytes(here.free)
        super().__init__(
            f"This model needs about {needs} of memory, and {free} are free.",
            "Close other programs, or choose a smaller model.",
            f"{plan}",
        )


@dataclass(frozen=True)
class Wanted:
    """How a model is wanted; learnt: what such models took before."""

    wishes: Wishes
    threads: int
    projector: int = 0  # bytes of its file
    learnt: tuple[Learnt, ...] = ()
    anyway: bool = False  # also where it does not fit


@dataclass
class Opened:
    model: Model
    memory: Memory
    plan: Plan
    card: Device | None  # the graphics card that computes some of it
    passed_by: Device | None  # one that has no room for any of it
    took: int  # bytes of memory, with what the longest question will need
    card_took: int


def load(
    path: Path,
    header: Header,
    outline: Outline,
    asked: Wanted,
    progress: Callable[[float], bool],
) -> Opened:
    """Raises TooLarge, NotLoaded, NoRoom and whatever else a file is refused with."""
    cards = gpus()  # asked also when none is wanted: it loads what the library computes with
    here = this_machine(cards if asked.wishes.layers else [], asked.learnt)
    plans = list(ways(outline, here, asked.wishes, asked.projector))
    wanted, left = plans[0], [plan for plan in plans if plan.fit != "large"]
    if not left and not asked.anyway:
        raise TooLarge(plans[-1], here)
    left = left or plans[-1:]
    while True:
        plan, left = left[0], left[1:]
        try:
            opened = attempt(path, header, plan, asked, progress)
        except (NotLoaded, NoRoom) as error:
            left = [one for one in left if promises(one, plan, error)]
            if not left:
                raise
            log.info("%s: %s; now with less", error.message, plan)
        else:
            said = gave_up(wanted, plan, len(outline.blocks))
            opened.plan = replace(plan, gave_up=said)
            card = cards[0] if cards else None
            opened.card = card if plan.layers else None
            opened.passed_by = card if asked.wishes.layers and not plan.layers else None
            return opened


def promises(plan: Plan, failed: Plan, error: ParleyError) -> bool:
    """Whether this way may go where another one failed."""
    if isinstance(error, NotLoaded) and not error.of_memory:
        return bool(failed.layers) and not plan.layers  # the card's driver may be to blame
    if failed.layers and plan.layers:
        return plan.forecast.card <= failed.forecast.card * LESS
    return plan.layers != failed.layers or plan.forecast.most < failed.forecast.most


def attempt(
    path: Path, header: Header, plan: Plan, asked: Wanted, progress: Callable[[float], bool]
) -> Opened:
    LOG.take_buffers()
    before = machine.held()
    model = Model(path, header, plan.layers, progress, plan.forecast.mapped)
    try:
        memory = Memory(model, plan.context, asked.threads, plan.kv, asked.wishes.flash)
    except NoRoom:
        model.close()
        raise
    buffers = LOG.take_buffers()
    # what is computed on the way is set aside and not touched before something is read
    later = sum(one.size for one in buffers if not on_card(one) and one.use == "compute")
    took = max(machine.held() - before, 0) + later
    card_took = sum(one.size for one in buffers if on_card(one))
    return Opened(model, memory, plan, None, None, took, card_took)


def on_card(buffer: Buffer) -> bool:
    return not buffer.where.startswith(IN_MEMORY) and not buffer.where.endswith(HOST)


def this_machine(cards: Sequence[Device], learnt: tuple[Learnt, ...] = ()) -> Machine:
    """As the worker sees it now; it reads nothing of what was measured."""
    found = tuple(
        Card(one.name, one.memory, one.free, one.kind == DEVICE_IGPU, longest=longest(n))
        for n, one in enumerate(cards)
    )
    return machine.now(Speeds(repacked=repacked(), cards=found), learnt)
