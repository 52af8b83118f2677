"""Measures an exported starter on families of questions it was not trained on, greedily.

python packaging/starter/evaluate.py MODEL.gguf [--count 100] [--seen] [--noise]
Prints a table, and as its last line one JSON object.
"""

import argparse
import json
import tomllib
from collections.abc import Callable, Iterable
from dataclasses import replace
from math import sqrt
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import NamedTuple

import copying
import dates
import measures
import noise
import sums
import talking
from conversation import TOOLS, one
from exchange import Exchange, Said, Source, called
from speaker import Speaker, same_call

from engines.messages import CallTool, ToolCall
from engines.tools.engine import answer
from engines.tools.registry import Use, all_tools

SEED = 4711
TASKS: dict[str, tuple[Source, tuple[str, ...]]] = {
    "calculator": (sums.sums, TOOLS),
    "clock": (dates.clock, TOOLS),
    "units": (measures.units, TOOLS),
    "follow-up: calculator": (sums.follow_up, TOOLS),
    "follow-up: clock": (dates.follow_up, TOOLS),
    "follow-up: units": (measures.follow_up, TOOLS),
    "fifth question": (lambda rng, held: late(rng, held), TOOLS),
    "asks back": (lambda rng, held: rng.choice(ASKS)(rng, held), TOOLS),
    "errors of tools": (lambda rng, held: rng.choice(ERRORS)(rng, held), TOOLS),
    "no tools at hand": (lambda rng, held: rng.choice(WITHOUT)(rng, held), ()),
    "help": (talking.help_asked, TOOLS),
    "small talk": (talking.talk, TOOLS),
    "refusal": (talking.refusal, TOOLS),
    "copying": (lambda rng, held: rng.choice(COPIES)(rng, held), TOOLS),
}
ASKS: tuple[Source, ...] = (sums.ask_sum, dates.ask_date, measures.ask_unit)
ERRORS: tuple[Source, ...] = (sums.sum_failed, measures.unit_unknown)
WITHOUT: tuple[Source, ...] = (sums.told_without, dates.told_without, measures.told_without)
COPIES: tuple[Source, ...] = (copying.repeat, copying.name, copying.recall)
CHOSEN = ("calculator", "clock", "units")  # tool choice with exact arguments


class Score(NamedTuple):
    right: int
    of: int

    def interval(self) -> tuple[float, float]:
        """Wilson's, 95 %."""
        if not self.of:
            return 0.0, 1.0
        z, n, share = 1.96, self.of, self.right / self.of
        middle, spread = (
            share + z * z / (2 * n),
            z * sqrt(share * (1 - share) / n + (z / n) ** 2 / 4),
        )
        return (middle - spread) / (1 + z * z / n), (middle + spread) / (1 + z * z / n)

    def __str__(self) -> str:
        low, high = self.interval()
        share = self.right / self.of if self.of else 0
        return f"{self.right:4}/{self.of:<4} {share:6.1%} [{low:.1%}, {high:.1%}]"

    def as_json(self) -> dict[str, float]:
        low, high = self.interval()
        return {"right": self.right, "of": self.of, "low": round(low, 4), "high": round(high, 4)}


class Checked(NamedTuple):
    """Of the last question of an exchange: its call, and what is said in the end."""

    call: bool | None  # None: no call is wanted
    reply: bool


def late(rng: Random, held: bool) -> Exchange:
    """The fifth question of a conversation about other things."""
    before = [one(rng, TOOLS) for _ in range(4)]
    asked = rng.choice((sums.sums, dates.clock, measures.units))(rng, held)
    said = tuple(turn for exchange in before for turn in exchange.said)
    return replace(asked, said=said + asked.said)


def check(speaker: Speaker, exchange: Exchange, tools: tuple[str, ...]) -> Checked:
    """The turns before each answer are the true ones, the answers are the model's."""
    said = list(exchange.said)
    asked = max(place for place, turn in enumerate(said) if turn.role == "user")
    first = speaker.say(said[: asked + 1], tools)
    wanted = called(said[asked + 1].text)
    if wanted is None:
        return Checked(None, first.call is None and first.text in exchange.replies)
    reply = speaker.say(said[:-1], tools)
    return Checked(same_call(wanted, first.call), reply.text in exchange.replies)


def held_out(speaker: Speaker, count: int, held: bool = True) -> dict[str, dict[str, Score]]:
    table: dict[str, dict[str, Score]] = {}
    for name, (source, tools) in TASKS.items():
        rng = Random(f"{SEED} {name}")
        found = [check(speaker, source(rng, held), tools) for _ in range(count)]
        calls = [one.call for one in found if one.call is not None]
        table[name] = {"reply": Score(sum(one.reply for one in found), len(found))}
        if calls:
            table[name]["call"] = Score(sum(calls), len(calls))
    return table


