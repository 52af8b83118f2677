"""Samples a starter's own answers to tasks that can be checked, and keeps those that are right.

python packaging/starter/improve.py MODEL.gguf OUT.jsonl [--tasks 3000] [--samples 6] [--seed 17]
Tasks of the training families only. Of tasks that the model neither always nor never gets right,
the shortest right answers are kept: the file is for `train.py --verified OUT.jsonl`.
"""

import argparse
import json
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import NamedTuple

import countdown
import dates
import filtering
import judging
import longhand
import measures
import speaker
import sums
import wants
from conversation import TOOLS, render
from exchange import Exchange, Said, Source, call_text
from speaker import Speaker

from engines.messages import Sampling

TEMPERATURE = 0.8
KEPT = 2  # answers to a task, at most
EDGE = (0.1, 0.9)  # share of right samples between which a task is worth learning from
EQUATION = re.compile(r"(\d+)((?:[-+*]\d+)+)=(\d+)")
TERM = re.compile(r"([-+*])(\d+)")
CALLING: tuple[tuple[float, Source], ...] = (
    (12, sums.sums),
    (4, sums.follow_up),
    (6, measures.units),
    (4, measures.follow_up),
    (10, dates.clock),
    (6, wants.plot),
)


class Task(NamedTuple):
    kind: str
    before: list[Said]  # up to the question
    right: Callable[[Said], bool]


def puzzle(rng: Random) -> Task:
    numbers, target, _ = countdown.puzzle(rng, rng.choice((3, 3, 3, 4)))
    text = countdown.asked(rng, numbers, target, held=False)
    said = [Said("user", text)]
    return Task("countdown", said, lambda one: countdown.solves(one.text, numbers, target))


def steps(rng: Random) -> Task:
    made = longhand.longhand(rng, False)
    result = made.replies[0].splitlines()[-1]
    return Task("steps", [made.said[0]], lambda one: worked(one.text, result))


def worked(text: str, result: str) -> bool:
    """The last line is the result, on more lines than one, and every equation holds."""
    *lines, last = text.splitlines() or [""]
    return bool(lines) and last == result and all(map(holds, EQUATION.findall(text)))


def holds(equation: tuple[str, str, str]) -> bool:
    """Products stand before sums in every line of longhand."""
    first, terms, result = equation
    value = int(first)
    for sign, number in TERM.findall(terms):
        other = int(number)
        value = {"+": value + other, "-": value - other, "*": value * other}[sign]
    return value == int(result)


def tool(rng: Random) -> Task:
    source = rng.choices([one for _, one in CALLING], [weight for weight, _ in CALLING])[0]
    made = source(rng, False)
    call = made.call
    if call is None:
        return tool(rng)
    return Task(call["name"], question(made), lambda one: judging.same(call, one.call))


def question(made: Exchange) -> list[Said]:
    last = max(place for place, turn in enumerate(made.said) if turn.role == "user")
    return list(made.said[: last + 1])


def tasks(rng: Random) -> Iterator[Task]:
    """Puzzles most of all: what is always right already teaches nothing."""
    while True:
        made = rng.choices((puzzle, steps, tool), (5, 2, 1))[0](rng)
        if not any(filtering.shares(turn.text) for turn in made.before):
            yield made


def answers(who: Speaker, rng: Random, task: Task, count: int) -> tuple[int, list[str]]:
    """How many of the samples are right, and the shortest of them, each once."""
    right: list[str] = []
    for _ in range(count):
        seed = rng.randrange(1, 2**31)
        sampling = Sampling(temperature=TEMPERATURE, repeat_penalty=1.0, seed=seed)
        said = who.say(task.before, TOOLS, sampling=sampling)
        if task.right(said):
            right.append(call_text(said.call.name, said.call.arguments) if said.call else said.text)
    return len(right), sorted(set(right), key=len)[:KEPT]


def improve(options: argparse.Namespace) -> None:
    rng, began = Random(options.seed), time.monotonic()
    counts: dict[str, list[int]] = {}  # kind -> tasks, right samples, tasks kept, answers kept
    who = speaker.alone(options.model)
    with options.out.open("w", encoding="utf-8") as out:
        for _, task in zip(range(options.tasks), tasks(rng), strict=False):
            if options.minutes and time.monotonic() - began > 60 * options.minutes:
                break
            right, texts = answers(who, rng, task, options.samples)
            if not EDGE[0] <= right / options.samples <= EDGE[1]:
                texts = []
            for text in texts:
                whole = render([*task.before, Said("assistant", text)], "", TOOLS)
                out.write(json.dumps({"kind": task.kind, "text": whole}) + "\n")
            told = counts.setdefault(task.kind, [0] * 4)
            added = (1, right, bool(texts), len(texts))
            told[:] = [one + more for one, more in zip(told, added, strict=True)]
    who.close()
    for kind, (asked, right, edge, kept) in sorted(counts.items()):
        share = right / (asked * options.samples)
        print(f"{kind:12} {asked} tasks, {share:.0%} right, {edge} of use, {kept} answers kept")
    print(f"{time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--tasks", type=int, default=3000)
    parser.add_argument("--samples", type=int, default=6, help="of each task")
    parser.add_argument("--minutes", type=float, default=0, help="stop after so many")
    parser.add_argument("--seed", type=int, default=17)
    improve(parser.parse_args())
