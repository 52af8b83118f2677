"""Measures a starter on families of questions it was not trained on, and on those by hand.

python packaging/starter/evaluate.py MODEL.gguf [--count 100] [--seen] [--noise]
The model alone, greedily; a table, and as the last line one JSON object. Whole, and beside the
rules alone: `bootstrap.py bench starter`. Of the requests by hand only sums are ever shown.
"""

import argparse
import json
import tomllib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import copying
import countdown
import dates
import judging
import longhand
import measures
import noise
import speaker
import sums
import talking
import wants
from conversation import TOOLS, one
from exchange import Exchange, Said, Source, called
from scores import Score, total
from speaker import Speaker

from engines.llm.routing import phrasing

SEED = 4711
CALLING: dict[str, Source] = {
    "calculator": sums.sums,
    "clock": dates.clock,
    "units": measures.units,
    **wants.ALL,
}
FOLLOWING: dict[str, Source] = {
    "follow-up: calculator": sums.follow_up,
    "follow-up: clock": dates.follow_up,
    "follow-up: units": measures.follow_up,
    "fifth question": lambda rng, held: late(rng, held),
}
SAYING: dict[str, tuple[Source, tuple[str, ...]]] = {
    "asks back": (lambda rng, held: rng.choice(ASKS)(rng, held), TOOLS),
    "no tools at hand": (lambda rng, held: rng.choice(WITHOUT)(rng, held), ()),
    "small talk": (talking.talk, TOOLS),
    "copying": (lambda rng, held: rng.choice(COPIES)(rng, held), TOOLS),
}
ASKS: tuple[Source, ...] = (sums.ask_sum, dates.ask_date, measures.ask_unit)
WITHOUT: tuple[Source, ...] = (sums.told_without, dates.told_without, measures.told_without)
COPIES: tuple[Source, ...] = (copying.repeat, copying.name, copying.recall)
MORE = 5  # times as many questions where a figure has only one kind of them
NUMBERS = 3  # in a puzzle of Countdown
OTHERS = ("help", "refuse", "talk")  # kinds of requests by hand that need no tool

Table = dict[str, Score]


def late(rng: Random, held: bool) -> Exchange:
    """The fifth question of a conversation about other things."""
    before = [one(rng, TOOLS) for _ in range(4)]
    asked = rng.choice((sums.sums, dates.clock, measures.units))(rng, held)
    said = tuple(turn for exchange in before for turn in exchange.said)
    return replace(asked, said=said + asked.said)


def exchanges(name: str, source: Source, count: int, held: bool) -> list[Exchange]:
    rng = Random(f"{SEED} {name}")
    return [source(rng, held) for _ in range(count)]


def question(exchange: Exchange) -> list[Said]:
    """Up to the last question; what came before it is the true history."""
    said = list(exchange.said)
    return said[: 1 + max(at for at, turn in enumerate(said) if turn.role == "user")]


def share(found: list[bool]) -> Score:
    return Score(sum(found), len(found))


def calls(who: Speaker, sources: dict[str, Source], count: int, held: bool = True) -> Table:
    def right(exchange: Exchange) -> bool:
        said = who.say(question(exchange), TOOLS)
        if exchange.call is None:  # a fifth question may be one that needs none
            return said.call is None and said.text in exchange.replies
        return judging.same(exchange.call, said.call)

    return {
        name: share([right(made) for made in exchanges(name, source, count, held)])
        for name, source in sources.items()
    }


def results(who: Speaker, count: int, held: bool = True) -> Table:
    """After the true call and its result: nothing is lost, and no number is made up."""

    def right(exchange: Exchange) -> bool:
        call, result = called(exchange.said[-3].text), exchange.said[-2].text
        assert call
        said = who.say(list(exchange.said[:-1]), TOOLS)
        about = (call["name"], call["arguments"], result, False)
        title = phrasing.TITLE.search(result) if call["name"] == "web_search" else None
        kept = (title[1] if title else result) in said.text or phrasing.keeps(said.text, *about)
        return said.call is None and (said.text in exchange.replies or kept)

    return {
        name: share([right(made) for made in exchanges(f"{name} result", source, count, held)])
        for name, source in CALLING.items()
    }