def handwritten(speaker: Speaker) -> tuple[dict[str, Score], list[str]]:
    """Scores by kind, and what went wrong. Only of what the three tools of TOOLS are for."""
    requests = tomllib.loads(Path(__file__).with_name("handwritten.toml").read_text("utf-8"))
    scores: dict[str, Score] = {}
    wrong: list[str] = []
    for kind, fits in JUDGES.items():
        right = 0
        for asked, *wanted in requests[kind]:
            said = speaker.say([Said("user", asked)], TOOLS)
            if fits(said, wanted):
                right += 1
            else:
                call = said.call and f"{said.call.name} {said.call.arguments}"
                wrong.append(f"{asked!r} -> {call or said.text!r}")
        scores[kind] = Score(right, len(requests[kind]))
    return scores, wrong


def calls(name: str, arguments: Callable[[list[str]], dict]) -> Callable[[Said, list[str]], bool]:
    """A call may be written in another way as long as the tool answers the same."""

    def fits(said: Said, wanted: list[str]) -> bool:
        if said.call is None or said.call.name != name:
            return False
        return answered(ToolCall("1", name, arguments(wanted))) == answered(said.call)

    return fits


def answered(call: ToolCall) -> str:
    return answer(CallTool(call), all_tools(), Use()).text


def clock_arguments(wanted: list[str]) -> dict:
    """["until 12-25"], ["ahead 3 days"] or ["now"] as the clock takes it."""
    question, *rest = wanted[0].split()
    if question in ("ahead", "ago"):
        return {"question": question, "amount": int(rest[0]), "unit": rest[1]}
    return {"question": question, **({"date": rest[0]} if rest else {})}


def units_arguments(wanted: list[str]) -> dict:
    return {"value": float(wanted[0]), "source": wanted[1], "target": wanted[2]}


JUDGES: dict[str, Callable[[Said, list[str]], bool]] = {
    "calculator": calls("calculator", lambda wanted: {"expression": wanted[0]}),
    "units": calls("units", units_arguments),
    "clock": calls("clock", clock_arguments),
    "refuse": lambda said, wanted: said.call is None,
    "talk": lambda said, wanted: said.call is None and said.text in talking.REPLIES[wanted[0]],
}


def total(scores: Iterable[Score]) -> Score:
    found = list(scores)
    return Score(sum(one.right for one in found), sum(one.of for one in found))


def report(name: str, table: dict[str, dict[str, Score]], written: dict[str, Score]) -> dict:
    print(f"\n{name}")
    for task, scores in table.items():
        for what, score in scores.items():
            print(f"  {task:24} {what:6} {score}")
    chosen = total(table[one]["call"] for one in CHOSEN)
    print(f"  {'tool and arguments, all':31} {chosen}")
    for kind, score in written.items():
        print(f"  by hand: {kind:22} {score}")
    by_hand = total(written.values())
    print(f"  {'by hand, all':31} {by_hand}")
    figures = {task: {k: v.as_json() for k, v in one.items()} for task, one in table.items()}
    return {"held_out": figures, "tools_heldout": chosen.as_json(), "by_hand": by_hand.as_json()}


def measure(name: str, model: Path, count: int, held: bool = True, show: bool = False) -> dict:
    speaker = Speaker(model)
    try:
        table = held_out(speaker, count, held)
        written, wrong = handwritten(speaker)
    finally:
        speaker.close()
    found = report(name, table, written)
    if show:
        print("\n".join(["  wrong:", *(f"    {one}" for one in wrong)]))
    return found


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", type=Path)
    parser.add_argument("--count", type=int, default=100, help="questions of each kind")
    parser.add_argument("--seen", action="store_true", help="also families trained on")
    parser.add_argument("--noise", action="store_true", help="also the same file without learning")
    chosen = parser.parse_args()
    figures = {"model": measure(chosen.model.name, chosen.model, chosen.count, show=True)}
    if chosen.seen:
        figures["seen"] = measure("families trained on", chosen.model, chosen.count, held=False)
    if chosen.noise:
        with TemporaryDirectory() as folder:
            copy = Path(folder) / "noise.gguf"
            noise.write(chosen.model, copy)
            figures["noise"] = measure("random weights", copy, min(chosen.count, 20))
    print(json.dumps(figures))
