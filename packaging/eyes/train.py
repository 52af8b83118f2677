"""Trains the eyes on the CPU; checkpoints go to a folder outside the repository.

python packaging/eyes/train.py FOLDER POOL STARTER [--minutes 45] [--resume] …
STARTER is a folder of packaging/starter/train.py or warm.py: tokenizer.json, checkpoint.pt.
"""

import argparse
import json
import os
import shutil
import time
from copy import deepcopy
from itertools import chain
from pathlib import Path
from random import Random

import torch
from learner import Batch, Learner
from muon import Muon  # packaging/starter
from network import Shape as StarterShape
from supply import Supply
from torch import Tensor, nn
from tower import Shape

SEED, WARM_UP, AVERAGE = 31, 40, 0.99
GENTLER = 0.4  # the rate of what Muon does not train
LOGGED = ("pairs", "labels", "drills", "talk", "shapes", "colours", "marks", "middles")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("pool", type=Path, help="made by pool.py")
    parser.add_argument("starter", type=Path)
    parser.add_argument("--minutes", type=float, default=45)
    parser.add_argument("--decay", type=float, default=0.5, help="share in which rate falls")
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--starter-rate", type=float, default=1e-3)
    parser.add_argument("--scenes", type=int, default=56)
    parser.add_argument("--drills", type=int, default=16)
    parser.add_argument("--rows", type=int, default=16)
    parser.add_argument("--length", type=int, default=256)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--begin", type=Path, help="a state whose equal parts are taken over")
    parser.add_argument("--often", default="none", help="the pool's last seed: half of the scenes")
    parser.add_argument("--resume", action="store_true")
    return parser.parse_args()


class Training:
    def __init__(self, options: argparse.Namespace) -> None:
        self.options, self.step = options, 0
        options.folder.mkdir(parents=True, exist_ok=True)
        torch.manual_seed(SEED)
        for name, kept in (("shape.json", "shape.json"), ("tokenizer.json", "starter.json")):
            shutil.copy(options.starter / name, options.folder / kept)
        told = json.loads((options.starter / "shape.json").read_text())
        self.learner = Learner(Shape(), StarterShape(**told))
        kept = torch.load(options.starter / "checkpoint.pt", weights_only=True)["average"]
        self.learner.starter.load_state_dict(kept)
        if options.begin:
            take_over(self.learner, torch.load(options.begin, weights_only=True)["average"])
        self.average = {name: one.clone() for name, one in self.learner.state_dict().items()}
        self.optimizers = self._optimizers()
        if options.resume:
            self._read()
        self.half = deepcopy(self.learner).to(torch.bfloat16)
        self.loss = torch.compile(lambda half, batch: half(batch), dynamic=False)
        self.supply = Supply(options.pool, options.folder, options.starter, options)

    def run(self) -> None:
        rng, began = Random(SEED + self.step), time.monotonic()
        sums, first = torch.zeros(len(LOGGED)), self.step
        written = began
        while (spent := time.monotonic() - began) < self.options.minutes * 60:
            batch = self.supply.batch(rng)
            sums += self._learn(batch, spent / (self.options.minutes * 60))
            if self.step % 25 == 0:
                figures = " ".join(
                    f"{name} {value:.3f}" for name, value in zip(LOGGED, sums / 25, strict=True)
                )
                speed = (self.step - first) / (time.monotonic() - began)
                print(f"{self.step} {figures} {speed:.2f} steps/s", flush=True)
                sums.zero_()
            if time.monotonic() - written > 60:
                self._write()
                written = time.monotonic()
            if self.step % 500 == 0:
                self.supply.refresh()
        self._write()
        print(f"{self.step} steps, {time.monotonic() - began:.0f} s")

    def _learn(self, batch: Batch, done: float) -> Tensor:
        share = min(1.0, (self.step + 1) / WARM_UP)
        share *= max(0.02, min(1.0, (1 - done) / self.options.decay))
        for group in chain.from_iterable(one.param_groups for one in self.optimizers):
            group["lr"] = group["full"] * share
        loss, parts = self.loss(self.half, batch)
        loss.backward()
        pairs = list(zip(self.learner.parameters(), self.half.parameters(), strict=True))
        for whole, half in pairs:
            whole.grad, half.grad = half.grad.float(), None
        torch.nn.utils.clip_grad_norm_(self.learner.parameters(), 1.0)
        for one in self.optimizers:
            one.step()
            one.zero_grad(set_to_none=True)
        self.learner.eyes.sight.keep_apart()
        self.step += 1
        keep = min(AVERAGE, self.step / (self.step + 10))
        with torch.no_grad():
            for whole, half in pairs:
                half.copy_(whole)
            for name, one in self.learner.state_dict().items():
                self.average[name].lerp_(one, 1 - keep)
        return parts

    def _optimizers(self) -> list[torch.optim.Optimizer]:
        """Muon for the matrices inside the blocks, AdamW for the rest; the starter is slower."""
        eyes, starter = self.learner.eyes, self.learner.starter
        inside = [*eyes.sight.blocks.parameters(), *eyes.reading.blocks.parameters()]
        matrices = [one for one in inside if one.ndim == 2]
        talking = [one for one in starter.blk.parameters() if one.ndim == 2]
        taken = {id(one) for one in (*matrices, *talking)}
        slow = [one for one in starter.parameters() if id(one) not in taken]
        taken |= {id(one) for one in slow}
        quick = [eyes.logit_scale, eyes.logit_bias]
        taken |= {id(one) for one in quick}
        others = [one for one in self.learner.parameters() if id(one) not in taken]
        rate, slower = self.options.rate, self.options.starter_rate
        muon = [Muon(matrices, rate, 0.1), Muon(talking, slower, 0.05)]
        adam = [
            torch.optim.AdamW(group, lr=GENTLER * lr, betas=(0.9, 0.95), weight_decay=0.0)
            for group, lr in ((others, rate), (slow, slower), (quick, 10 * rate))
        ]
        for one in (*muon, *adam):
            for group in one.param_groups:
                group["full"] = group["lr"]
        return [*muon, *adam]

    def _write(self) -> None:
        state = {
            "step": self.step,
            "learner": self.learner.state_dict(),
            "average": self.average,
            "optimizers": [one.state_dict() for one in self.optimizers],
        }
        path = self.options.folder / "checkpoint.pt"
        torch.save(state, path.with_suffix(".new"))
        path.with_suffix(".new").replace(path)

    def _read(self) -> None:
        state = torch.load(self.options.folder / "checkpoint.pt", weights_only=True)
        self.step, self.average = state["step"], state["average"]
        self.learner.load_state_dict(state["learner"])
        for one, kept in zip(self.optimizers, state["optimizers"], strict=True):
            full = one.param_groups[0]["full"]  # today's rate, not that of then
            one.load_state_dict(kept)
            one.param_groups[0]["full"] = full


def take_over(learner: nn.Module, state: dict[str, Tensor]) -> None:
    """Parts of another run that have the same name and shape."""
    own = learner.state_dict()
    fitting = {
        name: one for name, one in state.items() if name in own and own[name].shape == one.shape
    }
    learner.load_state_dict(fitting, strict=False)
    print(f"{len(fitting)} of {len(own)} parts taken over")


if __name__ == "__main__":
    chosen = arguments()
    torch.set_num_threads(chosen.threads)
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    Training(chosen).run()
