"""Whole conversations: exchanges in a mix, with or without instructions and tools, as text."""

import json
from collections.abc import Sequence
from random import Random

import copying
import countdown
import dates
import filtering
import longhand
import measures
import sums
import talking
import wants
from amounts import word
from exchange import Exchange, Said, Source

TOOLS = (  # in the order of their names, as Parley offers them
    *("calculator", "chart", "clock", "find_notes", "plot", "remind", "units", "web_search"),
    "write_note",
)
OTHER_TOOLS = (
    *("algebra", "list_files", "open_item", "read_file", "read_page", "run_python"),
    *("search_files", "weather", "mail", "translate", "timer", "python"),
)
MIX: tuple[tuple[float, Source], ...] = (
    (14, sums.sums),
    (2.5, sums.follow_up),
    (1.5, sums.ask_sum),
    (1, sums.sum_failed),
    (7, measures.units),
    (3, measures.follow_up),
    (1.5, measures.ask_unit),
    (0.7, measures.unit_unknown),
    (9, dates.clock),
    (2, dates.follow_up),
    (1.2, dates.ask_date),
    (8, wants.plot),
    (9, wants.chart),
    (8, wants.find_notes),
    (8, wants.write_note),
    (10, wants.remind),
    (6, wants.web_search),
    (24, longhand.longhand),
    (24, countdown.countdown),
    (7, talking.help_asked),
    (10, talking.talk),
    (11, talking.refusal),
    (1.5, copying.repeat),
    (1, copying.name),
    (1, copying.recall),
)
WITHOUT = {
    "calculator": sums.told_without,
    "clock": dates.told_without,
    "units": measures.told_without,
    **wants.WITHOUT,
}
NEEDS: dict[Source, str] = {
    sums.sums: "calculator",
    sums.follow_up: "calculator",
    sums.ask_sum: "calculator",
    sums.sum_failed: "calculator",
    measures.units: "units",
    measures.follow_up: "units",
    measures.ask_unit: "units",
    measures.unit_unknown: "units",
    dates.clock: "clock",
    dates.follow_up: "clock",
    dates.ask_date: "clock",
    **{source: tool for tool, source in wants.ALL.items()},
}
INSTRUCTIONS = (
    "You are a helpful assistant.",
    "You are Parley, an assistant on the person's own computer.",
    "Answer briefly and kindly.",
    "Be brief.",
    "You are a careful assistant. Use a tool when one fits; otherwise answer in plain words.",
    "Answer in one or two sentences. Say so when you do not know.",
    "You are a friendly teacher for children.",
    "Always be polite.",
)


def conversation(rng: Random, longest: int = 1) -> tuple[str, list[Exchange]]:
    """The text of up to so many exchanges that know nothing of each other."""
    tools = _tools(rng)
    count = rng.randint(1, longest)
    exchanges = [fresh(rng, tools) for _ in range(count)]
    said = [turn for exchange in exchanges for turn in exchange.said]
    return render(said, _instructions(rng), tools), exchanges


def one(rng: Random, tools: Sequence[str] = TOOLS, held: bool = False) -> Exchange:
    source = rng.choices([one for _, one in MIX], [weight for weight, _ in MIX])[0]
    need = NEEDS.get(source)
    if need and need not in tools:
        source = WITHOUT[need]
    return source(rng, held)


def fresh(rng: Random, tools: Sequence[str]) -> Exchange:
    """One that shares no run of words with the requests written by hand."""
    while True:
        made = one(rng, tools)
        if not any(filtering.shares(turn.text) for turn in made.said):
            return made


def render(said: Sequence[Said], instructions: str = "", tools: Sequence[str] = ()) -> str:
    """As the chat template of the exported file writes it."""
    system = instructions
    if tools:
        system += ("\n" if system else "") + "Tools: " + ", ".join(tools)
    text = f"<|im_start|>system\n{system}<|im_end|>\n" if system else ""
    for turn in said:
        role, words = turn.role, turn.text
        if role == "tool":
            role, words = "user", f"<tool_response>\n{words}\n</tool_response>"
        text += f"<|im_start|>{role}\n{words}<|im_end|>\n"
    return text


def _tools(rng: Random) -> list[str]:
    chance = rng.random()
    if chance < 0.82:
        tools: list[str] = list(TOOLS)
    elif chance < 0.86:
        return []
    else:
        tools = [tool for tool in TOOLS if rng.random() < 0.5]
    if rng.random() < 0.08:
        others = [*OTHER_TOOLS, word(rng)]
        tools += rng.sample(others, rng.choice((1, 2, 4, 7, 10)))
    if rng.random() < 0.2:
        rng.shuffle(tools)
    else:
        tools.sort()
    return tools


def _instructions(rng: Random) -> str:
    chance = rng.random()
    if chance < 0.6:
        return ""
    if chance < 0.85:
        return rng.choice(INSTRUCTIONS)
    made = " ".join(word(rng) for _ in range(rng.randint(2, 8)))
    return rng.choice(
        (f"{rng.choice(INSTRUCTIONS)} {made}.", f"{rng.choice(INSTRUCTIONS)}\n{made}")
    )


if __name__ == "__main__":
    shown = Random(1)
    for _ in range(20):
        print(conversation(shown, 4)[0])
        print(json.dumps("next"))
