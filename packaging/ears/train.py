"""Teaches the ears on the CPU; what they have learned goes to a folder outside the repository.

python packaging/ears/train.py POOL FOLDER --minutes 60 [--resume] …
"""

import argparse
import json
import sys
import time
from itertools import chain
from pathlib import Path
from random import Random

import torch
import vocabulary
from hearer import Hearer, Shape
from lessons import NOTHING, Batch, Lessons
from sayings import saying
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn import functional
from torch.utils.data import DataLoader

sys.path.append(str(Path(__file__).parents[1] / "starter"))
import muon  # noqa: E402

muon.ROUNDS = 3  # are enough here, and save a fifth of the time

TEXT_SEED, NETWORK_SEED, DATA_SEED = 31, 32, 33
WARM_UP = 100
AVERAGE = 0.997  # of the weights, over steps: what is exported
HELP = 0.5  # weight of each of the two helps
PAUSES = ("pau", "_", "_:", "")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pool", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--rows", type=int, default=12)
    parser.add_argument("--rate", type=float, default=3e-3)
    parser.add_argument("--decay", type=float, default=0.4, help="share in which the rate falls")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=DATA_SEED)
    parser.add_argument("--harsh", type=float, default=1.0, help="share of the noise; less first")
    parser.add_argument("--longest", type=float, default=60.0, help="seconds of a saying")
    parser.add_argument("--resume", action="store_true")
    return parser.parse_args()


def make_tokenizer(path: Path, texts: int = 60_000) -> Tokenizer:
    if not path.exists():
        rng = Random(TEXT_SEED)
        said = [saying(rng) for _ in range(texts)]
        words = [one.words for one in said if one.words != one.text]
        vocabulary.make([one.text for one in said] + words + vocabulary.SURE).save(str(path))
    return Tokenizer.from_file(str(path))


def phones_of(pool: Path, path: Path) -> dict[str, int]:
    """Numbers of the synthesisers' sounds, each family counting by itself; 0 is silence."""
    if not path.exists():
        found: dict[str, int] = {}
        counts = [0, 0]
        for shard in sorted(pool.glob("*.json"))[:8]:
            for one in json.loads(shard.read_text()):
                family = int(one["voice"].startswith("flite"))
                for _, name in one["phones"]:
                    if name not in PAUSES and f"{family} {name}" not in found:
                        counts[family] += 1
                        found[f"{family} {name}"] = counts[family]
        path.write_text(json.dumps(found))
    return json.loads(path.read_text())


def losses(hearer: Hearer, batch: Batch) -> tuple[Tensor, Tensor, Tensor]:
    memory = hearer.encode(batch.mel)
    state = hearer.decode(batch.tokens, memory)
    kept = batch.targets != NOTHING
    scores = hearer.scores(state[kept]).float()
    written = functional.cross_entropy(scores, batch.targets[kept], label_smoothing=0.05)
    spelled = hearer.words(memory).float().log_softmax(-1).transpose(0, 1)
    blank = hearer.shape.pieces
    places = torch.minimum(batch.places, torch.tensor(memory.shape[1]))
    heard = functional.ctc_loss(
        spelled, batch.words, places, batch.lengths, blank, "sum", zero_infinity=True
    ) / batch.lengths.sum().clamp(min=1)
    named = hearer.phones(memory).float().unflatten(-1, (2, -1))
    named = named[torch.arange(len(named)), :, batch.family]
    sounded = functional.cross_entropy(named.flatten(0, 1), batch.phones.flatten())
    return written, heard, sounded


def optimizers(hearer: Hearer, rate: float) -> list[torch.optim.Optimizer]:
    """Muon for the matrices inside, AdamW for the rest."""
    inside = chain(hearer.encoder.parameters(), hearer.decoder.parameters())
    matrices = [one for one in inside if one.ndim == 2]
    others = [one for one in hearer.parameters() if not any(one is other for other in matrices)]
    return [
        muon.Muon(matrices, rate, 0.05),
        torch.optim.AdamW(others, lr=rate, betas=(0.9, 0.97), weight_decay=0.0),
    ]


