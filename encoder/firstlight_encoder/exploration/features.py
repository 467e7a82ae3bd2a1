"""What a linear model reads of an item that may be shown to a user. Knows nothing of policies or rewards.

In this order: the item's projection; where users are crossed in, its product with the user's projection, number by
number (the diagonal of Li et al. 2010's outer product); the bias; the ranking's score, 1 for its best and 0 from
`SPAN` below; whether the item is new.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.exploration.posterior import Prior
from firstlight_encoder.exploration.projection import Projection

SPAN = 8.0
"""Scores, in nats, so far below the best all count 0."""

SCORE_WEIGHT = 0.1
"""What the ranking's score is worth before any feedback, in rewards, unless settings say otherwise."""

PRECISION = 10.0
"""How many observations the prior of every direction counts for, likewise."""

ITEM_PRECISION = 3.0
"""How many observations of an item the prior of its own term counts for, likewise."""

_VERSION = 1
OTHERS = 3
"""Features that do not depend on the projection: the last ones."""


@dataclass(frozen=True)
class FeatureMap:
    """The features over one projection.

    Attributes:
        projection: of items, and of users into the same numbers.
        crossed: whether users are crossed in.
    """

    projection: Projection
    crossed: bool = False

    @property
    def dimension(self) -> int:
        """p: how many features an item has."""
        return self.projection.dimension * (2 if self.crossed else 1) + OTHERS

    @cached_property
    def fingerprint(self) -> str:
        """16 hex digits over all that makes the features: what a posterior is bound to."""
        return hashlib.sha256(f"{_VERSION}:{self.crossed}:{SPAN}:{self.projection.fingerprint}".encode()).hexdigest()[
            :16
        ]

    def prior(self, **settings: float) -> Prior:
        """`prior_of` these features."""
        return prior_of(self.dimension, **settings)

    def features(
        self,
        vectors: NDArray[np.float32],
        base: NDArray[np.float32],
        is_new: NDArray[np.bool_],
        user: NDArray[np.float32] | None = None,
    ) -> NDArray[np.float32]:
        """Features of items for one user, ``(n, p)`` float32.

        Args:
            vectors: ``(n, d)`` float32, the items'.
            base: ``(n,)`` float32, the ranking's scores.
            is_new: ``(n,)`` bool.
            user: ``(d,)`` float32, of the space of items; read only where users are crossed in, 0 without it.
        """
        crosses = self.crossed and user is not None
        whom = self.projection.project(user) if crosses and user is not None else None
        return self.composed(self.projection.project(vectors), base, is_new, whom)

    def composed(
        self,
        projected: NDArray[np.float32],
        base: NDArray[np.float32],
        is_new: NDArray[np.bool_],
        users: NDArray[np.float32] | None = None,
    ) -> NDArray[np.float32]:
        """`features` of items ``(n, own)`` and a user ``(own,)``, or one each, that are projected already."""
        own = projected.shape[1]
        features = np.zeros((len(projected), self.dimension), np.float32)
        features[:, :own] = projected
        if self.crossed and users is not None:
            features[:, own : 2 * own] = projected * users
        features[:, -OTHERS] = 1
        if len(base):
            features[:, -2] = 1 - (base.max() - base).clip(0, SPAN) / SPAN
        features[:, -1] = is_new
        return features


def remembered(ids: Sequence[str], features: NDArray[np.floating]) -> tuple[str, ...]:
    """Under which id each item of ``features`` ``(n, p)`` is remembered: its own where it is new, ``""`` elsewhere.

    The ranking knows the others, and they are too many to remember each.
    """
    return tuple(one if new else "" for one, new in zip(ids, (features[:, -1] > 0).tolist(), strict=True))


def prior_of(
    dimension: int,
    *,
    score_weight: float = SCORE_WEIGHT,
    precision: float = PRECISION,
    item_precision: float = ITEM_PRECISION,
) -> Prior:
    """Before any feedback the ranking's order: its score counts ``score_weight``, all other features 0."""
    mean = np.zeros(dimension)
    mean[-2] = score_weight
    return Prior(mean, precision, item_precision)
