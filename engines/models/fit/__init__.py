"""How much memory a model takes, what of it fits here, and how fast it will be.

From its header, from what this machine was measured to be, and from what really happened before.
"""

from pathlib import Path

from engines.machine import Machine
from engines.models.fit.forecast import Forecast, forecast
from engines.models.fit.outline import Outline, of_file, of_size, of_start
from engines.models.fit.plans import USUAL, Plan, Wishes, choose, words_of

__all__ = [
    "Forecast",
    "Outline",
    "Plan",
    "Wishes",
    "choose",
    "forecast",
    "of_file",
    "of_size",
    "of_start",
    "plan_of_file",
    "words_of",
]


def plan_of_file(path: Path, machine: Machine, wishes: Wishes = USUAL, projector: int = 0) -> Plan:
    """How a file would be loaded; projector in bytes. Raises ModelRefused, ModelMissing.

    Reads its header, which takes up to a second: not for the GUI thread.
    """
    return choose(of_file(path), machine, wishes, projector)
