"""Fits a real profile model to made-up users of a tiny catalogue, for the server's tests."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from firstlight_encoder.interactions import Interactions
from firstlight_encoder.profile.profile_model import ProfileModel
from firstlight_encoder.tokens import TokenType
from firstlight_encoder.training.profile.profile_fit import fit_profile

EVENTS = 24


def single_minded(frame: pl.DataFrame, *, users: int, seed: int) -> Interactions:
    """Users who keep to one category each; the categories take turns."""
    random = np.random.default_rng(seed)
    leaves = frame["category"].list.last().to_list()
    kinds = list(dict.fromkeys(leaves))
    rows = [np.array([row for row, leaf in enumerate(leaves) if leaf == kind]) for kind in kinds]
    items = np.concatenate([random.choice(rows[user % len(kinds)], EVENTS) for user in range(users)])
    count = users * EVENTS
    return Interactions(
        item_count=frame.height,
        user_ids=tuple(f"u{user}" for user in range(users)),
        users=np.repeat(np.arange(users), EVENTS),
        items=items,
        types=np.where(np.arange(count) % 4 == 3, int(TokenType.PURCHASE), int(TokenType.VIEW)),
        times_h=np.tile(np.arange(EVENTS, dtype=np.float64), users),
        weights=np.ones(count, np.float32),
        baskets=np.arange(count),
    )


def fitted(frame: pl.DataFrame, vectors: NDArray[np.float32]) -> ProfileModel:
    """The model of such users of ``frame``, whose rows are ``vectors``."""
    return fit_profile(
        single_minded(frame, users=80, seed=0),
        single_minded(frame, users=20, seed=1),
        vectors=vectors,
        categories=frame["category"].to_list(),
        brands=frame["brand"].to_list(),
    )
