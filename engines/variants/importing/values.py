"""Values in files of strangers: what is not of the kind one expects is as good as missing."""

import json
import math
from typing import Any

from engines.variants.texts import washed_line, washed_text

LONGEST_SHOWN = 60  # characters of a stranger's word in a sentence of ours
MOST = 20_000  # characters that are looked at for a line
NAME = 80
LINE = 300


def table(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def tables(value: object) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def texts(value: object) -> list[str]:
    """Those that are text and not empty."""
    found = (text(one) for one in value) if isinstance(value, list) else ()
    return [one for one in found if one.strip()]


def text(value: object) -> str:
    """With line ends as they should be, without characters that no text has."""
    return washed_text(value) if isinstance(value, str) else ""


def line(value: object, longest: int = LINE) -> str:
    """One line for people: cut where it is too long."""
    said = washed_line(value[:MOST]) if isinstance(value, str) else ""
    return said if len(said) <= longest else said[: longest - 1].rstrip() + "…"


def shown(value: object) -> str:
    """A stranger's word or value within a sentence of ours."""
    if isinstance(value, str):
        return line(value, LONGEST_SHOWN)
    try:
        return line(json.dumps(value, ensure_ascii=False), LONGEST_SHOWN)
    except (TypeError, ValueError, RecursionError):
        return type(value).__name__


def number(value: object) -> float | None:
    """Also of a number that is written as text."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        found = float(value[:40] if isinstance(value, str) else value)
    except (ValueError, OverflowError):
        return None
    return found if math.isfinite(found) else None


def whole(value: object) -> int | None:
    found = number(value)
    return int(found) if found is not None and found == int(found) else None
