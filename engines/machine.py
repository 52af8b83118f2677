"""What this computer is, as far as models care: memory, cores, graphics cards, and how fast.

Memory that is free is asked anew each time; the rest is measured once, in a process of its own,
and kept in a file.
"""

import logging
import os
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec
import psutil

from engines.outcomes import Learnt, Outcomes, likest
from engines.process import COMMAND, ROOT, environment

FLAG = "--measure"  # PART FOLDER: the worker measures, makes a model there for it, and leaves
PARTS = ("processor", "cards")  # one after the other: a driver may end its process
FILE = "machine.json"
VERSION = 2
PATIENCE = 120  # seconds; a usual machine takes about two
TIMES = 3  # it is measured, in as many runs of Parley
QUICKER = 4  # times as fast is a card that was not measured
USUAL_RATE = 8e9  # bytes of weights a second, of a laptop that was not measured
CGROUP = Path("/sys/fs/cgroup")

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Card:
    """A graphics card; bytes, and bytes of weights it reads a second while it writes words."""

    name: str
    total: int
    free: int
    shared: bool = False  # it has no memory of its own, but uses the computer's
    rate: float = 0.0  # 0 where it was not measured
    longest: int = 0  # bytes it can work on as one piece; 0 where it sets no limit


@dataclass(frozen=True)
class Speeds:
    """What was measured, of the processor: bytes and multiplications a second."""

    bandwidth: float = 0.0  # of plain memory
    rate: float = 0.0  # bytes of weights read while words are written
    reading: float = 0.0  # multiplications and additions while a prompt is read
    repacked: tuple[str, ...] = ()  # packings which are rearranged when loaded
    cards: tuple[Card, ...] = ()
    library: str = ""  # its version


@dataclass(frozen=True)
class Machine:
    total: int  # bytes of memory
    free: int  # of it, for a new program, as it is now
    cores: int
    speeds: Speeds = Speeds()
    cards: tuple[Card, ...] = ()
    learnt: tuple[Learnt, ...] = ()  # from what models really took here

    @property
    def measured(self) -> bool:
        return self.speeds.rate > 0

    def rate(self, architecture: str, quantisation: str, on_card: bool) -> float:
        """Bytes of weights a second while words are written, by such models if any were used."""
        if known := likest(self.learnt, architecture, quantisation, on_card, "rate"):
            return known
        plain = self.speeds.rate or USUAL_RATE
        return (self.cards[0].rate or QUICKER * plain) if on_card and self.cards else plain

    def factor(self, architecture: str, quantisation: str, on_card: bool) -> float:
        """How many times what is forecast for such models they took."""
        return likest(self.learnt, architecture, quantisation, on_card, "factor") or 1.0

    def after(self, released: int, on_cards: int = 0) -> "Machine":
        """As it will be when Parley has let go of so many bytes."""
        cards = self.cards
        if on_cards and cards:
            first = replace(cards[0], free=min(cards[0].free + on_cards, cards[0].total))
            cards = (first, *cards[1:])
        return replace(self, free=min(self.free + released, self.total), cards=cards)


class Kept(msgspec.Struct):
    version: int
    key: tuple[str, int, int]
    speeds: Speeds  # the best of all
    times: int = 1  # it was measured


def known(folder: Path) -> Machine:
    """What is known now without measuring; reads two small files."""
    kept = _read(folder)
    return now(kept.speeds if kept else Speeds(), Outcomes(folder).learnt())


def measure(folder: Path, *, afresh: bool = False, command: Sequence[str] = COMMAND) -> Machine:
    """Measure where it was not often enough, or afresh. Takes seconds: not for the GUI thread.

    The best of all counts: a machine that does something else measures too low. Never raises.
    """
    kept = _read(folder)
    if kept and kept.times >= TIMES and not afresh:
        return now(kept.speeds, Outcomes(folder).learnt())
    found = _measured(folder, command)
    if found.rate:
        speeds = better(kept.speeds, found) if kept else found
        _write(folder, Kept(VERSION, _key(), speeds, kept.times + 1 if kept else 1))
    else:
        speeds = kept.speeds if kept else found
    return now(speeds, Outcomes(folder).learnt())


