"""Whether a call or an answer is what was asked for; other words for the same thing count."""

import json
import math
import re
from collections.abc import Callable
from typing import Any

import talking
from exchange import Said, arguments_text
from speaker import HELP

from engines.errors import ParleyError
from engines.llm.routing import declining
from engines.llm.routing.helping import sentences
from engines.messages import CallTool, ToolCall
from engines.plotting.curves import curves
from engines.tools import reminders
from engines.tools.engine import answer
from engines.tools.moments import moment
from engines.tools.registry import Use, all_tools

POINTS = 23
USUAL = {"start": -10.0, "end": 10.0}  # of the plot tool
PAGES = {  # intents of help.toml -> the pages that answer them
    **{"open_model": "models", "bigger_model": "models", "speed": "models"},
    **{"memory_free": "models", "facts": "versions models", "new_conversation": "conversations"},
    **{"search": "finding", "find": "finding", "edit": "versions", "regenerate": "versions"},
    **{"versions": "versions", "copy": "versions", "delete": "deleting", "undo": "deleting"},
    **{"rename": "conversations", "pin": "conversations", "preferences": "preferences"},
    **{"text_size": "preferences", "theme": "preferences", "shortcuts": "shortcuts"},
    **{"privacy": "privacy", "offline": "privacy", "data_folder": "privacy", "cost": "privacy"},
    **{"stop": "start", "drafts": "start conversations", "terminal": "start"},
    **{"voice": "not-yet", "pictures": "not-yet"},
}
# Several pages tell of some keys: any of them will do where the key stands in the reply.
KEY = re.compile(r"Ctrl\+\w+|\bF2\b|\bEsc\b")


def same(wanted: dict[str, Any], said: ToolCall | None) -> bool:
    """The same tool, asked for the same."""
    if said is None or said.name != wanted["name"]:
        return False
    one, other = json.loads(arguments_text(wanted["arguments"])), said.arguments
    return SAME.get(said.name, alike)(one, other)


