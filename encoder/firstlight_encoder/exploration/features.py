"""What a linear model reads of an item that may be shown to a user. Knows nothing of policies or rewards.

In this order: the item's projection; where users are crossed in, its product with the user's projection, number by
number (the diagonal of Li et al. 2010's outer product); the bias; the ranking's score, 1 for its best and 0 from
`SPAN` below; whether the item is new.
"""

import hashlib
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.exploration.posterior import Prior
from firstlight_encoder.exploration.projection import Projection

SPAN = 8.0
"""Scores, in nats, so far below the best all count 0."""

_VERSION = 1
_OTHERS = 3


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
        return self.projection.dimension * (2 if self.crossed else 1) + _OTHERS

    @cached_property
    def fingerprint(self) -> str:
        """16 hex digits over all that makes the features: what a posterior is bound to."""
        return hashlib.sha256(f"{_VERSION}:{self.crossed}:{SPAN}:{self.projection.fingerprint}".encode()).hexdigest()[
            :16
        ]

    def prior(self, *, score_weight: float, precision: float) -> Prior:
        """Before any feedback the ranking's order: its score counts ``score_weight``, all else 0."""
        mean = np.zeros(self.dimension)
        mean[-2] = score_weight
        return Prior(mean, precision)

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
        own = self.projection.dimension
        features = np.zeros((len(vectors), self.dimension), np.float32)
        features[:, :own] = self.projection.project(vectors)
        if self.crossed and user is not None:
            features[:, own : 2 * own] = features[:, :own] * self.projection.project(user)
        features[:, -3] = 1
        if len(base):
            features[:, -2] = 1 - (base.max() - base).clip(0, SPAN) / SPAN
        features[:, -1] = is_new
        return features