def rate_at(step: int, done: float, decay: float) -> float:
    """Warm up, stay, fall to a fiftieth. done: the share of the run."""
    return min(1.0, (step + 1) / WARM_UP) * max(0.02, min(1.0, (1 - done) / decay))


class Training:
    def __init__(self, options: argparse.Namespace) -> None:
        self.options, self.step = options, 0
        folder = options.folder
        folder.mkdir(parents=True, exist_ok=True)
        tokenizer = make_tokenizer(folder / "tokenizer.json")
        phones = phones_of(options.pool, folder / "phones.json")
        torch.manual_seed(NETWORK_SEED)
        wide = 2 * (1 + max(phones.values()))
        self.hearer = Hearer(
            Shape(tokenizer.get_vocab_size(), tokenizer.token_to_id("<|endoftext|>"), wide)
        )
        self.average = {name: one.clone() for name, one in self.hearer.state_dict().items()}
        self.optimizers = optimizers(self.hearer, options.rate)
        if options.resume:
            self._read()
        (folder / "shape.json").write_text(json.dumps(self.hearer.shape.as_dict()))
        lessons = Lessons(
            options.pool,
            folder / "tokenizer.json",
            phones,
            options.rows,
            options.seed + self.step,
            options.harsh,
            options.longest,
        )
        self.lessons = DataLoader(lessons, batch_size=None, num_workers=1, prefetch_factor=16)

    def run(self) -> None:
        began, told, seen = time.monotonic(), [0.0] * 3, 0
        for batch in self.lessons:
            done = (time.monotonic() - began) / (60 * self.options.minutes)
            if done >= 1:
                break
            told = [a + b for a, b in zip(told, self._learn(batch, done), strict=True)]
            seen += len(batch.tokens)
            if self.step % 50 == 0:
                speed = seen / (time.monotonic() - began)
                shown = " ".join(f"{one / 50:.3f}" for one in told)
                print(f"{self.step} written, words, phones {shown} {speed:.1f}/s", flush=True)
                told = [0.0] * 3
            if self.step % 100 == 0:
                self._write()
        self._write()
        print(f"{self.step} steps, {seen} lessons, {time.monotonic() - began:.0f} s")

    def _learn(self, batch: Batch, done: float) -> list[float]:
        share = rate_at(self.step, done, self.options.decay)
        for group in chain.from_iterable(one.param_groups for one in self.optimizers):
            group["lr"] = self.options.rate * share
        with torch.autocast("cpu", torch.bfloat16):
            parts = losses(self.hearer, batch)
        (parts[0] + HELP * (parts[1] + parts[2])).backward()
        torch.nn.utils.clip_grad_norm_(self.hearer.parameters(), 1.0)
        for one in self.optimizers:
            one.step()
            one.zero_grad(set_to_none=True)
        self.step += 1
        keep = min(AVERAGE, self.step / (self.step + 10))
        for name, one in self.hearer.state_dict().items():
            self.average[name].lerp_(one, 1 - keep)
        return [one.item() for one in parts]

    def _write(self) -> None:
        state = {
            "step": self.step,
            "hearer": self.hearer.state_dict(),
            "average": self.average,
            "optimizers": [one.state_dict() for one in self.optimizers],
        }
        path = self.options.folder / "checkpoint.pt"
        torch.save(state, path.with_suffix(".new"))
        path.with_suffix(".new").replace(path)

    def _read(self) -> None:
        state = torch.load(self.options.folder / "checkpoint.pt", weights_only=True)
        self.step, self.average = state["step"], state["average"]
        self.hearer.load_state_dict(state["hearer"])
        for one, kept in zip(self.optimizers, state["optimizers"], strict=True):
            one.load_state_dict(kept)


if __name__ == "__main__":
    chosen = arguments()
    torch.set_num_threads(chosen.threads)
    Training(chosen).run()
