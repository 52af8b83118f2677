"""Conversations about pictures as rows of tokens for the starter.

A row begins with what all talks about its picture share: instructions, if any, and the picture.
Then come several talks that do not see one another, so that a picture is read once for many
questions. Where the question stands before the picture, the row is one talk.
"""

from collections.abc import Sequence
from random import Random
from typing import NamedTuple

import torch
from conversation import INSTRUCTIONS  # packaging/starter
from tokenizers import Tokenizer
from torch import Tensor

Asked = tuple[str, str]  # question, answer
IMAGE = -1  # in a row: a place of the picture
OPEN, CLOSE, SAYS = "<|im_start|>user\n", "<|im_end|>\n", "<|im_start|>assistant\n"


class Rows(NamedTuple):
    tokens: Tensor  # (rows, length); 0 where the picture stands, see pictured
    pictured: Tensor  # (rows, patches): the places of the picture
    place: Tensor  # (rows, length): how far from the beginning of its talk
    mask: Tensor  # (rows, 1, length, length): True where one may look
    at: Tensor  # (counted,): places, rows laid end to end, whose next token is learned
    targets: Tensor  # (counted,): those tokens


class Talks:
    def __init__(self, tokenizer: Tokenizer, patches: int, length: int, counted: int) -> None:
        """counted: how many places are learned in a batch, always the same number."""
        self._tokenizer, self._patches, self._length = tokenizer, patches, length
        self._counted = counted
        self._known: dict[str, list[int]] = {}

    def rows(self, rng: Random, scenes: Sequence[Sequence[Asked]]) -> Rows:
        made = [self._row(rng, list(asked)) for asked in scenes]
        count, length = len(made), self._length
        tokens = torch.zeros(count, length, dtype=torch.long)
        place = torch.zeros(count, length, dtype=torch.long)
        talk = torch.full((count, length), -1)  # 0: shared, 1…: a talk's own
        pictured = torch.zeros(count, self._patches, dtype=torch.long)
        learned: list[tuple[int, int]] = []
        for number, (row, places, talks, spoken) in enumerate(made):
            here = torch.tensor(row)
            pictured[number] = (here == IMAGE).nonzero()[:, 0]
            tokens[number, : len(row)] = here.clamp(min=0)
            place[number, : len(row)] = torch.tensor(places)
            talk[number, : len(row)] = torch.tensor(talks)
            learned += [(number * length + at, row[at + 1]) for at in spoken]
        same = (talk[:, :, None] == talk[:, None, :]) | (talk[:, None, :] == 0)
        mask = same & (talk[:, None, :] >= 0) | torch.eye(length, dtype=torch.bool)
        mask &= torch.ones(length, length, dtype=torch.bool).tril()
        rng.shuffle(learned)
        learned = (learned * (1 + self._counted // max(1, len(learned))))[: self._counted]
        at, targets = torch.tensor(learned).unbind(1)
        return Rows(tokens, pictured, place, mask[:, None], at, targets)

    def ids(self, text: str) -> list[int]:
        found = self._known.get(text)
        if found is None:
            if len(self._known) > 200_000:
                self._known.clear()
            found = self._known[text] = self._tokenizer.encode(text).ids
        return found

    def _row(
        self, rng: Random, asked: list[Asked]
    ) -> tuple[list[int], list[int], list[int], list[int]]:
        """Tokens, places, talks, and the places before an assistant's word."""
        rng.shuffle(asked)
        row = [*self._instructions(rng)]
        row += self.ids(OPEN)
        before = rng.random() < 0.12
        if before:
            row += self.ids(asked[0][0] + ("\n" if rng.random() < 0.2 else ""))
        row += [IMAGE] * self._patches
        shared = len(row)
        places, talks, spoken = list(range(shared)), [0] * shared, []
        number, at = 1, shared
        opened = "\n" if not before and rng.random() < 0.25 else ""
        turns = 99 if before else rng.choice((1, 1, 1, 2, 3))
        said = 0  # turns in this talk
        for question, answer in asked:
            ask = "" if before and not said else question
            begin = (opened if not said else OPEN) + ask + CLOSE + SAYS
            put, told = self.ids(begin), self.ids(f"{answer}<|im_end|>")
            end = self.ids("\n")
            if len(row) + len(put) + len(told) + len(end) > self._length:
                break
            spoken += range(len(row) + len(put) - 1, len(row) + len(put) + len(told) - 1)
            more = [*put, *told, *end]
            row += more
            places += range(at, at + len(more))
            talks += [number] * len(more)
            at, said = at + len(more), said + 1
            if said == turns:
                number, at, said = number + 1, shared, 0
                turns = rng.choice((1, 1, 1, 2, 3))
        return row, places, talks, spoken

    def _instructions(self, rng: Random) -> list[int]:
        if rng.random() < 0.7:
            return []
        return self.ids(f"<|im_start|>system\n{rng.choice(INSTRUCTIONS)}{CLOSE}")
