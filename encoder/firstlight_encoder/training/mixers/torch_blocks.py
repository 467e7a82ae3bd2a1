"""Pre-norm transformer blocks over a user's tokens, with gradients.

NOTE: ``firstlight_encoder.mixers.blocks`` is the same for serving; change both together.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional

from firstlight_encoder.layers import EPSILON
from firstlight_encoder.mixers.blocks import HEADS


class TorchBlocks(nn.ModuleList):
    """Blocks of attention and a wide layer, one after another."""

    def __init__(self, width: int, *, layers: int, causal: bool) -> None:
        """``layers`` blocks, ``width`` wide; ``causal`` ones look at what is at least as old."""
        super().__init__(_TorchBlock(width) for _ in range(layers))
        self._causal = causal

    def forward(self, state: Tensor, reads: Tensor, ages: Tensor) -> Tensor:
        """Token states ``(b, n, w)`` after every block."""
        allowed = reads[:, None, :]
        if self._causal:
            allowed = allowed & (ages[:, None, :] >= ages[:, :, None])
        for block in self:
            state = block(state, allowed)
        return state


class _TorchBlock(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(width, eps=EPSILON), nn.LayerNorm(width, eps=EPSILON)
        self.qkv, self.mix = nn.Linear(width, 3 * width), nn.Linear(width, width, bias=False)
        self.up, self.down = nn.Linear(width, 2 * width), nn.Linear(2 * width, width)

    def forward(self, state: Tensor, allowed: Tensor) -> Tensor:
        """``state`` ``(b, n, w)`` where ``allowed`` ``(b, 1 or n, n)`` says who may attend to whom."""
        state = state + self._attend(self.norm1(state), allowed)
        wide: Tensor = self.down(functional.gelu(self.up(self.norm2(state)), approximate="tanh"))
        return state + wide

    def _attend(self, state: Tensor, allowed: Tensor) -> Tensor:
        users, length, width = state.shape
        query, key, value = self.qkv(state).view(users, length, 3, HEADS, width // HEADS).permute(2, 0, 3, 1, 4)
        score = query @ key.transpose(-1, -2) * (width // HEADS) ** -0.5
        weight = torch.softmax(score.masked_fill(~allowed[:, None], -1e9), dim=-1)
        mixed: Tensor = self.mix((weight @ value).transpose(1, 2).reshape(users, length, width))
        return mixed