def better(before: Speeds, found: Speeds) -> Speeds:
    """The best of both; of another library's speeds only what was found now."""
    if before.library != found.library:
        return found
    rates = {card.name: card.rate for card in before.cards}
    cards = (replace(one, rate=max(one.rate, rates.get(one.name, 0.0))) for one in found.cards)
    names = ("bandwidth", "rate", "reading")
    best = {name: max(getattr(before, name), getattr(found, name)) for name in names}
    return replace(found, **best, cards=tuple(cards))


def now(speeds: Speeds, learnt: tuple[Learnt, ...] = ()) -> Machine:
    total, free = memory()
    cores = psutil.cpu_count(logical=False) or psutil.cpu_count() or 1
    return Machine(total, free, cores, speeds, speeds.cards, learnt)


def memory() -> tuple[int, int]:
    """Bytes of memory in all, and for a new program without swapping; of a container, its own."""
    system = psutil.virtual_memory()
    total, free = system.total, system.available
    with suppress(OSError, ValueError):
        most = int((CGROUP / "memory.max").read_text())
        used = int((CGROUP / "memory.current").read_text())
        facts = dict(line.split() for line in (CGROUP / "memory.stat").read_text().splitlines())
        idle = int(facts.get("inactive_file", 0)) + int(facts.get("active_file", 0))
        total, free = min(total, most), min(free, max(most - used + idle, 0))
    return total, free


def held(pid: int | None = None) -> int:
    """Bytes of memory a process takes, this one where none is named; 0 where there is none."""
    try:
        return psutil.Process(pid).memory_info().rss
    except (psutil.Error, ValueError):
        return 0


def released(pid: int) -> int:
    """Bytes that are free again when a process ends: without what is only read from files."""
    try:
        about = psutil.Process(pid).memory_info()
    except (psutil.Error, ValueError):
        return 0
    return about.rss - getattr(about, "shared", 0)


def temperature() -> float | None:
    """Of the processor, in degrees Celsius; None where the system does not say."""
    read = getattr(psutil, "sensors_temperatures", None)
    with suppress(OSError, ValueError, RuntimeError):
        found = read() if read else {}
        for name in ("coretemp", "k10temp", "zenpower", "cpu_thermal", "acpitz"):
            if values := [one.current for one in found.get(name, ()) if one.current]:
                return max(values)
    return None


def _measured(folder: Path, command: Sequence[str]) -> Speeds:
    place = folder / "measuring"
    with suppress(OSError):
        place.mkdir(parents=True, exist_ok=True)
    found, cards = (_part(part, place, command) for part in PARTS)
    return replace(found, cards=cards.cards)


def _part(part: str, place: Path, command: Sequence[str]) -> Speeds:
    try:
        done = subprocess.run(
            [*command, FLAG, part, str(place)],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=PATIENCE,
            check=True,
            cwd=ROOT,
            env=environment(os.environ, (place,)),
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        return msgspec.json.decode(done.stdout, type=Speeds)
    except (OSError, msgspec.MsgspecError, subprocess.SubprocessError) as error:
        log.info("the machine's %s could not be measured: %s", part, error)
        return Speeds()


def _key() -> tuple[str, int, int]:
    return sys.platform, psutil.virtual_memory().total >> 28, os.cpu_count() or 0


def _read(folder: Path) -> Kept | None:
    try:
        kept = msgspec.json.decode((folder / FILE).read_bytes(), type=Kept)
    except (OSError, msgspec.MsgspecError):
        return None
    return kept if (kept.version, kept.key) == (VERSION, _key()) else None


def _write(folder: Path, kept: Kept) -> None:
    fresh = folder / f"{FILE}.new"
    with suppress(OSError):  # a cache: without it everything is measured again
        folder.mkdir(parents=True, exist_ok=True)
        fresh.write_bytes(msgspec.json.encode(kept))
        fresh.replace(folder / FILE)
