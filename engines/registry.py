"""Finds every engine: each module under engines/<kind>/ that defines SPEC."""

import importlib
import pkgutil
from functools import cache

from engines.protocol import EngineSpec, Kind


@cache
def all_specs() -> dict[str, EngineSpec]:
    specs: dict[str, EngineSpec] = {}
    for kind in Kind:
        package = importlib.import_module(f"engines.{kind}")
        for info in pkgutil.iter_modules(package.__path__, package.__name__ + "."):
            spec = getattr(importlib.import_module(info.name), "SPEC", None)
            if spec is not None:
                assert spec.kind is kind and spec.name not in specs, spec
                specs[spec.name] = spec
    return specs
