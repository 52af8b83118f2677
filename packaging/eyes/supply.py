"""Batches from what pool.py drew."""

import re
from argparse import Namespace
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from random import Random

import labels
import numpy as np
import torch
import words
from drills import Drill
from heads import Drilled
from learner import Batch
from pool import shards
from scenes import lettering, things
from scenes.asking import a
from scenes.colours import NAMES
from talks import Asked, Talks
from tokenizers import Tokenizer
from torch import Tensor
from tower import Shape

CAPTION, LABEL = 20, 8  # tokens
WRITTEN = ("letters", "words")  # the text reader reads them, and the starter is told
LISTED = ("several", "mixed")  # hard ones with long answers
# what is easy, or left to the reader: how many are passed over
PASSED = {"letters": 0.9, "words": 0.8, "colours": 0.6, "charts": 0.6, "digits": 0.5}
SHY = 0.6  # of the listed are not talked about
COLOURED = re.compile(rf"It is an? (?:{'|'.join(NAMES)}) (\w+)\.")
SHIFT = 4  # pixels a picture is moved at most


class Supply:
    def __init__(self, pool: Path, folder: Path, starter: Path, options: Namespace) -> None:
        self._options, shape = options, Shape()
        self._pool, self._known = pool, labels.labels(things.NAMES)
        self._drills, self._answers = read_drills(pool)
        if not (folder / "merges.txt.gz").exists():
            words.write(words.train(vocabulary(pool), shape.words), folder, shape.context)
        (folder / "labels.txt").write_text("\n".join(self._known) + "\n", "utf-8")
        self._reader = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._labels = encoded(self._reader, self._known, LABEL)
        talker = Tokenizer.from_file(str(starter / "tokenizer.json"))
        self._talks = Talks(talker, shape.patches, options.length, options.rows * 64)
        self._told: list[dict] = []
        self.refresh()

    def refresh(self) -> None:
        """Takes in what was drawn since."""
        found = list(shards(self._pool))
        told = [one for _, lines in found for one in lines]
        often = len(list(self._pool.glob(f"train-{self._options.often}-*[0-9].npy")))
        self._rare = sum(len(lines) for _, lines in found[: len(found) - often])
        if len(told) == len(self._told):
            return
        self._pixels, self._told = Stack([pixels for pixels, _ in found]), told
        self._captions = encoded(self._reader, [one["caption"] for one in told], CAPTION)
        shown = [labels.fitting(self._known, one["caption"], one["facts"]) for one in told]
        self._shown = torch.tensor(shown, dtype=torch.int8)
        print(f"{len(told)} scenes, {len(self._drills)} drills", flush=True)

    def _chosen(self, rng: Random, count: int) -> list[int]:
        """Half of them from the seed that is to come often, if there is one."""
        often = range(self._rare, len(self._told))
        some = self._drawn(rng, often, count // 2) if often else []
        some += self._drawn(rng, range(self._rare), count - len(some))
        some = rng.sample(some, count)  # the first are talked about
        return sorted(some, key=lambda one: self._late(rng, self._family(one)))

    def _drawn(self, rng: Random, among: range, count: int) -> list[int]:
        drawn = rng.sample(among, 3 * count)
        fit = (one for one in drawn if rng.random() >= PASSED.get(self._family(one), 0.0))
        return list(islice(fit, count))

    def _family(self, one: int) -> str:
        return self._told[one]["facts"]["family"]

    def _late(self, rng: Random, family: str) -> int:
        return 2 if family in WRITTEN else int(family in LISTED and rng.random() < SHY)

    def batch(self, rng: Random) -> Batch:
        options = self._options
        chosen = self._chosen(rng, options.scenes)
        drilled = rng.sample(range(len(self._drills)), options.drills)
        pixels = [*(moved(rng, self._pixels[one]) for one in chosen)]
        pixels += [self._drills[one] for one in drilled]
        answers = Drilled(*(part[drilled] for part in self._answers))
        told = [[plain(*one) for one in self._told[n]["questions"]] for n in chosen[: options.rows]]
        return Batch(
            as_input(np.stack(pixels)).bfloat16(),
            self._captions[chosen],
            self._labels,
            self._shown[chosen].float(),
            answers,
            self._talks.rows(rng, told),
        )


def plain(question: str, answer: str) -> Asked:
    """Who asks for a shape is told the shape: after its colour, only pairs seen before come."""
    found = COLOURED.fullmatch(answer) if "shape" in question.lower() else None
    return question, f"It is {a(found[1])}." if found else answer


def moved(rng: Random, pixels: np.ndarray) -> np.ndarray:
    """The edge is repeated where the picture was moved away from it."""
    right, down = (rng.randint(-SHIFT, SHIFT) for _ in range(2))
    side = np.arange(len(pixels))
    rows, columns = (np.clip(side - by, 0, len(pixels) - 1) for by in (down, right))
    return pixels[rows][:, columns]


def as_input(pixels: np.ndarray) -> Tensor:
    """uint8 [n, side, side, 3] -> (n, 3, side, side) from -1 to 1."""
    return torch.from_numpy(pixels).permute(0, 3, 1, 2).float() / 127.5 - 1


def vocabulary(pool: Path) -> Iterator[str]:
    """Captions, and all words that scenes may hold."""
    for _, lines in shards(pool):
        yield from (one["caption"] for one in lines)
    for one in things.NAMES:
        yield from (f"{one} {things.plural(one)}",) * 4
    for one in lettering.WORDS:
        yield from (one,) * 4


def encoded(reader: Tokenizer, texts: list[str], longest: int) -> Tensor:
    """Cut to what the longest needs, because the tower's time goes by the length."""
    reader.enable_truncation(longest)
    reader.enable_padding(length=longest)
    return torch.tensor([one.ids for one in reader.encode_batch(texts)])


def read_drills(pool: Path) -> tuple["Stack", list[Tensor]]:
    files = sorted(pool.glob("*.drills.npz"))
    if not files:
        raise FileNotFoundError(f"There are no drills in {pool}: see drills.py.")
    opened = [np.load(file) for file in files]
    parts = [np.concatenate([one[part] for one in opened]) for part in Drill._fields[1:]]
    pixels = Stack([one["pixels"] for one in opened])
    return pixels, [torch.from_numpy(one).long() for one in parts]


class Stack:
    """Arrays one after another, as one."""

    def __init__(self, parts: list[np.ndarray]) -> None:
        self._parts = parts
        self._ends = np.cumsum([len(one) for one in parts])

    def __len__(self) -> int:
        return int(self._ends[-1])

    def __getitem__(self, at: int) -> np.ndarray:
        part = int(np.searchsorted(self._ends, at, side="right"))
        return self._parts[part][at - (self._ends[part - 1] if part else 0)]
