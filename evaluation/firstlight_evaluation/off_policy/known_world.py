"""A made-up shop whose click chances are known, to judge estimators by.

Newcomers are points, items are points, a click is a logistic draw. The reward model that estimators get here
knows items but not newcomers, so it is wrong on purpose. Knows nothing of estimators.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from firstlight_indexer.ope import Rounds, cross_fitted

Floats = NDArray[np.float64]
_DIMENSION = 4
_CLICK_SHIFT = -3.0
"""About one in fifteen is clicked."""


@dataclass(frozen=True)
class KnownWorld:
    """The shop.

    Attributes:
        items: ``(items, 4)`` float64.
        pulls: ``(items,)`` float64, what draws everybody.
    """

    items: Floats
    pulls: Floats

    @classmethod
    def drawn(cls, *, items: int, seed: int) -> "KnownWorld":
        """A shop of so many items."""
        random = np.random.default_rng(seed)
        return cls(random.normal(size=(items, _DIMENSION)), random.normal(size=items) * 0.5)

    def newcomers(self, count: int, random: np.random.Generator) -> Floats:
        """``(count, 4)`` float64."""
        return random.normal(size=(count, _DIMENSION))

    def chances(self, newcomers: Floats) -> Floats:
        """``(n, items)``: how likely each would click each item."""
        chances: Floats = 1 / (1 + np.exp(-(newcomers @ self.items.T * 0.6 + self.pulls + _CLICK_SHIFT)))
        return chances

    def policy(self, newcomers: Floats, *, sharpness: float) -> Floats:
        """``(n, items)``: softmax over a rough idea of the chances; 0 is uniform, infinity is greedy."""
        scores = newcomers[:, : _DIMENSION // 2] @ self.items[:, : _DIMENSION // 2].T + self.pulls
        if np.isinf(sharpness):
            return np.asarray(scores == scores.max(axis=1, keepdims=True), np.float64)
        powers = np.exp(sharpness * (scores - scores.max(axis=1, keepdims=True)))
        shares: Floats = powers / powers.sum(axis=1, keepdims=True)
        return shares

    def value(self, *, sharpness: float, newcomers: int = 200_000, seed: int = 0) -> float:
        """A policy's true value, over so many newcomers."""
        points = self.newcomers(newcomers, np.random.default_rng(seed))
        return float((self.policy(points, sharpness=sharpness) * self.chances(points)).sum(axis=1).mean())

    def logged(self, rows: int, *, by: float, target: float, seed: int) -> Rounds:
        """Rows logged by the softmax of sharpness ``by``, for estimating that of sharpness ``target``."""
        random = np.random.default_rng(seed)
        points = self.newcomers(rows, random)
        logging, asked = self.policy(points, sharpness=by), self.policy(points, sharpness=target)
        drawn = (random.random((rows, 1)) > logging.cumsum(axis=1)).sum(axis=1)
        shown, units = np.minimum(drawn, len(self.items) - 1), np.arange(rows)
        clicks = (random.random(rows) < self.chances(points)[units, shown]).astype(np.float64)
        places, predicted, expected = np.zeros(rows, dtype=np.int64), np.empty(rows), np.empty(rows)
        for own, model in cross_fitted(shown, places, clicks, units=units, shape=(len(self.items), 1)):
            predicted[own] = model.by_item[shown[own]]
            expected[own] = asked[own] @ model.by_item
        return Rounds(clicks, logging[units, shown], asked[units, shown], units, predicted, expected)
