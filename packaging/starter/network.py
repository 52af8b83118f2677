"""The network: llama's architecture in a hundred lines of torch."""

from dataclasses import asdict, dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional


@dataclass(frozen=True)
class Shape:
    vocabulary: int = 2048
    width: int = 192
    layers: int = 6
    heads: int = 6
    kv_heads: int = 2
    hidden: int = 512
    context: int = 2048
    theta: float = 10000.0
    epsilon: float = 1e-5

    def as_dict(self) -> dict[str, float]:
        return asdict(self)


class Norm(nn.Module):
    def __init__(self, width: int, epsilon: float) -> None:
        super().__init__()
        self.weight, self.epsilon = nn.Parameter(torch.ones(width)), epsilon

    def forward(self, x: Tensor) -> Tensor:
        scale = torch.rsqrt(x.float().pow(2).mean(-1, keepdim=True) + self.epsilon)
        return (x.float() * scale * self.weight).to(x.dtype)


def turned(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """Rotary positions on the two halves of a head; the export interleaves them for llama.cpp."""
    one, two = x.chunk(2, -1)
    return torch.cat((one * cos - two * sin, two * cos + one * sin), -1)


def attended(q: Tensor, k: Tensor, v: Tensor, mask: Tensor) -> Tensor:
    """Written out: twice as fast on a processor as torch's own with a mask."""
    batch, heads, length, head = q.shape
    groups = k.shape[1]
    scores = q.reshape(batch, groups, -1, head) @ k.transpose(-2, -1) * head**-0.5
    scores = scores.view(batch, heads, length, length).masked_fill(~mask, -1e4)
    shares = functional.softmax(scores, -1, dtype=torch.float32).to(v.dtype)
    return (shares.view(batch, groups, -1, length) @ v).view(batch, heads, length, head)


class Block(nn.Module):
    """Matrices that read the same input are one matrix here, and apart in the exported file."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        width, self.head = shape.width, shape.width // shape.heads
        self.heads, self.kv_heads = shape.heads, shape.kv_heads
        self.attn_norm = Norm(width, shape.epsilon)
        self.ffn_norm = Norm(width, shape.epsilon)
        self.attn_qkv = nn.Linear(width, (shape.heads + 2 * shape.kv_heads) * self.head, bias=False)
        self.attn_output = nn.Linear(shape.heads * self.head, width, bias=False)
        self.ffn_gate_up = nn.Linear(width, 2 * shape.hidden, bias=False)
        self.ffn_down = nn.Linear(shape.hidden, width, bias=False)

    def forward(self, x: Tensor, cos: Tensor, sin: Tensor, mask: Tensor) -> Tensor:
        """x: (batch, length, width); mask: (batch, 1, length, length), True where one may look."""
        batch, length, _ = x.shape
        heads = self.attn_qkv(self.attn_norm(x)).view(batch, length, -1, self.head).transpose(1, 2)
        q, k, v = heads.split((self.heads, self.kv_heads, self.kv_heads), 1)
        q, k = turned(q, cos, sin), turned(k, cos, sin)
        seen = attended(q, k, v, mask)
        x = x + self.attn_output(seen.transpose(1, 2).reshape(batch, length, -1))
        gate, up = self.ffn_gate_up(self.ffn_norm(x)).chunk(2, -1)
        return x + self.ffn_down(functional.silu(gate) * up)


class Network(nn.Module):
    """The embedding is used at both ends."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        self.token_embd = nn.Embedding(shape.vocabulary, shape.width)
        self.blk = nn.ModuleList(Block(shape) for _ in range(shape.layers))
        self.output_norm = Norm(shape.width, shape.epsilon)
        head = shape.width // shape.heads
        frequency = shape.theta ** (-torch.arange(0, head, 2) / head)
        angle = torch.outer(torch.arange(shape.context), frequency)
        self.register_buffer("cos", angle.cos(), persistent=False)
        self.register_buffer("sin", angle.sin(), persistent=False)
        self.apply(_begin)
        for block in self.blk:  # so that the sum over the layers starts small
            for last in (block.attn_output, block.ffn_down):
                nn.init.normal_(last.weight, 0, 0.02 / (2 * shape.layers) ** 0.5)

    def forward(self, tokens: Tensor, mask: Tensor) -> Tensor:
        """The state before the output matrix: (batch, length, width)."""
        length = tokens.shape[1]
        x = self.token_embd(tokens)
        cos, sin = self.cos[:length].to(x.dtype), self.sin[:length].to(x.dtype)
        for block in self.blk:
            x = block(x, cos, sin, mask)
        return self.output_norm(x)

    def scores(self, state: Tensor) -> Tensor:
        return functional.linear(state, self.token_embd.weight)


def _begin(module: nn.Module) -> None:
    if isinstance(module, nn.Linear | nn.Embedding):
        nn.init.normal_(module.weight, 0, 0.02)
