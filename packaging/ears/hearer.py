"""The network: Whisper's architecture, small, with two helps for learning that are not exported.

The helps read the encoder: which sound of the synthesiser each moment is (frame by frame), and the
spoken words by CTC. With them the encoder learns in minutes what the decoder alone would not.
"""

from dataclasses import asdict, dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional


@dataclass(frozen=True)
class Shape:
    vocabulary: int
    pieces: int  # ids below are text
    phones: int = 128
    mels: int = 80
    width: int = 192
    heads: int = 3
    encoder: int = 4  # layers
    decoder: int = 2
    places: int = 1500  # of the encoder, 20 ms each
    length: int = 448  # of the decoder

    def as_dict(self) -> dict[str, int]:
        return asdict(self)


def waves(length: int, width: int) -> Tensor:
    """Whisper's sinusoids."""
    scale = torch.exp(-torch.arange(width // 2) * (9.2103404 / (width // 2 - 1)))
    angle = torch.arange(length)[:, None] * scale[None]
    return torch.cat((angle.sin(), angle.cos()), 1)


class Attention(nn.Module):
    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.query, self.memory = nn.Linear(width, width), nn.Linear(width, 2 * width)
        self.out = nn.Linear(width, width)

    def forward(self, x: Tensor, memory: Tensor, causal: bool = False) -> Tensor:
        q = self._apart(self.query(x))
        k, v = (self._apart(one) for one in self.memory(memory).chunk(2, -1))
        scores = (q * q.shape[-1] ** -0.5) @ k.transpose(-2, -1)  # torch's own is half as fast here
        if causal:
            later = torch.ones(scores.shape[-2:], dtype=torch.bool).triu(1)
            scores = scores.masked_fill(later, -1e4)
        seen = functional.softmax(scores, -1) @ v
        return self.out(seen.transpose(1, 2).flatten(2))

    def _apart(self, x: Tensor) -> Tensor:
        return x.unflatten(-1, (self.heads, -1)).transpose(1, 2)


class Block(nn.Module):
    def __init__(self, width: int, heads: int, crossed: bool) -> None:
        super().__init__()
        self.norm, self.own = nn.LayerNorm(width), Attention(width, heads)
        self.cross_norm = nn.LayerNorm(width) if crossed else None
        self.cross = Attention(width, heads) if crossed else None
        self.last_norm = nn.LayerNorm(width)
        self.up, self.down = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(self, x: Tensor, memory: Tensor | None = None) -> Tensor:
        inside = self.norm(x)
        x = x + self.own(inside, inside, causal=memory is not None)
        if self.cross is not None:
            x = x + self.cross(self.cross_norm(x), memory)
        return x + self.down(functional.gelu(self.up(self.last_norm(x))))


class Hearer(nn.Module):
    def __init__(self, shape: Shape) -> None:
        super().__init__()
        width = shape.width
        self.shape = shape
        self.conv1 = nn.Conv1d(shape.mels, width, 3, padding=1)
        self.conv2 = nn.Conv1d(width, width, 3, stride=2, padding=1)
        self.encoder = nn.ModuleList(Block(width, shape.heads, False) for _ in range(shape.encoder))
        self.encoder_norm = nn.LayerNorm(width)
        self.embedding = nn.Embedding(shape.vocabulary, width)
        self.decoder = nn.ModuleList(Block(width, shape.heads, True) for _ in range(shape.decoder))
        self.decoder_norm = nn.LayerNorm(width)
        self.register_buffer("places", waves(shape.places, width), persistent=False)
        self.register_buffer("order", 0.1 * waves(shape.length, width), persistent=False)
        self.phones = nn.Linear(width, shape.phones)  # helps, not exported
        self.words = nn.Linear(width, shape.pieces + 1)  # the last is CTC's blank
        self.apply(_begin)
        begin_times(self)

    def encode(self, mel: Tensor) -> Tensor:
        """mel: (batch, mels, frames of 10 ms); back come (batch, frames of 20 ms, width)."""
        x = functional.gelu(self.conv1(mel))
        x = functional.gelu(self.conv2(x)).transpose(1, 2)
        x = x + self.places[: x.shape[1]].to(x.dtype)
        for block in self.encoder:
            x = block(x)
        return self.encoder_norm(x)

    def decode(self, tokens: Tensor, memory: Tensor) -> Tensor:
        """The state before the output matrix, which is the embedding."""
        x = self.embedding(tokens)
        x = x + self.order[: x.shape[1]].to(x.dtype)
        for block in self.decoder:
            x = block(x, memory)
        return self.decoder_norm(x)

    def scores(self, state: Tensor) -> Tensor:
        return functional.linear(state, self.embedding.weight)


def begin_times(hearer: Hearer) -> None:
    """Marks of times that are near each other begin alike: few of them are seen in training."""
    first = hearer.shape.vocabulary - 1501
    mixed = waves(1501, 64) @ (torch.randn(64, hearer.shape.width) * 0.05 * 32**-0.5)
    with torch.no_grad():
        hearer.embedding.weight[first:] = mixed


def _begin(module: nn.Module) -> None:
    if isinstance(module, nn.Linear | nn.Embedding):
        nn.init.normal_(module.weight, 0, 0.05)
    if isinstance(module, nn.Linear):
        nn.init.zeros_(module.bias)
    if isinstance(module, Block):
        nn.init.normal_(module.down.weight, 0, 0.02)
        nn.init.normal_(module.own.out.weight, 0, 0.02)
