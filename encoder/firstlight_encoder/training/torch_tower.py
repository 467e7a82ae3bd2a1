"""The user tower with gradients. Knows nothing of items, losses or how it is trained.

NOTE: ``firstlight_encoder.tower`` is the same function for serving; change both together.
"""

from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from firstlight_encoder.calibration import BUCKETS
from firstlight_encoder.layers import EPSILON
from firstlight_encoder.parameters import Floats
from firstlight_encoder.tokens import MAX_TOKENS, TokenType
from firstlight_encoder.tower import HEADS

TYPE_WEIGHTS = (0.6, 0.8, 1.0, 1.0, -0.2, -1.0, 1.0, 1.0)
"""Where training starts, by ``TokenType``: what a type is worth as long as the log says nothing of it."""


class TokenTensors(NamedTuple):
    """``TokenBatch`` as tensors: the same names, shapes and dtypes, with its ``buckets`` ``(b,)``."""

    vectors: Tensor
    types: Tensor
    gaps_h: Tensor
    weights: Tensor
    ages: Tensor
    present: Tensor
    buckets: Tensor


class TorchTower(nn.Module):
    """Tokens -> user vectors, scales and prior weights."""

    def __init__(self, dimension: int, *, width: int = 128) -> None:
        """Starts near a plain mean of the tokens, for items of ``dimension``; attention is ``width`` wide."""
        super().__init__()
        self.input = nn.Linear(dimension, width, bias=False)
        self.type_embedding = nn.Parameter(torch.zeros(len(TokenType), width))
        self.age_embedding = nn.Parameter(torch.zeros(MAX_TOKENS + 1, width))
        self.gap_embedding = nn.Parameter(torch.zeros(width))
        self.norm1, self.norm2 = nn.LayerNorm(width, eps=EPSILON), nn.LayerNorm(width, eps=EPSILON)
        self.qkv, self.mix = nn.Linear(width, 3 * width), nn.Linear(width, width, bias=False)
        self.up, self.down = nn.Linear(width, 2 * width), nn.Linear(2 * width, width)
        self.pool = nn.Parameter(torch.zeros(width))
        self.output = nn.Linear(width, dimension, bias=False)
        self.type_weight = nn.Parameter(torch.tensor(TYPE_WEIGHTS))
        self.age_decay = nn.Parameter(torch.tensor(-0.05))
        self.gate_mean = nn.Parameter(torch.ones(BUCKETS))
        self.gate_attention = nn.Parameter(torch.full((BUCKETS,), 0.5))
        self.log_scale = nn.Parameter(torch.full((BUCKETS,), 2.0))
        self.prior_weight = nn.Parameter(torch.ones(BUCKETS))

    def forward(self, tokens: TokenTensors) -> Tensor:
        """Queries, ``(b, d + 1)`` float32: ``[s_n * u ; lambda_n]``, and ``[0 ; 1]`` where nothing is known."""
        row = tokens.buckets
        user = self.gate_mean[row, None] * self._mean(tokens) + self.gate_attention[row, None] * self._attention(tokens)
        user = user * torch.exp(self.log_scale[row])[:, None]
        known = tokens.present.any(1)
        prior = torch.where(known, self.prior_weight[row], torch.ones_like(self.prior_weight[row]))
        return torch.cat([user * known[:, None], prior[:, None]], dim=1)

    def _mean(self, tokens: TokenTensors) -> Tensor:
        """Weighted mean of the token vectors, ``(b, d)``: by type, by age and by the caller's weight."""
        share = self.type_weight[tokens.types] * torch.exp(self.age_decay * tokens.ages) * tokens.weights
        total = share.abs().sum(1, keepdim=True) + EPSILON
        return ((share / total)[:, None, :] @ tokens.vectors)[:, 0, :]

    def _attention(self, tokens: TokenTensors) -> Tensor:
        """One pre-norm transformer layer over the tokens that speak for something, pooled to ``(b, d)``."""
        reads = tokens.present & (self.type_weight[tokens.types] * tokens.weights > 0)
        state = self._embedded(tokens)
        state = state + self._attend(self.norm1(state), reads)
        state = state + self.down(functional.gelu(self.up(self.norm2(state)), approximate="tanh"))
        score = torch.where(reads, state @ self.pool, torch.full_like(tokens.gaps_h, -1e9))
        pool = torch.softmax(score, dim=-1) * reads
        user: Tensor = self.output((pool[:, None, :] @ state)[:, 0, :])
        return user

    def _embedded(self, tokens: TokenTensors) -> Tensor:
        """Tokens as the layer reads them, ``(b, n, w)``: the vector, its type, its age and the log of its time gap."""
        state: Tensor = self.input(tokens.vectors)
        state = state + functional.embedding(tokens.types, self.type_embedding)
        state = state + functional.embedding(tokens.ages, self.age_embedding)
        return state + torch.log1p(tokens.gaps_h)[..., None] * self.gap_embedding

    def _attend(self, state: Tensor, reads: Tensor) -> Tensor:
        """Multi-head attention of every token ``(b, n, w)`` to those that ``reads`` ``(b, n)`` allows."""
        users, length, width = state.shape
        query, key, value = self.qkv(state).view(users, length, 3, HEADS, width // HEADS).permute(2, 0, 3, 1, 4)
        score = query @ key.transpose(-1, -2) * (width // HEADS) ** -0.5
        weight = torch.softmax(score.masked_fill(~reads[:, None, None, :], -1e9), dim=-1)
        mixed: Tensor = self.mix((weight @ value).transpose(1, 2).reshape(users, length, width))
        return mixed

    def arrays(self) -> dict[str, Floats]:
        """The parameters under the names ``firstlight_encoder.tower`` reads."""
        return {name: value.detach().cpu().numpy().astype(np.float32) for name, value in self.state_dict().items()}
