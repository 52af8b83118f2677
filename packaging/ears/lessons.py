"""Lessons for the network: sounds of the pool on their way, and all that is learned from them."""

import json
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import numpy as np
import sounds
import torch
from faster_whisper.feature_extractor import FeatureExtractor
from tokenizers import Tokenizer
from torch import Tensor
from torch.utils.data import IterableDataset
from vocabulary import MARKS
from voices import PLAIN

RATE = sounds.RATE
AHEAD = 240  # lessons that are made at a time; each is had twice, among others
EMPTY, CHAINED, PROMPTED, TIMED = 0.05, 0.05, 0.12, 0.4  # shares of lessons
FULL, HALF = 0.006, 0.08  # shares of batches in a window of 30 s, of 10 s
LONGEST = 12.0  # seconds of sound
NOTHING = -100


class Lesson(NamedTuple):
    mel: np.ndarray
    tokens: list[int]
    counted: int  # the first token to be learned
    words: list[int]  # for CTC
    phones: np.ndarray  # one for each 20 ms
    family: int  # of the phones' names: 0 espeak, 1 flite


class Batch(NamedTuple):
    mel: Tensor  # (rows, 80, frames)
    tokens: Tensor  # (rows, length)
    targets: Tensor  # the same, what comes next, NOTHING where not learned
    words: Tensor  # all words' tokens, laid end to end
    lengths: Tensor  # (rows,) of the words
    places: Tensor  # (rows,) of the encoder that hold sound
    phones: Tensor  # (rows, places)
    family: Tensor  # (rows,)


