"""Whether an answer fulfils the checks of a variant's test.

A variant comes from strangers: whatever stands in a check, nothing here raises or runs on. It may
take a second, so it is not for the GUI thread.
"""

import logging
import math
import unicodedata
from collections.abc import Callable
from typing import NamedTuple

import regex

from engines.variants.languages import KNOWN, code_of, languages_of
from engines.variants.numbers import numbers
from engines.variants.shape import BadShape, misfit
from engines.variants.variant import Check, Test

log = logging.getLogger(__name__)
LONGEST = 100_000  # characters of an answer that are looked at
LONGEST_PATTERN = 1_000  # characters
PATIENCE = 0.25  # seconds for one expression
EXACT = 1e-9  # of a number, where no tolerance is given
ALIKE = str.maketrans("’‘“”„–‑\u00a0\u202f", '\'\'"""--  ')
APART = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}"  # written without spaces between words
WORD = regex.compile(rf"[{APART}]|[^\s{APART}]*[\p{{L}}\p{{N}}][^\s{APART}]*")
END = regex.compile(r"[^\p{L}\p{N}]*\Z")


class Said(NamedTuple):
    """An answer as checks see it: its text, and the names of the tools that were called."""

    text: str
    tools: tuple[str, ...] = ()


class Verdict(NamedTuple):
    passed: bool
    words: str = ""  # which check is not fulfilled, and how
    broken: bool = False  # that check cannot be used at all


class Unusable(ValueError):
    """The check is wrong in itself; the words go on after "This check cannot be used: "."""


def judge(checks: tuple[Check, ...], said: Said) -> Verdict:
    """Of several checks the first one that is not fulfilled speaks. Raises nothing."""
    said = Said(said.text[:LONGEST], said.tools)
    for check in checks:
        try:
            if words := KINDS[check.kind](check, said):
                return Verdict(False, words)
        except Exception as why:  # noqa: BLE001  nothing in a variant ends anything
            return Verdict(False, f"This check cannot be used: {_why(why)}.", broken=True)
    return Verdict(True)


def trouble(check: Check) -> str:
    """Why a check cannot be used, in words for who writes it; "" where it can."""
    verdict = judge((check,), Said(""))
    return verdict.words if verdict.broken else ""


def unproven(test: Test) -> str:
    """Why a test's own right and wrong answer do not prove it, in words; "" where they do."""
    if not (test.checks and (test.right or test.right_tools) and (test.wrong or test.wrong_tools)):
        return "It has no checks, or not both a right and a wrong answer."
    return flaw(test)


def flaw(test: Test) -> str:
    """What is wrong with a test as it is written by now, in words; "" for nothing."""
    if words := next((words for check in test.checks if (words := trouble(check))), ""):
        return words
    right, wrong = Said(test.right, test.right_tools), Said(test.wrong, test.wrong_tools)
    if any(right) and not (verdict := judge(test.checks, right)).passed:
        return f"Its right answer does not pass. {verdict.words}"
    if any(wrong) and judge(test.checks, wrong).passed:
        return "Its wrong answer passes, too."
    return ""


def _why(error: Exception) -> str:
    if not isinstance(error, Unusable):
        log.warning("a check", exc_info=error)
    return str(error) if isinstance(error, Unusable) else "it is not understood"


# Kinds of checks: each says in words what is lacking, or nothing.


def _contains(check: Check, said: Said) -> str:
    wanted = _needed(check)
    return "" if _even(wanted) in _even(said.text) else f"It does not contain “{_short(wanted)}”."


def _lacks(check: Check, said: Said) -> str:
    refused = _needed(check)
    return f"It contains “{_short(refused)}”." if _even(refused) in _even(said.text) else ""


def _equals(check: Check, said: Said) -> str:
    return "" if said.text.strip() == check.text.strip() else f"It is not “{_short(check.text)}”."


