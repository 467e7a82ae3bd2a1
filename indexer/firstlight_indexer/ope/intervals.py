"""How far an estimate may be off: three intervals, all over units (users, answers), not over rows.

Knows nothing of estimators: a value is a ratio of two sums.
"""

from collections.abc import Sequence
from statistics import NormalDist
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from firstlight_indexer.ope.estimators import Ratio
from firstlight_indexer.ope.rounds import Floats

CONFIDENCE = 0.95
RESAMPLES = 1_000


class Bounds(NamedTuple):
    """An interval in the unit of the rewards."""

    low: float
    high: float

    def covers(self, value: float) -> bool:
        """Whether ``value`` lies inside."""
        return self.low <= value <= self.high


def normal_interval(ratio: Ratio, units: NDArray[np.int64], *, confidence: float = CONFIDENCE) -> Bounds:
    """By the central limit theorem, the ratio linearised at its value and summed within units."""
    above, below = _unit_sums([ratio], units)
    residuals = above[:, 0] - ratio.value * below[:, 0]
    count, total = len(residuals), float(below.sum())
    error = float(np.sqrt(np.sum(residuals**2) * count / (count - 1))) / total if total else 0.0
    half = NormalDist().inv_cdf((1 + confidence) / 2) * error
    return Bounds(ratio.value - half, ratio.value + half)


def bernstein_interval(
    ratio: Ratio, units: NDArray[np.int64], *, spread: float, confidence: float = CONFIDENCE
) -> Bounds:
    """Empirical Bernstein (Maurer and Pontil, 2009, theorem 4, both sides): holds at any size, and is wide.

    Args:
        ratio: a mean, that is ``below`` is 1 in every row.
        units: ``(n,)`` int64.
        spread: between the least and the greatest that a row of ``above`` can be.
        confidence: as a probability.
    """
    above, below = _unit_sums([ratio], units)
    count = len(above)
    means = above[:, 0] * count / len(units)
    widest = spread * float(below.max()) * count / len(units)
    logarithm = float(np.log(4 / (1 - confidence)))
    half = float(np.sqrt(2 * means.var(ddof=1) * logarithm / count)) + 7 * widest * logarithm / (3 * (count - 1))
    return Bounds(ratio.value - half, ratio.value + half)


def bootstrap_intervals(
    ratios: Sequence[Ratio],
    units: NDArray[np.int64],
    *,
    seed: int,
    resamples: int = RESAMPLES,
    confidence: float = CONFIDENCE,
) -> list[Bounds]:
    """The percentile bootstrap (Efron, 1979) of several ratios under the same resamples of units."""
    above, below = _unit_sums(ratios, units)
    both = np.concatenate([above, below], axis=1)
    random = np.random.default_rng(seed)
    sums = np.stack([_counts(random, len(both)) @ both for _ in range(resamples)])
    totals = sums[:, len(ratios) :]
    values = np.divide(sums[:, : len(ratios)], totals, out=np.zeros_like(totals), where=totals != 0)
    tail = (1 - confidence) / 2
    return [Bounds(float(low), float(high)) for low, high in np.quantile(values, [tail, 1 - tail], axis=0).T]


def _counts(random: np.random.Generator, count: int) -> Floats:
    """How often one resample draws each unit."""
    return np.bincount(random.integers(count, size=count), minlength=count).astype(np.float64)


def _unit_sums(ratios: Sequence[Ratio], units: NDArray[np.int64]) -> tuple[Floats, Floats]:
    """``(u, m)`` sums of what stands above and below within units."""
    known, places = np.unique(units, return_inverse=True)
    above, below = np.zeros((len(known), len(ratios))), np.zeros((len(known), len(ratios)))
    for column, ratio in enumerate(ratios):
        above[:, column] = np.bincount(places, weights=ratio.above, minlength=len(known))
        below[:, column] = np.bincount(places, weights=ratio.below, minlength=len(known))
    return above, below
