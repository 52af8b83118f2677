"""What is said about a tool's result: whether a sentence keeps it, and one that surely does."""

import re
from collections.abc import Mapping
from typing import Any

SHOWN = {"**": "^", "*": " × ", "/": " ÷ ", "+": " + ", "-": " − "}
NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
REFUSED = ("The person does not allow", "The person did not allow")  # told to models
LEFT = "You did not allow it, so nothing was done."
TITLE = re.compile(r"(?m)^\d+\. (.{1,200})$")
LISTED = 5
UNSAYABLE = "\0"
LONGEST = 1200  # characters of a result that are said again


def keeps(said: str, name: str, arguments: Mapping[str, Any], result: str, error: bool) -> bool:
    """Whether nothing that matters was lost, and no number came from nowhere."""
    if not said.strip() or result.startswith(REFUSED):
        return False
    known = numbers(f"{result} {list(arguments.values())}")
    if not numbers(said) <= known:
        return False
    return all(part in plain(said) for part in essence(name, arguments, result, error))


def essence(name: str, arguments: Mapping[str, Any], result: str, error: bool) -> list[str]:
    """The parts of a result that its sentence must have."""
    text = plain(result)
    if error:
        return [text.partition(".")[0]]
    if name == "calculator":
        return [text.rpartition("≈ ")[2]]
    if name == "units":
        return [re.split(r" [=≈] ", text)[-1]]
    if name == "clock":
        return _of_clock(str(arguments.get("question", "")), text)
    if name == "web_search":  # said by us: what strangers wrote is for reading, not for telling
        return [UNSAYABLE]
    return [line for line in text.splitlines() if line]


def _of_clock(question: str, text: str) -> list[str]:
    if question in ("until", "since"):
        return [text.partition(" (")[0]]
    if question == "now":  # the time, the day or the year: whichever was asked for
        return []
    return [text.partition(",")[0]]


def numbers(text: str) -> set[str]:
    return {found.replace(",", "").lstrip("0") or "0" for found in NUMBER.findall(text)}


def plain(text: str) -> str:
    return text.replace("−", "-").replace("\u00a0", " ").strip()


def sentence(name: str, arguments: Mapping[str, Any], result: str, error: bool) -> str:
    result = result.strip()
    if result.startswith(REFUSED):
        return LEFT
    if error:
        return f"That did not work: {result}"
    if name == "calculator":
        return _sum(str(arguments.get("expression", "")), result)
    if name == "find_notes" and "\n" in result:
        return f"I found this in your notes:\n{result[:LONGEST]}"
    if name == "web_search" and (titles := TITLE.findall(result)):
        shown = "".join(f"\n- {title}" for title in titles[:LISTED])
        return f"This was found; the addresses stand with the search above:{shown}"
    return result if result[-1:] in (".", "!", "?", "") else f"{result[:LONGEST]}."


def _sum(expression: str, result: str) -> str:
    exact, mark, rounded = result.partition("≈ ")
    shown = re.sub(r"\*\*|[-+*/]", lambda sign: SHOWN[sign[0]], expression)
    shown = shown.replace("( − ", "(-").replace("sqrt", "√").strip()
    return f"{shown} ≈ {rounded}." if mark else f"{shown} = {exact}."