def _matches(check: Check, said: Said) -> str:
    pattern = _needed(check)
    if len(pattern) > LONGEST_PATTERN:
        raise Unusable(f"its expression is longer than {LONGEST_PATTERN} characters")
    try:
        found = regex.search(pattern, said.text, timeout=PATIENCE)
    except regex.error as why:
        raise Unusable(f"its expression is wrong, {why}") from None
    except (TimeoutError, RecursionError, MemoryError):
        raise Unusable("its expression takes too long") from None
    return "" if found else f"It does not match the pattern “{_short(pattern)}”."


def _number(check: Check, said: Said) -> str:
    wanted = numbers(check.text)
    if len(wanted) != 1:
        raise Unusable("its text is not one number")
    found = numbers(said.text)
    if not found:
        return f"It names no number; {check.text.strip()} was wanted."
    within = max(check.tolerance, EXACT * max(1.0, abs(wanted[0])))
    if math.isfinite(found[-1]) and abs(found[-1] - wanted[0]) <= within:
        return ""
    return f"Its last number is {found[-1]:g}, not {check.text.strip()}."


def _one_of(check: Check, said: Said) -> str:
    lines = [line.strip() for line in _needed(check).splitlines() if line.strip()]
    text = _even(said.text)
    if any(_even(line) in text for line in lines):
        return ""
    return f"It contains none of “{_short('”, “'.join(lines))}”."


def _json(check: Check, said: Said) -> str:
    try:
        wrong = misfit(said.text, check.text)
    except BadShape as why:
        raise Unusable(f"its shape {why}") from None
    return f"Its JSON does not fit: {wrong}." if wrong else ""


def _tool(check: Check, said: Said) -> str:
    wanted = _needed(check).strip()
    if wanted in said.tools:
        return ""
    called = f"only {', '.join(said.tools)}" if said.tools else "no tool"
    return f"It did not call {_short(wanted)}: it called {called}."


def _no_tool(check: Check, said: Said) -> str:
    refused = check.text.strip()
    called = [name for name in said.tools if refused in ("", name)]
    return f"It called {_short(called[0])}." if called else ""


def _longest(check: Check, said: Said) -> str:
    most, count = _count(check), len(WORD.findall(said.text))
    return f"It has {count} words; at most {most} were wanted." if count > most else ""


def _shortest(check: Check, said: Said) -> str:
    least, count = _count(check), len(WORD.findall(said.text))
    return f"It has {count} words; at least {least} were wanted." if count < least else ""


def _asks(check: Check, said: Said) -> str:
    """A question mark behind the last letter, whatever closes the sentence after it."""
    end = END.search(said.text[-200:])
    asks = end and regex.search(r"[?？؟⁇‽\u037e][^.…]*\Z", end.group())
    return "" if asks else "It does not end in a question."


def _language(check: Check, said: Said) -> str:
    wanted = code_of(_needed(check))
    if wanted not in KNOWN:
        raise Unusable(f"the language “{_short(check.text)}” is not recognised here")
    found = languages_of(said.text)
    if wanted in found:
        return ""
    looks = f"it looks like {' or '.join(sorted(found))}" if found else "too little tells it"
    return f"It is not written in “{wanted}”: {looks}."


KINDS: dict[str, Callable[[Check, Said], str]] = {
    "contains": _contains,
    "lacks": _lacks,
    "equals": _equals,
    "matches": _matches,
    "number": _number,
    "one of": _one_of,
    "json": _json,
    "tool": _tool,
    "no tool": _no_tool,
    "longest": _longest,
    "shortest": _shortest,
    "asks": _asks,
    "language": _language,
}


def _needed(check: Check) -> str:
    if not check.text.strip():
        raise Unusable("it says nothing to look for")
    return check.text


def _count(check: Check) -> int:
    text = check.text.strip()
    if not (text.isascii() and text.isdigit() and len(text) < 7):
        raise Unusable("its text is not a number of words")
    return int(text)


def _even(text: str) -> str:
    """Without what is no difference to people: letter case, shapes of quotes, white space."""
    text = unicodedata.normalize("NFC", text.strip()[:LONGEST]).translate(ALIKE)
    return " ".join(text.casefold().split())


def _short(words: str) -> str:
    words = " ".join(words.split())
    return words if len(words) <= 80 else words[:77] + "…"
