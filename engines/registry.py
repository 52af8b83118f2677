"""Finds every engine: each module under engines/<kind>/ that defines SPEC."""

import importlib
import pkgutil
from collections.abc import Iterator
from functools import cache

from engines.protocol import EngineSpec, Kind


@cache
def all_specs() -> dict[str, EngineSpec]:
    specs: dict[str, EngineSpec] = {}
    for kind, module in _modules():
        found = _spec(kind, module)
        if found is not None:
            assert found.kind is kind and found.name not in specs, found
            assert found.name in _names(kind, module), found
            specs[found.name] = found
    return specs


def spec(name: str) -> EngineSpec:
    """One engine's, without importing the others: most of a worker's start would be that.

    Raises KeyError.
    """
    for kind, module in _modules():
        if name in _names(kind, module):
            found = _spec(kind, module)
            if found is not None and found.name == name:
                return found
    raise KeyError(name)


def _modules() -> Iterator[tuple[Kind, str]]:
    for kind in Kind:
        package = importlib.import_module(f"engines.{kind}")
        for info in pkgutil.iter_modules(package.__path__):
            yield kind, info.name


def _names(kind: Kind, module: str) -> tuple[str, ...]:
    """What an engine in this module may be called."""
    return module, str(kind), f"{kind}_{module}"


def _spec(kind: Kind, module: str) -> EngineSpec | None:
    return getattr(importlib.import_module(f"engines.{kind}.{module}"), "SPEC", None)
