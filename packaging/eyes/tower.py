"""The eyes' network: CLIP's two towers, in the shapes of open_clip, and the way into the starter.

The picture's tower has no class token, because llama.cpp's projector for it ("janus_pro") has none.
open_clip's always has one, so the exported file brings one nobody looks at: the first channel is
kept at nought for every patch and is large only in that token, and the first number of every head
turns attention away from what has it (see keep_apart and export.py).
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

AWAY_Q, AWAY_K = -4.0, 5.0  # what the first number of each head's queries and keys is


@dataclass(frozen=True)
class Shape:
    side: int = 128  # pixels
    patch: int = 16
    width: int = 160
    layers: int = 6
    heads: int = 5
    words: int = 2048
    context: int = 32
    text_width: int = 128
    text_layers: int = 3
    text_heads: int = 4
    shared: int = 128  # numbers in the space of both
    projector: int = 384
    starter: int = 192  # width of the language model
    epsilon: float = 1e-5

    @property
    def patches(self) -> int:
        return (self.side // self.patch) ** 2


def quick_gelu(x: Tensor) -> Tensor:
    return x * torch.sigmoid(1.702 * x)


class Block(nn.Module):
    """What open_clip calls a ResidualAttentionBlock."""

    def __init__(self, width: int, heads: int, layers: int, epsilon: float) -> None:
        super().__init__()
        self.heads = heads
        self.ln_1, self.ln_2 = (nn.LayerNorm(width, epsilon) for _ in range(2))
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.up, self.down = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)
        for one, spread in (
            (self.qkv, width**-0.5),
            (self.out, (2 * width * layers) ** -0.5),
            (self.up, (2 * width) ** -0.5),
            (self.down, (2 * width * layers) ** -0.5),
        ):
            nn.init.normal_(one.weight, 0, spread)
            nn.init.zeros_(one.bias)

    def forward(self, x: Tensor, mask: Tensor | None = None) -> Tensor:
        """x: (batch, length, width); mask is added to the scores."""
        batch, length, width = x.shape
        parts = self.qkv(self.ln_1(x)).view(batch, length, 3, self.heads, -1)
        q, k, v = parts.permute(2, 0, 3, 1, 4)
        scores = q @ k.transpose(-2, -1) * (width // self.heads) ** -0.5
        if mask is not None:
            scores = scores + mask
        shares = functional.softmax(scores, -1, dtype=torch.float32).to(v.dtype)
        x = x + self.out((shares @ v).transpose(1, 2).reshape(batch, length, width))
        return x + self.down(quick_gelu(self.up(self.ln_2(x))))


class Sight(nn.Module):
    """From a picture to a vector for each patch."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.patch = shape.patch
        self.embed = nn.Linear(3 * shape.patch**2, shape.width, bias=False)
        self.place = nn.Parameter(torch.randn(shape.patches, shape.width) * 0.3)
        nn.init.normal_(self.embed.weight, 0, 0.04)
        self.blocks = nn.ModuleList(
            Block(shape.width, shape.heads, shape.layers, shape.epsilon)
            for _ in range(shape.layers)
        )
        self.ln_post = nn.LayerNorm(shape.width, shape.epsilon)
        self.proj = nn.Parameter(torch.randn(shape.width, shape.shared) * shape.width**-0.5)
        self.keep_apart()

    def forward(self, pictures: Tensor) -> Tensor:
        """(batch, 3, side, side) from -1 to 1 -> (batch, patches, width)."""
        batch, colours, side, _ = pictures.shape
        across, patch = side // self.patch, self.patch
        parts = pictures.reshape(batch, colours, across, patch, across, patch)
        x = self.embed(parts.permute(0, 2, 4, 1, 3, 5).reshape(batch, across**2, -1)) + self.place
        for block in self.blocks:
            x = block(x)
        return self.ln_post(x)

    def pooled(self, seen: Tensor) -> Tensor:
        return functional.normalize(seen.mean(1) @ self.proj, dim=-1)

    @torch.no_grad()
    def keep_apart(self) -> None:
        """Puts the reserved numbers back, after every step."""
        self.embed.weight[0] = 0
        self.place[:, 0] = 0
        for block in self.blocks:
            width = self.place.shape[1]
            head = width // block.heads
            queries = torch.arange(0, width, head)
            block.ln_1.weight[0], block.ln_1.bias[0] = 1, 0
            block.qkv.weight[queries] = 0
            block.qkv.bias[queries] = AWAY_Q
            block.qkv.weight[width + queries] = 0
            block.qkv.weight[width + queries, 0] = AWAY_K
            block.qkv.bias[width + queries] = 0
            for last in (block.out, block.down):
                last.weight[0], last.bias[0] = 0, 0


class Reading(nn.Module):
    """From words to a vector; the last word's place is the one with the largest number."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.embed = nn.Embedding(shape.words, shape.text_width)
        self.place = nn.Parameter(torch.randn(shape.context, shape.text_width) * 0.01)
        nn.init.normal_(self.embed.weight, 0, 0.02)
        self.blocks = nn.ModuleList(
            Block(shape.text_width, shape.text_heads, shape.text_layers, shape.epsilon)
            for _ in range(shape.text_layers)
        )
        self.ln_final = nn.LayerNorm(shape.text_width, shape.epsilon)
        self.proj = nn.Parameter(
            torch.randn(shape.text_width, shape.shared) * shape.text_width**-0.5
        )
        mask = torch.full((shape.context, shape.context), -1e4).triu(1)
        self.register_buffer("mask", mask, persistent=False)

    def forward(self, words: Tensor) -> Tensor:
        """(batch, length) of token numbers -> (batch, shared), of length 1."""
        length = words.shape[1]
        x = self.embed(words) + self.place[:length]
        for block in self.blocks:
            x = block(x, self.mask[:length, :length])
        last = self.ln_final(x)[torch.arange(len(words)), words.argmax(-1)]
        return functional.normalize(last @ self.proj, dim=-1)


class Projector(nn.Module):
    """From the tower's patches to the starter's embeddings."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.one = nn.Linear(shape.width, shape.projector)
        self.two = nn.Linear(shape.projector, shape.starter)
        nn.init.normal_(self.two.weight, 0, 0.02)

    def forward(self, seen: Tensor) -> Tensor:
        return self.two(quick_gelu(self.one(seen)))


class Eyes(nn.Module):
    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        self.sight, self.reading = Sight(shape), Reading(shape)
        self.projector = Projector(shape)
        self.logit_scale = nn.Parameter(torch.tensor(10.0).log())
        self.logit_bias = nn.Parameter(torch.tensor(-6.0))
