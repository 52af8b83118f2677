"""Trains the starter on the CPU; checkpoints go to a folder outside the repository.

python packaging/starter/train.py FOLDER [--steps 2600] [--resume] …
"""

import argparse
import json
import time
from collections.abc import Iterator
from copy import deepcopy
from itertools import chain
from pathlib import Path
from random import Random

import tokenizer as tokens
import torch
from batches import Batch, batches, texts, verified
from conversation import conversation
from muon import Muon
from network import Network, Shape
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.nn import functional

TOKENIZER_SEED, NETWORK_SEED, DATA_SEED = 11, 12, 13
WARM_UP = 60
PRECISIONS = {"bf16": torch.bfloat16, "fp32": torch.float32}  # of the passes
AVERAGE = 0.99  # of the weights, over steps: what is exported


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--steps", type=int, default=2600)
    parser.add_argument("--minutes", type=float, default=0, help="of training, instead of steps")
    parser.add_argument("--rows", type=int, default=8)
    parser.add_argument("--length", type=int, default=384)
    parser.add_argument("--longest", type=int, default=3, help="exchanges in a conversation")
    parser.add_argument("--rate", type=float, default=3e-3)
    parser.add_argument(
        "--decay", type=float, default=0.4, help="share of steps in which rate falls"
    )
    parser.add_argument("--precision", choices=PRECISIONS, default="bf16")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=DATA_SEED)
    parser.add_argument("--compile", action=argparse.BooleanOptionalAction, default=True)
    parser.add_argument("--resume", action="store_true")
    parser.add_argument("--verified", type=Path, nargs="*", default=[], help="from improve.py")
    parser.add_argument("--share", type=float, default=0.25, help="of texts, that are verified")
    return parser.parse_args()


def make_tokenizer(path: Path, size: int, texts: int = 60_000) -> Tokenizer:
    if path.exists():
        return Tokenizer.from_file(str(path))
    rng = Random(TOKENIZER_SEED)
    made = tokens.train((conversation(rng)[0] for _ in range(texts)), size)
    made.save(str(path))
    return made


def loss_of(network: Network, batch: Batch) -> Tensor:
    """In whatever precision the network has; compiled as one program for batches of one size."""
    owner = batch.owner
    mask = owner[:, None, :, None] == owner[:, None, None, :]
    mask &= torch.ones(mask.shape[-2:], dtype=torch.bool).tril()
    state = network(batch.tokens, mask).flatten(0, 1)
    return functional.cross_entropy(network.scores(state[batch.places]).float(), batch.targets)


def optimizers(network: Network, rate: float) -> list[torch.optim.Optimizer]:
    """Muon for the matrices inside, AdamW for the embedding and the norms."""
    matrices = [one for one in network.blk.parameters() if one.ndim == 2]
    others = [one for one in network.parameters() if not any(one is other for other in matrices)]
    return [
        Muon(matrices, rate, 0.1),
        torch.optim.AdamW(others, lr=rate, betas=(0.9, 0.95), weight_decay=0.0),
    ]


def rate_at(step: int, done: float, decay: float) -> float:
    """Warm up, stay, fall linearly to a fiftieth. done: the share of the run."""
    return min(1.0, (step + 1) / WARM_UP) * max(0.02, min(1.0, (1 - done) / decay))


class Training:
    def __init__(self, options: argparse.Namespace) -> None:
        self.options, self.step = options, 0
        options.folder.mkdir(parents=True, exist_ok=True)
        shape = Shape()
        self.tokenizer = make_tokenizer(options.folder / "tokenizer.json", shape.vocabulary)
        torch.manual_seed(NETWORK_SEED)
        self.network = Network(Shape(vocabulary=self.tokenizer.get_vocab_size()))
        begin = options.folder / "begin.pt"  # see warm.py
        if begin.exists():
            self.network.load_state_dict(torch.load(begin, weights_only=True))
        self.half = deepcopy(self.network).to(PRECISIONS[options.precision])
        self.loss = torch.compile(loss_of, dynamic=False) if options.compile else loss_of
        self.average = {name: one.clone() for name, one in self.network.state_dict().items()}
        self.optimizers = optimizers(self.network, options.rate)
        if options.resume:
            self._read()
        (options.folder / "shape.json").write_text(json.dumps(self.network.shape.as_dict()))

    def run(self) -> None:
        options = self.options
        rng = Random(options.seed + self.step)
        spoken = texts(rng, options.longest, verified(options.verified), options.share)
        made = batches(self.tokenizer, rng, options.rows, options.length, spoken)
        began, cost, seen = time.monotonic(), 0.0, 0
        for batch in made:
            done = self.step / options.steps
            if options.minutes:
                done = (time.monotonic() - began) / (60 * options.minutes)
            if done >= 1:
                break
            cost += self._learn(batch, done)
            seen += int((batch.owner >= 0).sum())
            if self.step % 20 == 0:
                speed = seen / (time.monotonic() - began)
                print(f"{self.step} loss {cost / 20:.4f} {speed:.0f} tokens/s", flush=True)
                cost = 0.0
            if self.step % 100 == 0:
                self._write()
        self._write()
        print(f"{self.step} steps, {seen} tokens, {time.monotonic() - began:.0f} s")

    def _learn(self, batch: Batch, done: float) -> float:
        share = rate_at(self.step, done, self.options.decay)
        for group in chain.from_iterable(one.param_groups for one in self.optimizers):
            group["lr"] = self.options.rate * share
        loss = self.loss(self.half, batch)
        loss.backward()
        for whole, half in self._pairs():
            whole.grad, half.grad = half.grad.float(), None
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
        for one in self.optimizers:
            one.step()
            one.zero_grad(set_to_none=True)
        self._refresh()
        self.step += 1
        keep = min(AVERAGE, self.step / (self.step + 10))
        for name, one in self.network.state_dict().items():
            self.average[name].lerp_(one, 1 - keep)
        return loss.item()

    def _pairs(self) -> Iterator[tuple[nn.Parameter, nn.Parameter]]:
        return zip(self.network.parameters(), self.half.parameters(), strict=True)

    @torch.no_grad()
    def _refresh(self) -> None:
        for whole, half in self._pairs():
            half.copy_(whole)

    def _write(self) -> None:
        state = {
            "step": self.step,
            "network": self.network.state_dict(),
            "average": self.average,
            "optimizers": [one.state_dict() for one in self.optimizers],
        }
        path = self.options.folder / "checkpoint.pt"
        torch.save(state, path.with_suffix(".new"))
        path.with_suffix(".new").replace(path)

    def _read(self) -> None:
        state = torch.load(self.options.folder / "checkpoint.pt", weights_only=True)
        self.step, self.average = state["step"], state["average"]
        self.network.load_state_dict(state["network"])
        for one, kept in zip(self.optimizers, state["optimizers"], strict=True):
            one.load_state_dict(kept)
        self._refresh()


if __name__ == "__main__":
    chosen = arguments()
    torch.set_num_threads(chosen.threads)
    Training(chosen).run()
