"""How probable it is that an answer's first ten items hold something the user takes next.

The event: at least one of the ten is among the items, new to the user, of the next basket (or visit) that holds any. A
logistic curve over how probable the ten are together, one for every bucket of how much is known (Platt 1999): by the
first stage's scores, which compare between users, or by the second's mixture, whatever orders the shortlist.
Knows nothing of how the curves were fitted.
"""

import numpy as np
from numpy.typing import NDArray

CUT = 10
"""How many items of an answer the promise is about."""

CONFIDENCE = "confidence"
"""Name among the tower's parameters of ``(BUCKETS, 2)`` float32: intercept and slope of every bucket's curve."""


def best_mass(logs: NDArray[np.floating], *, by: NDArray[np.floating] | None = None) -> NDArray[np.float64]:
    """Log of the sum of exp of ``logs`` ``(..., k)``, log probabilities up to a constant, over the ``CUT`` best items.

    ``(...)`` float64; -infinity for an empty answer, and -infinity counts nothing.

    Args:
        logs: of every item.
        by: ``(..., k)``, what the items are ordered by, the highest first, equal ones as they come; None for ``logs``.
    """
    order = np.argsort(-(logs if by is None else by), axis=-1, kind="stable")[..., :CUT]
    best = np.take_along_axis(np.asarray(logs, np.float64), order, axis=-1)
    highest = best.max(axis=-1, keepdims=True, initial=-np.inf)
    level = np.where(np.isfinite(highest), highest, 0)
    with np.errstate(divide="ignore"):
        mass: NDArray[np.float64] = np.log(np.exp(best - level).sum(axis=-1)) + level[..., 0]
    return mass


def probability(mass: NDArray[np.float64], curve: NDArray[np.floating]) -> NDArray[np.float64]:
    """Of a hit, of the shape of ``mass``, by a ``curve`` of intercept and slope (on its last axis)."""
    finite = np.where(np.isfinite(mass), mass, 0.0)
    line = np.clip(curve[..., 0] + curve[..., 1] * finite, -30, 30)
    return np.where(np.isfinite(mass), 1 / (1 + np.exp(-line)), 0.0)
