"""How probable it is that an answer's first ten items hold something the user takes next.

The event: at least one of the ten is among the items, new to the user, of the next basket (or visit) that holds any. A
logistic curve over what the ten best scores come to, one for every bucket of how much is known (Platt 1999): over their
sum for the first stage, whose scores compare between users, over their share of a ranked shortlist for the second.
Knows nothing of how the curves were fitted.
"""

import numpy as np
from numpy.typing import NDArray

CUT = 10
"""How many items of an answer the promise is about."""

CONFIDENCE = "confidence"
"""Name among the tower's parameters of ``(BUCKETS, 2)`` float32: intercept and slope of every bucket's curve."""


def best_mass(scores: NDArray[np.floating]) -> float:
    """Log of the sum of exp over the ``CUT`` best of ``scores`` ``(k,)``; log probabilities up to a constant.

    -infinity for an empty answer.
    """
    best = np.sort(np.asarray(scores, np.float64))[-CUT:]
    if not len(best):
        return -np.inf
    return float(best[-1] + np.log(np.exp(best - best[-1]).sum()))


def best_share(scores: NDArray[np.floating]) -> float:
    """Log of the share that the ``CUT`` best of ``scores`` ``(k,)`` have in the sum of exp over all of them.

    Neither a shift of all scores nor items that cannot be returned change it. -infinity for an empty shortlist.
    """
    if not len(scores):
        return -np.inf
    exact = np.asarray(scores, np.float64)
    highest = float(exact.max())
    return best_mass(exact) - highest - float(np.log(np.exp(exact - highest).sum()))


def probability(mass: NDArray[np.float64], curve: NDArray[np.floating]) -> NDArray[np.float64]:
    """Of a hit, of the shape of ``mass``, by a ``curve`` of intercept and slope (on its last axis)."""
    finite = np.where(np.isfinite(mass), mass, 0.0)
    line = np.clip(curve[..., 0] + curve[..., 1] * finite, -30, 30)
    return np.where(np.isfinite(mass), 1 / (1 + np.exp(-line)), 0.0)