def alike(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Texts but for case, spaces and what stands around them; empty ones may be left out."""
    return told(one) == told(other)


def told(arguments: dict[str, Any]) -> dict[str, Any]:
    return {name: plain(value) for name, value in arguments.items() if value != ""}


def plain(value: Any) -> Any:
    if not isinstance(value, str):
        return float(value) if isinstance(value, int | float) else value
    return " ".join(value.casefold().split()).strip(" .!?,;:\"'“”")


def answers(name: str) -> Callable[[dict[str, Any], dict[str, Any]], bool]:
    """In the end it is the tool's answer that counts."""

    def fits(one: dict[str, Any], other: dict[str, Any]) -> bool:
        return answered(ToolCall("1", name, one)) == answered(ToolCall("1", name, other))

    return fits


def answered(call: ToolCall) -> str:
    return answer(CallTool(call), all_tools(), Use()).text


def same_plot(one: dict[str, Any], other: dict[str, Any]) -> bool:
    try:
        first, second = (ends(arguments) for arguments in (one, other))
        near = 1e-3 * (first[1] - first[0])
        if any(abs(a - b) > near for a, b in zip(first, second, strict=True)):
            return False
        lines, others = (curves(str(a.get("expression", ""))) for a in (one, other))
    except (ParleyError, TypeError, ValueError):
        return False
    step = (first[1] - first[0]) / (POINTS + 1)
    places = [first[0] + step * n + step / 7 for n in range(1, POINTS)]
    return len(lines) == len(others) and all(
        equal(a.values, b.values, places) for a, b in zip(lines, others, strict=True)
    )


def ends(arguments: dict[str, Any]) -> tuple[float, float]:
    start, end = (float(arguments.get(name, usual)) for name, usual in USUAL.items())
    return start, end


def equal(one: Callable, other: Callable, places: list[float]) -> bool:
    import numpy as np

    with np.errstate(all="ignore"):
        given, found = (np.array([float(f(np.float64(x))) for x in places]) for f in (one, other))
    return bool(np.allclose(given, found, rtol=1e-6, atol=1e-9, equal_nan=True))


def same_moment(one: dict[str, Any], other: dict[str, Any]) -> bool:
    present = reminders.now()
    try:
        first, second = (moment(str(a.get("when", "")), present) for a in (one, other))
    except ParleyError:
        return plain(one.get("when")) == plain(other.get("when")) and alike(one, other)
    abouts = [plain(a.get("about", "")) for a in (one, other)]
    return math.isclose(first.timestamp(), second.timestamp()) and abouts[0] == abouts[1]


SAME: dict[str, Callable[[dict[str, Any], dict[str, Any]], bool]] = {
    "calculator": answers("calculator"),
    "units": answers("units"),
    "clock": answers("clock"),
    "plot": same_plot,
    "remind": same_moment,
}


# the requests written by hand: (what was said, what is wanted) -> whether it fits


def one_of(name: str, parameter: str) -> Callable[[Said, list[Any]], bool]:
    return lambda said, wanted: any(
        same({"name": name, "arguments": {parameter: text}}, said.call) for text in wanted
    )


def written_clock(said: Said, wanted: list[Any]) -> bool:
    """["until 12-25"], ["ahead 3 days"] or ["now"]."""
    question, *rest = wanted[0].split()
    if question in ("ahead", "ago"):
        arguments = {"question": question, "amount": int(rest[0]), "unit": rest[1]}
    else:
        arguments = {"question": question, **({"date": rest[0]} if rest else {})}
    return same({"name": "clock", "arguments": arguments}, said.call)


def written_units(said: Said, wanted: list[Any]) -> bool:
    arguments = {"value": float(wanted[0]), "source": wanted[1], "target": wanted[2]}
    return same({"name": "units", "arguments": arguments}, said.call)


def written_plot(said: Said, wanted: list[Any]) -> bool:
    names = ("expression", "start", "end")
    arguments = {name: value for name, value in zip(names, wanted, strict=False) if value != ""}
    return same({"name": "plot", "arguments": arguments}, said.call)


def written_remind(said: Said, wanted: list[Any]) -> bool:
    when, *abouts = wanted
    return any(
        same({"name": "remind", "arguments": {"when": when, "about": about}}, said.call)
        for about in (abouts or [""])
    )


def refused(said: Said) -> bool:
    honest = (*talking.REPLIES["refuse"], *talking.REPLIES["cannot"])
    return said.call is None and (said.text in honest or said.text.startswith(declining.REFUSAL))


def intent_of(text: str) -> str:
    return next((name for name, replies in talking.REPLIES.items() if text in replies), "")


def pages_of(said: Said) -> set[str]:
    """The help pages that an answer's words are from."""
    if said.call or not said.text:
        return set()
    if intent := intent_of(said.text):
        return set(PAGES.get(intent, "").split())
    return {
        page.stem
        for page in HELP.glob("*.md")
        if any(one in said.text for one in sentences(page.read_text("utf-8")))
    }


def helped(said: Said, intent: str) -> bool:
    """From a page of that intent, or with the very key its reply names."""
    keys = {key for reply in talking.REPLIES[intent] for key in KEY.findall(reply)}
    if said.call is None and keys and keys & set(KEY.findall(said.text)):
        return True
    return bool(pages_of(said) & set(PAGES[intent].split()))


WRITTEN: dict[str, Callable[[Said, list[Any]], bool]] = {
    "calculator": one_of("calculator", "expression"),
    "units": written_units,
    "clock": written_clock,
    "plot": written_plot,
    "remind": written_remind,
    "write_note": one_of("write_note", "text"),
    "find_notes": one_of("find_notes", "about"),
    "web_search": one_of("web_search", "query"),
    "help": lambda said, wanted: bool(pages_of(said) & set(wanted)),
    "refuse": lambda said, wanted: refused(said),
    "talk": lambda said, wanted: said.call is None and intent_of(said.text) == wanted[0],
}
