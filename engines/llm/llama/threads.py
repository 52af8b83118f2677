"""How many threads a model may use: the physical cores but one, so that the screen stays smooth."""

import os
from pathlib import Path

CPUS = Path("/sys/devices/system/cpu")


def usual() -> int:
    return max(cores() - 1, 1)


def cores() -> int:
    """Physical cores this process may run on; half the logical ones where nobody says."""
    allowed = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else set()
    siblings = {_siblings(cpu) for cpu in allowed}
    if siblings and "" not in siblings:
        return len(siblings)
    return max((len(allowed) or os.cpu_count() or 2) // 2, 1)


def _siblings(cpu: int) -> str:
    """The logical processors that share a core with this one, as the kernel writes them."""
    try:
        return (CPUS / f"cpu{cpu}/topology/thread_siblings_list").read_text().strip()
    except OSError:
        return ""
