"""Experimental: tunes the user tower on logged rewards, by REINFORCE with the top-K off-policy correction.

M. Chen, A. Beutel, P. Covington, S. Jain, F. Belletti and E. Chi (2019), "Top-K off-policy correction for a REINFORCE
recommender system". A policy shows an item in proportion to exp(score / temperature); items stay where they are, only
the tower moves. Knows nothing of logs, places or how a policy is judged.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from firstlight_encoder.errors import TrainingDataError
from firstlight_encoder.parameters import Floats
from firstlight_encoder.space import Space
from firstlight_encoder.token_batch import TokenBatch
from firstlight_encoder.tokens import TokenSequence
from firstlight_encoder.training.descent import Descent
from firstlight_encoder.training.one_thread import one_thread
from firstlight_encoder.training.processes import OneProcess
from firstlight_encoder.training.tensors import tensor
from firstlight_encoder.training.torch_tower import TokenTensors, TorchTower
from firstlight_encoder.training.tower_settings import TowerSettings


@dataclass(frozen=True)
class PolicyGradientSettings:
    """How to tune.

    Attributes:
        steps: how many.
        batch: rows in each.
        rate: the highest learning rate.
        weight_decay: AdamW's.
        most_weight: c, what importance weights pi / beta are capped at.
        shown_together: K, how many items an answer holds; 1 corrects for one.
        temperature: of the policy that is tuned, in units of the score.
        seed: of the batches.
    """

    steps: int = 150
    batch: int = 128
    rate: float = 3e-4
    weight_decay: float = 0.01
    most_weight: float = 5.0
    shown_together: int = 1
    temperature: float = 1.0
    seed: int = 0


@dataclass(frozen=True)
class LoggedActions:
    """What was shown to whom, and what followed.

    Attributes:
        tokens: n, what was known when.
        actions: ``(n,)`` int64, rows of the items that could be shown.
        rewards: ``(n,)`` float64.
        propensities: ``(n,)`` float64 in (0, 1], how likely the logging policy was to show this.

    Raises:
        TrainingDataError: there are no rows, the parts differ in length, or a propensity is out of range.
    """

    tokens: Sequence[TokenSequence]
    actions: NDArray[np.int64]
    rewards: NDArray[np.float64]
    propensities: NDArray[np.float64]

    def __post_init__(self) -> None:
        """Holds the parts to one length, and propensities to their range."""
        lengths = {len(self.tokens), len(self.actions), len(self.rewards), len(self.propensities)}
        if len(lengths) != 1 or 0 in lengths:
            raise TrainingDataError(f"logged actions need parts of one length above 0, not of {sorted(lengths)}")
        allowed = (self.propensities > 0) & (self.propensities <= 1)
        if not allowed.all():
            row = int(np.argmin(allowed))
            raise TrainingDataError(f"row {row}: the propensity is {self.propensities[row]}, and must be in (0, 1]")


def action_chances(
    space: Space, tokens: Sequence[TokenSequence], rows: Floats, *, temperature: float = 1.0
) -> NDArray[np.float64]:
    """``(n, items)``: how likely the policy shows each of the items ``rows`` ``(items, d + 1)`` to each newcomer."""
    logits = (space.interests(tokens) @ rows.T).max(axis=1).astype(np.float64) / temperature
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    chances: NDArray[np.float64] = powers / powers.sum(axis=1, keepdims=True)
    return chances


def tune_tower(
    space: Space,
    rows: Floats,
    logged: LoggedActions,
    *,
    settings: PolicyGradientSettings | None = None,
) -> Space:
    """The space with a tower that shows more of what was rewarded.

    Args:
        space: what the policy shows by now.
        rows: ``(items, d + 1)`` float32, ``[v_i ; log p(i)]`` of what could be shown.
        logged: rewards with propensities, of this policy or another.
        settings: how to tune.
    """
    chosen = settings or PolicyGradientSettings()
    with one_thread():
        torch_tower = _loaded(space)
        descent = Descent(
            [one for one in torch_tower.parameters() if one.requires_grad], settings=chosen, processes=OneProcess()
        )
        items = tensor(rows)
        random = np.random.default_rng(chosen.seed)
        baseline = float(logged.rewards.mean())
        for _ in range(chosen.steps):
            batch = random.integers(len(logged.rewards), size=chosen.batch)
            descent.step(_loss(torch_tower, items, logged, batch, settings=chosen, baseline=baseline))
    return space.with_tower({**space.tower_parameters, **torch_tower.arrays()})


def _loss(
    tower: TorchTower,
    items: Tensor,
    logged: LoggedActions,
    batch: NDArray[np.int64],
    *,
    settings: PolicyGradientSettings,
    baseline: float,
) -> Tensor:
    """Its gradient is that of Chen et al. (2019), eq. 6: capped weight, top-K multiplier, reward over the mean."""
    chosen: list[int] = batch.tolist()
    tokens = TokenBatch.of([logged.tokens[row] for row in chosen], items.shape[1] - 1)
    scores = (tower(_tensors(tokens)) @ items.T).amax(dim=1) / settings.temperature
    logs = torch.log_softmax(scores, dim=1)[torch.arange(len(batch)), torch.tensor(logged.actions[batch])]
    chances = logs.detach().exp()
    propensities = torch.tensor(logged.propensities[batch], dtype=torch.float32)
    weights = (chances / propensities).clamp(max=settings.most_weight)
    together = settings.shown_together
    multiplier = together * (1 - chances) ** (together - 1)
    rewards = torch.tensor(logged.rewards[batch] - baseline, dtype=torch.float32)
    return -(weights * multiplier * rewards * logs).mean()


def _tensors(batch: TokenBatch) -> TokenTensors:
    arrays = (batch.vectors, batch.types, batch.gaps_h, batch.weights, batch.ages, batch.present, batch.buckets)
    return TokenTensors(*(tensor(array) for array in arrays))


def _loaded(space: Space) -> TorchTower:
    """The space's tower with gradients."""
    made = TowerSettings(space.architecture)
    if "pool" in space.tower_parameters:
        interests, width = space.tower_parameters["pool"].shape
        made = replace(made, interests=interests, width=width)
    tower = TorchTower(space.dimension, made)
    known = tower.state_dict()
    tower.load_state_dict({name: torch.tensor(space.tower_parameters[name]) for name in known})
    return tower
