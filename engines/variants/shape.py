"""Whether a text is JSON of a certain shape: jsonschema, kept from running on or going out.

A schema comes from strangers. It may refer to itself without end, name addresses to be fetched and
hold expressions that never finish; each step is counted, and nothing is looked up anywhere.
"""

import itertools
import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import regex

LONGEST = 100_000  # characters of an answer, and of a schema
STEPS = 20_000  # keywords that are looked at for one answer
SECONDS = 1.0
PATIENCE = 0.25  # seconds for one expression
LEFT_OUT = ("unevaluatedItems", "unevaluatedProperties", "$dynamicRef", "dynamicRef")


class BadShape(ValueError):
    """The schema itself cannot be used; in words, to go on with "its shape …"."""


def misfit(text: str, schema: str) -> str:
    """In words what is wrong with the text, "" where it fits. Raises BadShape."""
    wanted = read_schema(schema)
    try:
        found = _read(text)
    except (ValueError, RecursionError):
        fenced = text.strip().startswith("```")
        return "it is JSON between words or marks" if fenced else "it is not JSON"
    if wanted is True:
        return ""
    try:
        error = next(_validator(wanted).iter_errors(found), None)
    except _TooLong:
        raise BadShape("takes too long to compare") from None
    except RecursionError:
        raise BadShape("refers to itself without end") from None
    except Exception as why:  # noqa: BLE001  whatever the library makes of a stranger's schema
        raise BadShape("cannot be read") from why
    if error is None:
        return ""
    where = ".".join(str(step) for step in error.absolute_path)
    return f"{where}: {_shortened(error.message)}" if where else _shortened(error.message)


def read_schema(schema: str) -> Any:
    """The schema as data, True for an empty one. Raises BadShape."""
    if not schema.strip():
        return True
    try:
        read = _read(schema)
    except (ValueError, RecursionError):
        raise BadShape("is not JSON") from None
    if not isinstance(read, dict | bool):
        raise BadShape("is no JSON schema")
    for keyword in LEFT_OUT:
        if f'"{keyword}"' in schema:
            raise BadShape(f"uses {keyword}, which is not understood here")
    return read


def _read(text: str) -> Any:
    if len(text) > LONGEST:
        raise ValueError
    return json.loads(text, parse_constant=_refuse, object_hook=_of_no_draft)


def _of_no_draft(read: dict[str, Any]) -> dict[str, Any]:
    """A schema that names its draft would be handed on to that draft's own, uncounted keywords."""
    read.pop("$schema", None)
    return read


def _refuse(name: str) -> Any:
    raise ValueError(name)


def _shortened(words: str) -> str:
    return words if len(words) <= 160 else words[:157] + "…"


class _TooLong(Exception):
    pass


def _validator(schema: Any) -> Any:
    """Its steps are counted, and it has no place to fetch from."""
    from jsonschema import Draft202012Validator, validators
    from referencing import Registry

    until = time.monotonic() + SECONDS
    steps = itertools.count()

    def counted(keyword: Callable[..., Any]) -> Callable[..., Any]:
        def counting(*about: Any) -> Any:
            if next(steps) > STEPS or time.monotonic() > until:
                raise _TooLong
            return keyword(*about)

        return counting

    known = {**Draft202012Validator.VALIDATORS, **OURS}
    kind: Any = validators.extend(
        Draft202012Validator, {name: counted(one) for name, one in known.items()}
    )
    return kind(schema, registry=Registry())


# Keywords in place of the library's own, whose expressions may never finish and whose
# comparison of many items is quadratic.


def _found(pattern: str, text: str) -> bool:
    try:
        return regex.search(pattern, text, timeout=PATIENCE) is not None
    except TimeoutError:
        raise _TooLong from None


def _pattern(validator: Any, pattern: str, found: Any, schema: Any) -> Iterator[Any]:
    if isinstance(found, str) and not _found(pattern, found):
        yield _error(f"{found!r} does not match {pattern!r}")


def _pattern_properties(validator: Any, patterns: Any, found: Any, schema: Any) -> Iterator[Any]:
    for pattern, inner in patterns.items() if isinstance(found, dict) else ():
        for key, value in found.items():
            if _found(pattern, key):
                yield from validator.descend(value, inner, path=key, schema_path=pattern)


def _additional(validator: Any, wanted: Any, found: Any, schema: Any) -> Iterator[Any]:
    if not isinstance(found, dict):
        return
    patterns = tuple(schema.get("patternProperties", ()))
    for key in found:
        if key in schema.get("properties", ()) or any(_found(one, key) for one in patterns):
            continue
        if wanted is False:
            yield _error(f"{key!r} is not wanted")
        else:
            yield from validator.descend(found[key], wanted, path=key)


def _unique(validator: Any, wanted: Any, found: Any, schema: Any) -> Iterator[Any]:
    if not wanted or not isinstance(found, list):
        return
    if len({json.dumps(one, sort_keys=True) for one in found}) < len(found):
        yield _error("the same stands in it twice")


def _error(words: str) -> Any:
    from jsonschema import ValidationError

    return ValidationError(words)


OURS = {
    "pattern": _pattern,
    "patternProperties": _pattern_properties,
    "additionalProperties": _additional,
    "uniqueItems": _unique,
}
