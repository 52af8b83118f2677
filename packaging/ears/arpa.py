"""A language model of word triples with Witten-Bell smoothing, written as ARPA text."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path

BEGIN, END = "<s>", "</s>"
LEAST = 2  # times a triple must have been seen
NEVER = -99.0

Gram = tuple[str, ...]


def counted(texts: Iterable[str]) -> list[Counter[Gram]]:
    """Single words, pairs, triples."""
    found: list[Counter[Gram]] = [Counter(), Counter(), Counter()]
    for text in texts:
        words = (BEGIN, *text.split(), END)
        for order, counts in enumerate(found, 1):
            counts.update(words[at : at + order] for at in range(len(words) - order + 1))
    found[2] = Counter({gram: many for gram, many in found[2].items() if many >= LEAST})
    return found


def smoothed(counts: list[Counter[Gram]]) -> list[dict[Gram, float]]:
    """The chance of each run's last word after the others; shorter runs fill what is unseen."""
    total = sum(many for gram, many in counts[0].items() if gram != (BEGIN,))
    chances = [{gram: many / total for gram, many in counts[0].items() if gram != (BEGIN,)}]
    for order in (1, 2):
        after: dict[Gram, int] = defaultdict(int)
        kinds: dict[Gram, int] = defaultdict(int)
        for gram, many in counts[order].items():
            after[gram[:-1]] += many
            kinds[gram[:-1]] += 1
        made = {}
        for gram, many in counts[order].items():
            new = kinds[gram[:-1]]
            lower = chances[order - 1].get(gram[1:]) or chances[0][gram[-1:]]
            made[gram] = (many + new * lower) / (after[gram[:-1]] + new)
        chances.append(made)
    return chances


def rests(chances: list[dict[Gram, float]], order: int) -> dict[Gram, float]:
    """How much is left, after each run of so many words, for what never followed it."""
    above: dict[Gram, float] = defaultdict(float)
    below: dict[Gram, float] = defaultdict(float)
    for gram, chance in chances[order].items():
        above[gram[:-1]] += chance
        below[gram[:-1]] += chances[order - 1].get(gram[1:]) or chances[0][gram[-1:]]
    return {gram: max(1e-9, 1 - above[gram]) / max(1e-9, 1 - below[gram]) for gram in above}


def write(path: Path, chances: list[dict[Gram, float]]) -> None:
    """Of single words, pairs and triples."""
    chances = [{**chances[0], (BEGIN,): 0.0}, *chances[1:]]
    lines = ["\\data\\", *(f"ngram {n}={len(one)}" for n, one in enumerate(chances, 1))]
    for order, one in enumerate(chances, 1):
        rest = rests(chances, order) if order < 3 else {}
        lines += ["", f"\\{order}-grams:"]
        for gram, chance in sorted(one.items()):
            line = f"{math.log10(chance) if chance else NEVER:.4f}\t{' '.join(gram)}"
            lines.append(f"{line}\t{math.log10(rest[gram]):.4f}" if gram in rest else line)
    path.write_text("\n".join([*lines, "", "\\end\\", ""]))
