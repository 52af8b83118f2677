"""Endless batches: whole conversations packed into rows, none of them seeing its neighbours."""

import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from random import Random
from typing import NamedTuple

import torch
from conversation import conversation
from tokenizers import Tokenizer
from torch import Tensor

POOL = 512  # conversations made at a time
COUNTED = 0.6  # share of the places whose next token is learned: the assistant's words, then others


class Batch(NamedTuple):
    """Places count through the rows laid end to end."""

    tokens: Tensor  # (rows, length)
    owner: Tensor  # (rows, length): the number of a token's conversation in its row, -1 none
    places: Tensor  # (counted,): where the next token is learned
    targets: Tensor  # (counted,): those next tokens


class Listener:
    """Tells the assistant's tokens from all others."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._opening = tokenizer.encode("<|im_start|>assistant\n").ids
        self._help = tokenizer.encode('<tool_call>\n{"name": "help"').ids  # Parley's own call
        self._end = tokenizer.token_to_id("<|im_end|>")

    def spoken(self, tokens: list[int]) -> list[bool]:
        opening, found = self._opening, [False] * len(tokens)
        speaking = False
        for place, token in enumerate(tokens):
            if speaking:
                found[place] = True
                speaking = token != self._end
            elif tokens[place + 1 - len(opening) : place + 1] == opening:
                speaking = tokens[place + 1 : place + 1 + len(self._help)] != self._help
        return found


def verified(files: Iterable[Path]) -> list[str]:
    """Texts that improve.py kept."""
    lines = [line for one in files for line in one.read_text("utf-8").splitlines()]
    return [json.loads(line)["text"] for line in lines]


def texts(rng: Random, longest: int, kept: Sequence[str] = (), share: float = 0.0) -> Iterator[str]:
    """longest: exchanges in one conversation, at most. share: of the texts, from those kept."""
    while True:
        from_kept = kept and rng.random() < share
        yield rng.choice(kept) if from_kept else conversation(rng, longest)[0]


def batches(
    tokenizer: Tokenizer, rng: Random, rows: int, length: int, spoken: Iterator[str]
) -> Iterator[Batch]:
    listener = Listener(tokenizer)
    waiting: list[list[list[int]]] = []
    while True:
        pool = list(islice(spoken, POOL))
        encoded = [one.ids for one in tokenizer.encode_batch(pool) if len(one.ids) <= length]
        waiting += packed(encoded, length)
        rng.shuffle(waiting)
        while len(waiting) >= rows:
            chosen, waiting = waiting[:rows], waiting[rows:]
            yield batch(rng, chosen, length, listener)


def packed(pieces: list[list[int]], length: int) -> list[list[list[int]]]:
    """Rows filled with whole pieces: each goes into the fullest of the open rows that has room."""
    rows: list[list[list[int]]] = []
    room: list[int] = []
    for piece in pieces:
        fitting = [(left, place) for place, left in enumerate(room) if left >= len(piece)]
        if fitting:
            place = min(fitting)[1]
        else:
            rows.append([])
            room.append(length)
            place = len(rows) - 1
        rows[place].append(piece)
        room[place] -= len(piece)
    return rows


def batch(rng: Random, rows: list[list[list[int]]], length: int, listener: Listener) -> Batch:
    tokens = torch.zeros(len(rows), length, dtype=torch.long)
    owner = torch.full((len(rows), length), -1)
    spoken: list[tuple[int, int]] = []  # place, next token
    others: list[tuple[int, int]] = []
    for number, row in enumerate(rows):
        at = 0
        for which, piece in enumerate(row):
            end = at + len(piece)
            tokens[number, at:end] = torch.tensor(piece)
            owner[number, at:end] = which
            said = listener.spoken(piece)
            for place in range(len(piece) - 1):
                one = (number * length + at + place, piece[place + 1])
                (spoken if said[place + 1] else others).append(one)
            at = end
    chosen = rng.sample(spoken, len(spoken)) + rng.sample(others, len(others))
    chosen = chosen[: int(COUNTED * len(rows) * length)]
    places, targets = torch.tensor(chosen).unbind(1)
    return Batch(tokens, owner, places, targets)