class Pool:
    """The shards that are there, with new ones found as they come."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._shards = folder, {}

    def refresh(self) -> None:
        for path in sorted(self._folder.glob("*.json")):
            if path.stem not in self._shards:
                told = [one for one in json.loads(path.read_text()) if PLAIN.match(one["voice"])]
                self._shards[path.stem] = (np.load(path.with_suffix(".npy"), mmap_mode="r"), told)

    def any(self, rng: Random, longest: float = 60.0) -> tuple[np.ndarray, dict[str, Any]]:
        """A saying of no more than so many seconds."""
        while True:
            pcm, told = self._shards[rng.choice(list(self._shards))]
            one = rng.choice(told)
            if one["length"] <= longest * RATE:
                break
        return pcm[one["at"] : one["at"] + one["length"]], one


class Lessons(IterableDataset):
    def __init__(
        self,
        pool: Path,
        tokenizer: Path,
        phones: dict[str, int],
        rows: int,
        seed: int,
        harsh: float,
        longest: float,
    ):
        self._pool, self._path, self._rows, self._seed = pool, tokenizer, rows, seed
        self._names, self._harsh, self._longest = phones, harsh, longest

    def __iter__(self) -> Iterator[Batch]:
        torch.set_num_threads(1)
        self.rng, self.pool = Random(self._seed), Pool(self._pool)
        self.tokenizer = Tokenizer.from_file(str(self._path))
        self.ids = {one: self.tokenizer.token_to_id(one) for one in MARKS}
        self.mel = FeatureExtractor()
        again: list[Lesson] = []
        while True:
            self.pool.refresh()
            babble = [self._babble() for _ in range(3)]
            fresh = [self._lesson(babble) for _ in range(AHEAD)]
            ahead = sorted((*again, *fresh), key=lambda one: one.mel.shape[1])
            again = fresh
            batches = [ahead[at : at + self._rows] for at in range(0, len(ahead), self._rows)]
            self.rng.shuffle(batches)
            for lessons in batches:
                for part in self._parted(lessons):
                    yield self._batch(part)

    def _parted(self, lessons: list[Lesson]) -> list[list[Lesson]]:
        """Long ones in smaller batches, so that steps cost about the same."""
        if lessons[-1].mel.shape[1] > 600:
            half = max(1, len(lessons) // 2)
            return [lessons[:half], lessons[half:]]
        return [lessons]

    def _babble(self) -> np.ndarray:
        """Several voices at once, 10 s of them."""
        noise = np.zeros(10 * RATE, np.float32)
        for _ in range(12):
            pcm, _told = self.pool.any(self.rng)
            start = self.rng.randrange(len(noise) - 1)
            part = pcm[: len(noise) - start] / 32768
            noise[start : start + len(part)] += part
        return noise

    def _lesson(self, babble: list[np.ndarray]) -> Lesson:
        rng = self.rng
        if rng.random() < EMPTY:
            sound = np.zeros(int(rng.uniform(0.2, 6) * RATE), np.float32)
            return self._made(sounds.heard(rng, sound, []), [], [])
        many = rng.choice((2, 2, 3)) if rng.random() < CHAINED else 1
        parts, said, phones = [self._pause()], [], []
        at = len(parts[0])
        for _ in range(many):
            pcm, told = self.pool.any(rng, self._longest)
            sound, speed = sounds.changed(rng, pcm)
            if said and at + len(sound) > LONGEST * RATE:
                break
            said.append((at / RATE, (at + len(sound)) / RATE, told))
            phones += [(at / RATE, "")]
            phones += [(at / RATE + end / speed, name) for end, name in told["phones"]]
            gap = self._pause()
            parts += [sound * rng.uniform(0.7, 1.0) / max(0.02, np.abs(sound).max()), gap]
            at += len(sound) + len(gap)
        sound = sounds.heard(rng, np.concatenate(parts), babble, self._harsh)
        return self._made(sound, said, phones)

    def _pause(self) -> np.ndarray:
        rng = self.rng
        longest = 1.2 if rng.random() < 0.15 else 0.4
        return np.zeros(int(rng.uniform(0.0, longest) * RATE), np.float32)

    def _made(self, sound: np.ndarray, said: list[Any], phones: list[Any]) -> Lesson:
        mel = self.mel(sound).astype(np.float32)
        tokens, counted = self._tokens(said)
        words = self.tokenizer.encode("".join(f" {told['words']}" for *_, told in said))
        family = int(bool(said) and said[0][2]["voice"].startswith("flite"))
        same = all(told["voice"].startswith("flite") == bool(family) for *_, told in said)
        places = (mel.shape[1] + 1) // 2
        named = self._phones(phones, places, family) if same else np.full(places, NOTHING)
        return Lesson(mel, tokens, counted, words.ids, named, family)

    def _phones(self, phones: list[tuple[float, str]], places: int, family: int) -> np.ndarray:
        ends = np.array([end for end, _ in phones] + [1e9])
        names = [self._names.get(f"{family} {name}", 0) for _, name in phones] + [0]
        return np.array(names)[np.searchsorted(ends, np.arange(places) * 0.02 + 0.01)]

    def _masked(self, mel: np.ndarray) -> np.ndarray:
        rng, mean = self.rng, float(mel.mean())
        mel = mel.copy()
        if rng.random() < 0.5 * self._harsh:
            for _ in range(2):
                wide, first = rng.randint(0, 12), rng.randrange(68)
                mel[first : first + wide] = mean
                wide, first = rng.randint(0, 16), rng.randrange(max(1, mel.shape[1] - 16))
                mel[:, first : first + wide] = mean
        return mel

    def _tokens(self, said: list[Any]) -> tuple[list[int], int]:
        """As faster-whisper asks: perhaps words before, then with times or without."""
        rng, ids = self.rng, self.ids
        before: list[int] = []
        if rng.random() < PROMPTED:
            text = self._prompt(said)
            before = [ids["<|startofprev|>"], *self.tokenizer.encode(f" {text}").ids]
        begin, end = ids["<|startoftranscript|>"], ids["<|endoftext|>"]
        if not said:
            mark = ids["<|notimestamps|>"] if rng.random() < 0.5 else self._time(0.0)
            return [*before, begin, mark, end], len(before) + 1
        if rng.random() < TIMED:
            inside = [
                token
                for start, stop, told in said
                for token in (self._time(start), *self._text(told), self._time(stop))
            ]
        else:
            inside = [ids["<|notimestamps|>"], *(one for *_, t in said for one in self._text(t))]
        return [*before, begin, *inside, end], len(before) + 1

    def _prompt(self, said: list[Any]) -> str:
        rng = self.rng
        pieces = [self.pool.any(rng)[1]["text"] for _ in range(rng.randint(1, 3))]
        if said and rng.random() < 0.3:  # hot words may well be in it
            pieces[-1] += " " + rng.choice(said[-1][2]["text"].split())
        return ", ".join(pieces) if rng.random() < 0.5 else " ".join(pieces)

    def _text(self, told: dict[str, Any]) -> list[int]:
        return self.tokenizer.encode(f" {told['text']}").ids

    def _time(self, seconds: float) -> int:
        return self.ids["<|notimestamps|>"] + 1 + min(1500, round(seconds / 0.02))

    def _batch(self, lessons: list[Lesson]) -> Batch:
        frames = max(one.mel.shape[1] for one in lessons)
        chance = self.rng.random()
        if chance < self._harsh * FULL:
            lessons, frames = lessons[:3], 3000
        elif chance < self._harsh * (FULL + HALF):
            frames = max(frames, 1000)
        frames += frames % 2
        longest = max(len(one.tokens) for one in lessons) - 1
        rows, ids = len(lessons), self.ids
        mel = np.zeros((rows, 80, frames), np.float32)
        tokens = np.full((rows, longest), ids["<|endoftext|>"])
        targets = np.full((rows, longest), NOTHING)
        phones = np.full((rows, frames // 2), NOTHING)
        for row, one in enumerate(lessons):
            mel[row, :, : one.mel.shape[1]] = self._masked(one.mel)
            size = len(one.tokens) - 1
            tokens[row, :size] = one.tokens[:-1]
            targets[row, one.counted - 1 : size] = one.tokens[one.counted :]
            if not one.words:  # what faster-whisper takes for the chance that nobody speaks
                targets[row, one.counted - 1] = ids["<|nospeech|>"]
            phones[row, : len(one.phones)] = one.phones
        return Batch(
            torch.from_numpy(mel),
            torch.from_numpy(tokens),
            torch.from_numpy(targets),
            torch.tensor([word for one in lessons for word in one.words]),
            torch.tensor([len(one.words) for one in lessons]),
            torch.tensor([(one.mel.shape[1] + 1) // 2 for one in lessons]),
            torch.from_numpy(phones),
            torch.tensor([one.family for one in lessons]),
        )
