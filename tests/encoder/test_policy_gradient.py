"""Tuning the tower on logged rewards, on a space small enough to know what should happen."""

import numpy as np
import pytest
import torch

from firstlight_encoder.errors import TrainingDataError
from firstlight_encoder.space import Space
from firstlight_encoder.tokens import TokenSequence
from firstlight_encoder.training.policy_gradient import (
    LoggedActions,
    PolicyGradientSettings,
    action_chances,
    tune_tower,
)
from firstlight_encoder.training.torch_adaptor import TorchAdaptor
from firstlight_encoder.training.torch_tower import TorchTower
from firstlight_encoder.training.tower_settings import TowerSettings

ITEMS, DIMENSION, ROWS = 6, 4, 400
TOWER = TowerSettings(width=8)


@pytest.fixture(scope="module")
def rows() -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    random = np.random.default_rng(0)
    vectors = random.normal(size=(ITEMS, DIMENSION))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.concatenate([vectors, np.full((ITEMS, 1), -np.log(ITEMS))], axis=1).astype(np.float32)


@pytest.fixture(scope="module")
def space() -> Space:
    torch.manual_seed(0)  # pyright: ignore[reportUnknownMemberType] - torch leaves it untyped
    texts = np.random.default_rng(0).normal(size=(20, 8)).astype(np.float32)
    adaptor, tower = TorchAdaptor(texts, DIMENSION), TorchTower(DIMENSION, TOWER)
    return Space.of(adaptor.arrays(), tower.arrays(), text_fingerprint="texts")


@pytest.fixture(scope="module")
def logged(space: Space, rows: np.ndarray[tuple[int, ...], np.dtype[np.float32]]) -> LoggedActions:
    """People who know one of the items; they want the next one in the list, which the space cannot guess."""
    random = np.random.default_rng(1)
    known = random.integers(ITEMS, size=ROWS)
    tokens = [
        TokenSequence(rows[[item], :-1], np.array([2]), np.zeros(1, np.float32), np.ones(1, np.float32))
        for item in known
    ]
    chances = action_chances(space, tokens, rows)
    actions = np.array([random.choice(ITEMS, p=line) for line in chances])
    rewards = (actions == (known + 1) % ITEMS).astype(np.float64)
    return LoggedActions(tokens, actions, rewards, chances[np.arange(ROWS), actions])


@pytest.mark.parametrize("together", [1, 3])
def test_what_was_rewarded_is_shown_more(
    space: Space, rows: np.ndarray[tuple[int, ...], np.dtype[np.float32]], logged: LoggedActions, together: int
) -> None:
    settings = PolicyGradientSettings(steps=60, batch=64, rate=1e-2, shown_together=together)
    tuned = tune_tower(space, rows, logged, settings=settings)
    liked = logged.rewards > 0
    before, after = (
        action_chances(one, logged.tokens, rows)[np.arange(ROWS), logged.actions][liked].mean()
        for one in (space, tuned)
    )
    assert after > 1.2 * before
    assert tuned.fingerprint != space.fingerprint
    assert tuned.adaptor_parameters is space.adaptor_parameters


def test_the_same_seed_tunes_the_same_space(
    space: Space, rows: np.ndarray[tuple[int, ...], np.dtype[np.float32]], logged: LoggedActions
) -> None:
    settings = PolicyGradientSettings(steps=5, batch=32)
    one, other = (tune_tower(space, rows, logged, settings=settings) for _ in range(2))
    assert one.fingerprint == other.fingerprint


def test_bad_logs_are_refused_by_name(logged: LoggedActions) -> None:
    with pytest.raises(TrainingDataError, match="parts of one length"):
        LoggedActions(logged.tokens, logged.actions[:3], logged.rewards, logged.propensities)
    propensities = logged.propensities.copy()
    propensities[4] = 0
    with pytest.raises(TrainingDataError, match=r"row 4: the propensity is 0\.0"):
        LoggedActions(logged.tokens, logged.actions, logged.rewards, propensities)
