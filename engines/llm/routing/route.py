"""Which way a request goes: a certain tool, certain words, or the model."""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from engines.llm.routing import conversions, dates, declining, drawing, noting, reminding, sums
from engines.llm.routing.helping import Help
from engines.llm.routing.wording import bare, tidy

LONGEST = 400  # characters; what is longer is no plain request
KNOWN = ("calculator", "chart", "clock", "find_notes", "plot", "remind", "units", "web_search")
KNOWN += ("write_note",)  # the tools the starter was trained on
# Steps are the model's own: it writes them out, no tool does.
STEPS = re.compile(
    r"\b(?:step by step|steps?|show (?:me )?(?:your|the) work(?:ing)?|by hand|on paper|longhand|"
    r"without (?:a |the )?calculator|countdown|working of|show me how|how to (?:calculate|work out)"
    r"|numbers game|one column|walk me through|teach me)\b|\b(?:make|reach|get) \d+ (?:from"
    r"|with|out of)"
    r"|\b(?:use|using|with|combine|take) [\d, and]+[:,]? ?(?:to )?(?:make|get|reach|give|build)\b"
)


@dataclass(frozen=True)
class Call:
    name: str
    arguments: Mapping[str, Any]


@dataclass(frozen=True)
class Say:
    text: str


Way = Callable[[str, str], Mapping[str, Any] | None]  # (bare, tidy) -> arguments


def _text(name: str, found: str | None) -> Mapping[str, Any] | None:
    return None if found is None else {name: found}


def second(request: str, help: Help | None) -> str:
    """What the help pages say where the model only said that it is beyond it; or ""."""
    text = tidy(request)
    return help.answer(bare(text)) if help and len(text) <= LONGEST else ""


WAYS: tuple[tuple[str, Way], ...] = (
    ("remind", lambda low, text: reminding.asked(text)),
    ("write_note", lambda low, text: _text("text", noting.write(text) or None)),
    ("find_notes", lambda low, text: _text("about", noting.find(text))),
    ("web_search", lambda low, text: _text("query", noting.search(text))),
    ("units", lambda low, text: conversions.asked(low)),
    ("clock", lambda low, text: dates.asked(low)),
    ("chart", lambda low, text: drawing.chart(text)),
    ("plot", lambda low, text: drawing.plot(low)),
    ("calculator", lambda low, text: _text("expression", sums.asked(low) or None)),
)


def route(request: str, offered: Collection[str], help: Help | None) -> Call | Say | None:
    """None leaves it to the model, as it does with what goes on from earlier turns."""
    text = tidy(request)
    if not text or len(text) > LONGEST:
        return None
    low = bare(text)
    if STEPS.search(low):
        return None
    for name, way in WAYS:
        arguments = way(low, text)
        if arguments is not None:
            return Call(name, arguments) if name in offered else None
    if help and (said := help.news(low)):
        return Say(said)
    if kind := declining.certain(low):
        return Say(declining.words(kind, frozenset(offered)))
    return None
