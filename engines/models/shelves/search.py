"""Finds the models in all folders that are known to hold some."""

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from engines.models.found import Found
from engines.models.shelves import folder, hub_cache, jan, ollama
from engines.models.shelves.walk import never

MOST = 2_000  # models

Reader = Callable[[str, Path, Callable[[], bool]], Iterator[Found]]
READERS: dict[str, Reader] = {
    "Ollama": ollama.search,
    "Hugging Face": hub_cache.search,
    "Jan": jan.search,
}

log = logging.getLogger(__name__)


def search(roots: Iterable[tuple[str, Path]], cancelled: Callable[[], bool] = never) -> list[Found]:
    """Every model in these folders, each a source and a path, in their order.

    The same file under several names or in several roots is found once, where it came first.
    Never raises: what is not there or cannot be read holds nothing. Once cancelled() is true
    it returns what it has.
    """
    found: dict[tuple[int, int], Found] = {}
    for source, root in roots:
        for model in _in_root(source, root, cancelled):
            try:
                about = model.path.stat()
            except OSError:
                continue
            who = (about.st_dev, about.st_ino)
            if known := found.get(who):
                found[who] = with_source(known, source)
            elif len(found) < MOST:
                found[who] = model
    return list(found.values())


def with_source(model: Found, source: str) -> Found:
    if source in (model.source, *model.also):
        return model
    return replace(model, also=(*model.also, source))


def _in_root(source: str, root: Path, cancelled: Callable[[], bool]) -> Iterator[Found]:
    try:
        yield from READERS.get(source, folder.search)(source, root, cancelled)
    except (OSError, ValueError) as error:  # gone meanwhile, or with an impossible name
        log.info("looking through %s stopped: %s", root, error)
