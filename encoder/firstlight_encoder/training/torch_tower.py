"""The user tower with gradients. Knows nothing of items, losses or how it is trained.

NOTE: ``firstlight_encoder.tower`` is the same function for serving; change both together.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from firstlight_encoder.architecture import Architecture
from firstlight_encoder.calibration import BUCKETS
from firstlight_encoder.layers import EPSILON
from firstlight_encoder.parameters import Floats
from firstlight_encoder.tokens import MAX_TOKENS, TokenType
from firstlight_encoder.training.mixers import torch_mixer
from firstlight_encoder.training.tower_settings import TowerSettings

TYPE_WEIGHTS = (0.6, 0.8, 1.0, 1.0, -0.2, -1.0, 1.0, 1.0)
"""Where training starts, by ``TokenType``: what a type is worth as long as the log says nothing of it."""


POOL_DECAYS: Mapping[Architecture, float] = MappingProxyType({"transformer": 0.0, "gru": -1.0, "causal": -1.0})
"""Where training starts, by architecture: what every newer event takes from the log of a token's part.
Where tokens know what came before them, the newest one speaks for all."""


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

    def __init__(self, dimension: int, settings: TowerSettings | None = None) -> None:
        """Starts near a plain mean of the tokens, for items of ``dimension``."""
        super().__init__()
        self.settings = settings or TowerSettings()
        self.type_weight = nn.Parameter(torch.tensor(TYPE_WEIGHTS))
        self.age_decay = nn.Parameter(torch.tensor(-0.05))
        self.gate_mean = nn.Parameter(torch.ones(BUCKETS))
        self.log_scale = nn.Parameter(torch.full((BUCKETS,), 2.0))
        self.prior_weight = nn.Parameter(torch.ones(BUCKETS))
        if self.settings.architecture != "mean":
            self._add_mixer(dimension, self.settings)
        self._hold_what_is_left_out(self.settings)

    def _add_mixer(self, dimension: int, settings: TowerSettings) -> None:
        width, interests = settings.width, settings.interests
        self.input = nn.Linear(dimension, width, bias=False)
        self.type_embedding = nn.Parameter(torch.zeros(len(TokenType), width))
        self.age_embedding = nn.Parameter(torch.zeros(MAX_TOKENS + 1, width))
        self.gap_embedding = nn.Parameter(torch.zeros(width))
        self.mixer = torch_mixer(settings)
        # Several interests that started alike would stay alike.
        self.pool = nn.Parameter(torch.randn(interests, width) if interests > 1 else torch.zeros(1, width))
        self.pool_decay = nn.Parameter(torch.tensor(POOL_DECAYS[settings.architecture]))
        self.output = nn.Linear(width, dimension, bias=False)
        self.gate_mixed = nn.Parameter(torch.full((BUCKETS,), 0.5))

    def _hold_what_is_left_out(self, settings: TowerSettings) -> None:
        """Holds parameters at a neutral value, so that the tower is served as any other."""
        held: dict[str, Tensor] = {}
        if not settings.event_types:
            held |= {"type_weight": torch.tensor(TYPE_WEIGHTS).sign(), "type_embedding": torch.zeros(1)}
        if not settings.time_gaps:
            held["gap_embedding"] = torch.zeros(1)
        if settings.prior_weights != "each":
            held["prior_weight"] = torch.full((1,), float(settings.prior_weights == "one"))
        for name, parameter in self.named_parameters():
            if name in held:
                parameter.data[:] = held[name]
                parameter.requires_grad = False

    def forward(self, tokens: TokenTensors) -> Tensor:
        """Queries, ``(b, K, d + 1)`` float32: ``[s_n * u ; lambda_n]``, and ``[0 ; 1]`` where nothing is known."""
        row = tokens.buckets
        users = (self.gate_mean[row, None] * self._mean(tokens))[:, None, :]
        if self.settings.architecture != "mean":
            users = users + self.gate_mixed[row, None, None] * self._mixed(tokens)
        known = tokens.present.any(1)
        users = users * (torch.exp(self.log_scale[row]) * known)[:, None, None]
        prior = torch.where(known, self.prior_weight[row], torch.ones_like(self.prior_weight[row]))
        return torch.cat([users, prior[:, None, None].expand(-1, users.shape[1], 1)], dim=2)

    def _mean(self, tokens: TokenTensors) -> Tensor:
        """Mean of the token vectors by type, age and the caller's weight, ``(b, d)``; weights below 1 shorten it."""
        worth = self.type_weight[tokens.types] * torch.exp(self.age_decay * tokens.ages)
        share = worth * tokens.weights
        whole = functional.pad(worth.abs() * tokens.present, (1, 0)).amax(1, keepdim=True)
        total = torch.maximum(share.abs().sum(1, keepdim=True), whole) + EPSILON
        return ((share / total)[:, None, :] @ tokens.vectors)[:, 0, :]

    def _mixed(self, tokens: TokenTensors) -> Tensor:
        """The tokens that speak for something, mixed and pooled by weight for every interest, ``(b, K, d)``."""
        users, length = tokens.types.shape
        if not length:
            return tokens.vectors.new_zeros(users, self.settings.interests, tokens.vectors.shape[2])
        reads = tokens.present & (self.type_weight[tokens.types] * tokens.weights > 0)
        state = self.mixer(self._embedded(tokens), reads, tokens.ages)
        # A declaration, of age MAX_TOKENS, is as fresh as the newest event.
        fade = self.pool_decay * (tokens.ages % MAX_TOKENS)
        light = torch.where(reads, tokens.weights.abs().clamp(max=1), 1.0)
        score = (state @ self.pool.T).transpose(1, 2) + (fade + torch.log(light))[:, None, :]
        heaviest = (light * reads).amax(1)[:, None, None]
        pool = torch.softmax(score.masked_fill(~reads[:, None, :], -1e9), dim=-1) * reads[:, None, :] * heaviest
        mixed: Tensor = self.output(pool @ state)
        return mixed

    def _embedded(self, tokens: TokenTensors) -> Tensor:
        """Tokens as the mixer reads them, ``(b, n, w)``: the vector, its type, its age and the log of its time gap."""
        state: Tensor = self.input(tokens.vectors)
        state = state + functional.embedding(tokens.types, self.type_embedding)
        state = state + functional.embedding(tokens.ages, self.age_embedding)
        return state + torch.log1p(tokens.gaps_h)[..., None] * self.gap_embedding

    def arrays(self) -> dict[str, Floats]:
        """The parameters under the names ``firstlight_encoder.tower`` reads."""
        return {name: value.detach().cpu().numpy().astype(np.float32) for name, value in self.state_dict().items()}
