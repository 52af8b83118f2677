"""All that is trained together: the eyes, the heads that teach them, and the starter that talks."""

import sys
from pathlib import Path
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

sys.path.append(str(Path(__file__).parents[1] / "starter"))
from heads import Drilled, Heads
from network import Network  # packaging/starter
from network import Shape as StarterShape
from talks import Rows
from tower import Eyes, Shape


class Batch(NamedTuple):
    pictures: Tensor  # (scenes + drills, 3, side, side), -1 to 1
    words: Tensor  # (scenes, context): their captions
    labels: Tensor  # (labels, context): words for one thing each
    shown: Tensor  # (scenes, labels): 1.0 where the label fits, -1.0 where that is not known
    drilled: Drilled
    rows: Rows  # about the first of the scenes


class Learner(nn.Module):
    def __init__(self, shape: Shape, starter: StarterShape) -> None:
        super().__init__()
        self.eyes, self.heads = Eyes(shape), Heads(shape.width)
        self.starter = Network(starter)

    def forward(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """The loss, and for the log: pairing, labels, drills, talk, what the heads got right."""
        scenes = len(batch.words)
        seen = self.eyes.sight(batch.pictures)
        pictures = self.eyes.sight.pooled(seen[:scenes])
        pairing = self._paired(pictures, batch.words)
        labelled = self._labelled(pictures, batch.labels, batch.shown)
        drilled, right = self.heads(seen[scenes:], batch.drilled)
        talk = self.talk(seen[: len(batch.rows.tokens)], batch.rows)
        loss = 0.5 * pairing + 0.5 * labelled + drilled + talk
        parts = torch.stack([pairing, labelled, drilled, talk]).detach()
        return loss, torch.cat([parts.float(), right.float()])

    def _paired(self, pictures: Tensor, words: Tensor) -> Tensor:
        """SigLIP's: every picture with every caption; equal captions fit alike."""
        scores = self._scores(pictures, self.eyes.reading(words))
        same = (words[:, None] == words[None]).all(-1).float()
        each = functional.binary_cross_entropy_with_logits(scores, same, reduction="none")
        return each.sum() / len(words)

    def _labelled(self, pictures: Tensor, labels: Tensor, shown: Tensor) -> Tensor:
        scores = self._scores(pictures, self.eyes.reading(labels))
        each = functional.binary_cross_entropy_with_logits(
            scores, shown.float().clamp(min=0), reduction="none"
        )
        return (each * (shown >= 0)).sum() / len(pictures)

    def _scores(self, pictures: Tensor, words: Tensor) -> Tensor:
        return (pictures @ words.T).float() * self.eyes.logit_scale.float().exp() + (
            self.eyes.logit_bias.float()
        )

    def talk(self, seen: Tensor, rows: Rows) -> Tensor:
        """How well the starter goes on, mean over the places that count."""
        state = self.told(seen, rows).flatten(0, 1)[rows.at]
        return functional.cross_entropy(self.starter.scores(state).float(), rows.targets)

    def told(self, seen: Tensor, rows: Rows) -> Tensor:
        """The starter's state at every place of the rows."""
        starter = self.starter
        x = starter.token_embd(rows.tokens)
        where = rows.pictured[..., None].expand(-1, -1, x.shape[-1])
        x = x.scatter(1, where, self.eyes.projector(seen))
        cos, sin = (one[rows.place][:, None].to(x.dtype) for one in (starter.cos, starter.sin))
        for block in starter.blk:
            x = block(x, cos, sin, rows.mask)
        return starter.output_norm(x)
