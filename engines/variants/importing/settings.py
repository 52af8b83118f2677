"""Numbers that steer a model, whatever other programs call them."""

from collections.abc import Mapping
from typing import Any

from engines.variants.checked import SAMPLING
from engines.variants.importing.taking import Taking
from engines.variants.importing.values import number, shown, whole
from engines.variants.variant import Sampling

TOKENS = (1, 10_000_000)
RANGES = {**SAMPLING, "context": TOKENS, "longest_answer": TOKENS}  # our name -> least, most
WHOLE = {"top_k", "seed", *RANGES.keys() - SAMPLING.keys()}
STOPS = {"stop", "llm.prediction.stopStrings", "llm.prediction.toolCallStopStrings"}
NOT_SET = {"seed": -1, "longest_answer": -1, "top_k": -1}  # how others say "not this one"


class Settings:
    """Reads settings one by one; what has no place or makes no sense is left out in words."""

    def __init__(self, taking: Taking, names: Mapping[str, str]) -> None:
        """names: theirs -> ours; "" for what is passed over in silence."""
        self._taking, self._names = taking, names
        self._found: dict[str, Any] = {}

    def take(self, name: str, value: object) -> None:
        ours = self._names.get(name)
        if ours is None and name in STOPS:
            self._taking.leave("Marks at which it stops: Parley stops where the model itself does.")
        elif ours is None:
            self._taking.leave_setting(name, value)
        elif ours:
            self._take(name, ours, value)

    def _take(self, name: str, ours: str, value: object) -> None:
        least, most = RANGES[ours]
        found = whole(value) if ours in WHOLE else number(value)
        if found is not None and found == NOT_SET.get(ours):
            return
        if found is None or not least <= found <= most:
            self._taking.leave(f"The setting {shown(name)}: {shown(value)} makes no sense for it.")
            return
        self._found[ours] = found

    def sampling(self) -> Sampling:
        return Sampling(**{k: v for k, v in self._found.items() if k in SAMPLING})

    def context(self) -> int:
        return self._found.get("context", 0)

    def longest_answer(self) -> int:
        return self._found.get("longest_answer", 0)
