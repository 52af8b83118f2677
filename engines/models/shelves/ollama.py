"""Ollama's folder: its manifests name the models, and a blob of weights is a plain GGUF."""

from collections.abc import Callable, Iterator
from pathlib import Path

from engines.models.found import Found
from engines.models.purpose import PROJECTOR, TALK, purpose
from engines.models.shelves.manifests import manifests, telling
from engines.models.shelves.talking import talking


def search(source: str, root: Path, cancelled: Callable[[], bool]) -> Iterator[Found]:
    """A model with several names is found once, under the one that says most."""
    named: dict[tuple[Path, tuple[Path, ...]], list[str]] = {}
    for one in manifests(root, cancelled):
        named.setdefault(one[1:], []).append(one.name)
    for (weights, projectors), names in named.items():
        if cancelled():
            return
        name = telling(names)
        own = next((one for one in projectors if purpose(one).kind == PROJECTOR), None)
        if purpose(weights).kind == TALK and (model := talking(source, weights, name, own)):
            yield model
