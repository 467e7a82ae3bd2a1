"""What a benchmark yields: rows of one shape, each the median of several runs with its spread.

Knows nothing of what is measured, nor of where the rows go.
"""

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass


class WrongAnswerError(Exception):
    """What is measured does not answer as it must, so its speed means nothing."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """One measured quantity.

    Attributes:
        name: What was measured.
        value: The median over the runs, in `unit`.
        unit: What `value`, `baseline`, `low` and `high` count, such as "ms".
        baseline: The median of what it is compared with, in `unit`; None where there is nothing to compare with.
        ratio: The median over the runs of value ÷ baseline, each pair from the same run; None without a baseline.
        runs: How many runs there were.
        low: The smallest value of a run.
        high: The largest value of a run.
    """

    name: str
    value: float
    unit: str
    baseline: float | None
    ratio: float | None
    runs: int
    low: float
    high: float


def summarise(name: str, values: Sequence[float], *, unit: str, baselines: Sequence[float] | None = None) -> Row:
    """The row of several runs, one value each, and one baseline each where there is one.

    Raises:
        ValueError: No value, or not as many baselines as values.
    """
    if not values:
        raise ValueError(f"{name}: no run to summarise")
    baseline = ratio = None
    if baselines is not None:
        baseline = statistics.median(baselines)
        ratio = statistics.median(value / base for value, base in zip(values, baselines, strict=True))
    return Row(
        name=name,
        value=statistics.median(values),
        unit=unit,
        baseline=baseline,
        ratio=ratio,
        runs=len(values),
        low=min(values),
        high=max(values),
    )


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least `share` (0..1) of the values do not exceed (the nearest-rank percentile)."""
    ranked = sorted(values)
    return ranked[max(math.ceil(share * len(ranked)), 1) - 1]
