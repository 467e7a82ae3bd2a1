"""Intervals by resampling users: how far a mean could have moved had other users been drawn.

The percentile bootstrap (Efron, 1979). Knows nothing of metrics or models.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

RESAMPLES = 2_000
CONFIDENCE = 0.95
_PICKS_AT_ONCE = 4_000_000  # 32 MB of int64


@dataclass(frozen=True)
class Interval:
    """A mean over users and its bootstrap interval, in the unit of the values."""

    value: float
    low: float
    high: float

    @property
    def excludes_zero(self) -> bool:
        """Whether zero lies outside: for a difference, whether it is one."""
        return self.low > 0 or self.high < 0


def bootstrap_interval(
    values: NDArray[np.float64], *, seed: int, resamples: int = RESAMPLES, confidence: float = CONFIDENCE
) -> Interval:
    """Mean of ``values`` with its percentile interval.

    The same seed and number of users draw the same resamples, so intervals of several models are comparable.

    Args:
        values: ``(u,)`` float64, one a user, at least one.
        seed: of the resampling.
        resamples: how many times the users are drawn again.
        confidence: width of the interval as a probability.
    """
    means = _resampled_means(values, seed=seed, resamples=resamples)
    tail = (1 - confidence) / 2
    low, high = np.quantile(means, [tail, 1 - tail])
    return Interval(float(values.mean()), float(low), float(high))


def paired_difference(
    values: NDArray[np.float64],
    baseline: NDArray[np.float64],
    *,
    seed: int,
    resamples: int = RESAMPLES,
    confidence: float = CONFIDENCE,
) -> Interval:
    """Mean of ``values - baseline`` with its interval, both ``(u,)`` float64 over the same users in the same order.

    Pairing removes what makes users differ from one another, which is most of the spread.
    """
    return bootstrap_interval(values - baseline, seed=seed, resamples=resamples, confidence=confidence)


def _resampled_means(values: NDArray[np.float64], *, seed: int, resamples: int) -> NDArray[np.float64]:
    random = np.random.default_rng(seed)
    users = len(values)
    at_once = max(1, _PICKS_AT_ONCE // users)
    return np.concatenate(
        [
            values[random.integers(users, size=(min(at_once, resamples - start), users))].mean(axis=1)
            for start in range(0, resamples, at_once)
        ]
    )
