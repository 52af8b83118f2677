"""Muon, in the precision of the weights: torch's own takes bf16, which older CPUs emulate."""

import torch
from torch import Tensor

COEFFICIENTS, ROUNDS = (3.4445, -4.775, 2.0315), 5


class Muon(torch.optim.Optimizer):
    """Nesterov momentum made orthogonal, at the update size of AdamW."""

    def __init__(self, matrices: list[Tensor], lr: float, decay: float, keep: float = 0.95) -> None:
        super().__init__(matrices, {"lr": lr, "decay": decay, "keep": keep})

    @torch.no_grad()
    def step(self, closure: None = None) -> None:
        for group in self.param_groups:
            for one in group["params"]:
                state = self.state[one]
                mean = state.setdefault("mean", torch.zeros_like(one))
                mean.lerp_(one.grad, 1 - group["keep"])
                update = orthogonal(one.grad.lerp(mean, group["keep"]))
                one.mul_(1 - group["lr"] * group["decay"])
                one.add_(update, alpha=-group["lr"] * 0.2 * max(one.shape) ** 0.5)


def orthogonal(matrix: Tensor) -> Tensor:
    """Newton-Schulz."""
    a, b, c = COEFFICIENTS
    tall = matrix.shape[0] > matrix.shape[1]
    x = matrix.T if tall else matrix
    x = x.bfloat16()
    x = x / x.norm().clamp(min=1e-7)
    for _ in range(ROUNDS):
        gram = x @ x.T
        x = torch.addmm(x, torch.addmm(gram, gram, gram, beta=b, alpha=c), x, beta=a)
    return x.T if tall else x