def answers(who: Speaker, count: int, held: bool = True) -> Table:
    """What is said without a tool."""

    def exactly(made: Exchange, said: Said) -> bool:
        return said.call is None and said.text in made.replies

    def score(
        name: str, source: Source, tools: tuple[str, ...], fits: Callable, often: int = 1
    ) -> Score:
        made = exchanges(name, source, often * count, held)
        return share([fits(each, who.say(question(each), tools)) for each in made])

    found = {name: score(name, *about, exactly) for name, about in SAYING.items()}
    found["refusal"] = score(
        "refusal", talking.refusal, TOOLS, lambda made, said: judging.refused(said), MORE
    )
    found["help"] = score(
        "help",
        talking.help_asked,
        TOOLS,
        lambda made, said: judging.helped(said, made.intent),
        MORE,
    )
    return found


def arithmetic(who: Speaker, count: int, held: bool = True) -> Score:
    """With the steps written out, and no tool: the last line must be true."""

    def right(made: Exchange) -> bool:
        said = who.say(question(made), TOOLS)
        wanted = made.replies[0].splitlines()
        lines = said.text.splitlines()
        return said.call is None and len(lines) > 1 and lines[-1] == wanted[-1]

    return share([right(made) for made in exchanges("steps", longhand.longhand, count, held)])


def puzzles(who: Speaker, count: int, held: bool = True) -> Score:
    rng, found = Random(f"{SEED} countdown"), []
    for _ in range(count):
        numbers, target, _ = countdown.puzzle(rng, NUMBERS)
        text = countdown.asked(rng, numbers, target, held)
        found.append(countdown.solves(who.say([Said("user", text)], TOOLS).text, numbers, target))
    return share(found)


def handwritten(who: Speaker) -> Table:
    """By kind; what went wrong is not told, so that nothing can be tuned on it."""
    path = Path(__file__).with_name("handwritten.toml")
    requests = tomllib.loads(path.read_text("utf-8"))
    return {
        kind: share(
            [fits(who.say([Said("user", asked)], TOOLS), wanted) for asked, *wanted in those]
        )
        for kind, fits in judging.WRITTEN.items()
        if (those := requests.get(kind))
    }


def figures(who: Speaker, count: int, held: bool = True) -> dict[str, Table]:
    """count: questions of each kind; each figure that is a sum has several hundred."""
    tools, said = calls(who, CALLING, count, held), answers(who, count, held)
    by_hand = handwritten(who)
    told = {
        "tools_heldout": total(tools.values()),
        "tools_handwritten": total(s for kind, s in by_hand.items() if kind not in OTHERS),
        "sentence": total(results(who, count, held).values()),
        "refusal": said["refusal"],
        "help": said["help"],
        "arithmetic": arithmetic(who, MORE * count, held),
        "countdown": puzzles(who, MORE * count, held),
    }
    return {
        "figures": told,
        "held out": {**tools, **calls(who, FOLLOWING, count, held), **said},
        "by hand": by_hand,
    }


def show(name: str, found: dict[str, Table]) -> None:
    for part, table in found.items():
        print(f"\n{name}, {part}")
        for what, score in table.items():
            print(f"  {what:24} {score}", flush=True)


def measure(name: str, who: Speaker, count: int, held: bool = True) -> dict:
    try:
        found = figures(who, count, held)
    finally:
        who.close()
    show(name, found)
    return {part: {k: s.as_json() for k, s in table.items()} for part, table in found.items()}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", type=Path)
    parser.add_argument("--count", type=int, default=40, help="questions of each kind")
    parser.add_argument("--seen", action="store_true", help="also families trained on")
    parser.add_argument("--noise", action="store_true", help="also the same file without learning")
    chosen = parser.parse_args()
    told = {"model": measure(chosen.model.name, speaker.alone(chosen.model), chosen.count)}
    if chosen.seen:
        seen = speaker.alone(chosen.model)
        told["seen"] = measure("families trained on", seen, chosen.count, held=False)
    if chosen.noise:
        with TemporaryDirectory() as folder:
            copy = Path(folder) / "noise.gguf"
            noise.write(chosen.model, copy)
            told["noise"] = measure("random weights", speaker.alone(copy), min(chosen.count, 20))
    print(json.dumps(told))
