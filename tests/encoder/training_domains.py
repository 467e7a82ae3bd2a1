"""Made-up shops to train together: kinds of users who buy from their own part of the catalogue."""

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.interactions import Interactions
from firstlight_encoder.labels import category_labels
from firstlight_encoder.prior import Counting, PriorTimeline, category_levels
from firstlight_encoder.split import split_users
from firstlight_encoder.tokens import TokenType
from firstlight_encoder.training.scoring import TextTable
from firstlight_encoder.training.tower_settings import TowerSettings
from firstlight_encoder.training.train_settings import TrainSettings
from firstlight_encoder.training.training_domain import TrainingDomain

WIDTH = 16
SETTINGS = TrainSettings(dimension=8, steps=20, batch=24, check_every=5, tower=TowerSettings(width=32))


def unit(rows: NDArray[np.float64]) -> NDArray[np.float32]:
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


def shop(name: str, *, seed: int = 0, items: int = 40, users: int = 90, kinds: int = 4) -> TrainingDomain:
    """A shop of ``kinds`` kinds of items and users; its texts say a little of the kind."""
    random = np.random.default_rng(seed)
    log = _log(random, items=items, users=users, kinds=kinds)
    categories = [["Shop", f"Kind {item % kinds}"] for item in range(items)]
    labels = category_labels(categories)
    centres = np.random.default_rng(1).normal(size=(kinds, WIDTH))
    texts = TextTable(
        unit(centres[np.arange(items) % kinds] + random.normal(size=(items, WIDTH))),
        np.arange(items),
        unit(random.normal(size=(len(labels.names), WIDTH))),
    )
    split = split_users(log, seed=0, validation_share=0.3, test_share=0.0, time_quantile=None)
    prior = PriorTimeline.of(split.train, category_levels(categories), counting=Counting())
    return TrainingDomain(name=name, split=split, labels=labels, texts=texts, prior=prior)


def _log(random: np.random.Generator, *, items: int, users: int, kinds: int) -> Interactions:
    who = np.repeat(np.arange(users), 8)
    baskets = np.tile(np.repeat(np.arange(4), 2), users)
    return Interactions(
        item_count=items,
        user_ids=tuple(f"u{user}" for user in range(users)),
        users=who,
        items=random.integers(0, items // kinds, len(who)) * kinds + who % kinds,
        types=np.full(len(who), int(TokenType.PURCHASE)),
        times_h=random.integers(0, 100, users)[who] * 24.0 + 24.0 * baskets,
        weights=np.ones(len(who), np.float32),
        baskets=baskets,
    )
