"""Whether a model fits on this machine and how fast it will be, in words. Slow: not for the GUI."""

from dataclasses import replace

from app.controllers.shelf_rows import UNKNOWN, Fit, parameters
from engines.errors import ModelRefused, ParleyError
from engines.machine import Machine
from engines.models.catalogue import Entry
from engines.models.fit import Outline, choose, of_file, of_size, of_start, words_of
from engines.models.found import Found
from engines.models.packings import Packing, packed

TORCH = 1 << 30  # bytes beside a CLIP model
BESIDE = 200 << 20  # bytes beside any other small model
ROOM, EASY = 0.9, 0.75  # shares of the free memory


def of_entry(entry: Entry, machine: Machine, size: int = 0) -> Fit:
    """size: bytes of its weights as the hub has them, 0: as estimated."""
    if entry.job not in ("talk", "see"):
        return of_bytes(entry.job, size or entry.size, machine)
    outline = of_size(size or entry.weights, int(entry.parameters * 1e9), packed(entry.file))
    share = entry.active / entry.parameters if entry.active else 1.0
    return planned(outline, machine, entry.size - entry.weights, share)


def of_found(found: Found, machine: Machine) -> Fit:
    if found.job not in ("talk", "see"):
        return of_bytes(found.job, found.size, machine)
    try:
        projector = found.projector.stat().st_size if found.projector else 0
        return planned(of_file(found.path), machine, projector)
    except ModelRefused as error:
        return Fit("unknown", f"It cannot be opened: {error.reason}")
    except (ParleyError, OSError):
        return UNKNOWN


def of_packing(job: str, one: Packing, machine: Machine, start: bytes = b"", name: str = "") -> Fit:
    """start: the first bytes of such a file, where they were read; name: of its repository."""
    if job not in ("talk", "see"):
        return of_bytes(job, one.size, machine)
    outline = of_start(start, one.weights) if start else None
    outline = outline or of_size(one.weights, parameters(name), one.packed)
    return planned(replace(outline, size=one.weights), machine, one.size - one.weights)


def of_name(job: str, name: str, machine: Machine) -> Fit:
    """Of a repository of which nothing but the name is known: as if packed as is usual."""
    count = parameters(name)
    if job not in ("talk", "see") or not count:
        return UNKNOWN
    return planned(of_size(int(count * 0.6), count), machine, 0)


def planned(outline: Outline, machine: Machine, projector: int, share: float = 1.0) -> Fit:
    """share: of the weights that are read for each word."""
    plan = choose(outline, machine, projector=projector)
    if share < 1:
        words = plan.forecast.words / share
        plan = replace(plan, forecast=replace(plan.forecast, words=words))
    return Fit(plan.fit, words_of(plan, machine), plan.forecast.words)


def of_bytes(job: str, size: int, machine: Machine) -> Fit:
    """Of models that take about what their files take."""
    takes = size + (TORCH if job == "find" else BESIDE)
    share = takes / max(machine.free, 1)
    if share > ROOM:
        words = f"It needs about {takes / 1e9:.1f} GB of memory, and {machine.free / 1e9:.1f} GB"
        return Fit("large", f"{words} are free")
    return Fit("fits", "Fits") if share <= EASY else Fit("tight", "Just fits")
