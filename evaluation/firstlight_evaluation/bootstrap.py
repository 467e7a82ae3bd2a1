"""Intervals by resampling users: how far a mean could have moved had other users been drawn.

The percentile bootstrap (Efron, 1979). Knows nothing of metrics or models.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

RESAMPLES = 2_000
CONFIDENCE = 0.95
_COUNTS_AT_ONCE = 2_000_000  # 16 MB of float64


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
        values: ``(u,)`` float64, one a user, at least one that is not NaN; NaN says nothing of a user.
        seed: of the resampling.
        resamples: how many times the users are drawn again.
        confidence: width of the interval as a probability.
    """
    return bootstrap_intervals(values[:, None], seed=seed, resamples=resamples, confidence=confidence)[0]


def bootstrap_intervals(
    values: NDArray[np.float64], *, seed: int, resamples: int = RESAMPLES, confidence: float = CONFIDENCE
) -> list[Interval]:
    """``bootstrap_interval`` of every column of ``values`` ``(u, m)``, under the same resamples."""
    means = _resampled_means(values, seed=seed, resamples=resamples)
    tail = (1 - confidence) / 2
    lows, highs = np.nanquantile(means, [tail, 1 - tail], axis=0)
    return [
        Interval(float(value), float(low), float(high))
        for value, low, high in zip(np.nanmean(values, axis=0), lows, highs, strict=True)
    ]


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
    """``(resamples, m)``; NaN where a resample drew no user with a value."""
    present = ~np.isnan(values)
    columns = np.concatenate([np.where(present, values, 0.0), present], axis=1)
    sums = np.concatenate([counts @ columns for counts in _draws(len(values), seed=seed, resamples=resamples)])
    width = values.shape[1]
    means: NDArray[np.float64] = sums[:, :width] / np.where(sums[:, width:] > 0, sums[:, width:], np.nan)
    return means


def _draws(users: int, *, seed: int, resamples: int) -> Iterator[NDArray[np.float64]]:
    """How often each resample draws each user, some resamples at a time: ``(r, users)`` float64."""
    drawn = _drawn(users, seed, resamples)
    at_once = max(1, _COUNTS_AT_ONCE // users)
    return (drawn[start : start + at_once].astype(np.float64) for start in range(0, resamples, at_once))


@lru_cache(maxsize=32)
def _drawn(users: int, seed: int, resamples: int) -> NDArray[np.uint8]:
    """``(resamples, users)``: the same users are resampled for many models and metrics, but drawn once."""
    random = np.random.default_rng(seed)
    draws = (np.bincount(random.integers(users, size=users), minlength=users) for _ in range(resamples))
    return np.stack([counts.astype(np.uint8) for counts in draws])
