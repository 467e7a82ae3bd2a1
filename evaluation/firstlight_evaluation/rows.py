"""The rows that reports are made of: means over users with their intervals, and differences between models.

Knows nothing of files or layouts.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from enum import Enum

import numpy as np

from firstlight_evaluation.bootstrap import Interval, bootstrap_intervals, paired_difference
from firstlight_evaluation.measurement import Measurement
from firstlight_evaluation.metrics import LIST_LENGTH, MAIN_METRIC
from firstlight_evaluation.points import Point

COVERAGE = f"coverage@{LIST_LENGTH}"


class Verdict(Enum):
    """What an interval of a difference says."""

    ABOVE = "above"
    NOT_BELOW = "not below"
    BELOW = "below"


@dataclass(frozen=True, kw_only=True)
class PointRow:
    """A mean over users at one point of the curve.

    Attributes:
        k: events known.
        declared: whether categories were declared.
        value: the mean.
        low: lower end of its 95 % bootstrap interval.
        high: upper end.
        users: how many users it is over.
    """

    k: int
    declared: bool
    value: float
    low: float
    high: float
    users: int

    @property
    def point(self) -> Point:
        """Where on the curve the row stands."""
        return Point(self.k, self.declared)

    @property
    def interval(self) -> Interval:
        """The mean with its interval."""
        return Interval(self.value, self.low, self.high)


@dataclass(frozen=True, kw_only=True)
class CurveRow(PointRow):
    """One model, point and metric; the fields are the keys of ``cold_user_curve.json``.

    The coverage is no mean over users: its interval is the value itself.

    Attributes:
        model: the model's name.
        metric: such as ``ndcg@10``; over the users that it says something of.
        seed: of the run.
    """

    model: str
    metric: str
    seed: int


@dataclass(frozen=True, kw_only=True)
class DifferenceRow(PointRow):
    """A model against a baseline at a point, over the same users.

    Attributes:
        model: the model under test.
        baseline: what it is compared with. The best of several, with the highest mean at the point, is chosen on the
            very users it is judged by, which favours it.
        metric: such as ``ndcg@10``; the value is the mean of its paired difference, model minus baseline.
        relative: the value as a share of the baseline's mean; None where that is 0.
    """

    model: str
    baseline: str
    metric: str
    relative: float | None

    @property
    def verdict(self) -> Verdict:
        """Whether the model is above the baseline, below it, or not to be told from it."""
        if self.low > 0:
            return Verdict.ABOVE
        return Verdict.BELOW if self.high < 0 else Verdict.NOT_BELOW

    @property
    def fields(self) -> dict[str, object]:
        """What ``differences.json`` says: the attributes and the verdict."""
        return {**asdict(self), "verdict": self.verdict.value}


def curve_rows(measurements: Iterable[Measurement]) -> list[CurveRow]:
    """One row for every measurement and metric that says something of any user, and one for the coverage."""
    return [row for one in measurements for row in _curve_rows(one)]


def difference_rows(measurements: Sequence[Measurement], *, metric: str = MAIN_METRIC) -> list[DifferenceRow]:
    """One row for every measurement of a model under test at a point that a baseline answers too."""
    return list(_differences(measurements, metric))


def difference_row(one: Measurement, other: Measurement, *, metric: str, baseline: str | None = None) -> DifferenceRow:
    """``one`` against ``other``, measured at one point on the same users, of whom ``metric`` says something of some.

    Args:
        one: the model under test.
        other: what it is compared with.
        metric: such as ``ndcg@10``.
        baseline: what to call the other, if not by its name.
    """
    interval = paired_difference(one.values[metric], other.values[metric], seed=one.seed)
    level = float(np.nanmean(other.values[metric]))
    return DifferenceRow(
        model=one.model,
        baseline=other.model if baseline is None else baseline,
        k=one.point.k,
        declared=one.point.declared,
        metric=metric,
        value=interval.value,
        low=interval.low,
        high=interval.high,
        relative=interval.value / level if level else None,
        users=int(np.count_nonzero(~np.isnan(one.values[metric]))),
    )


def _curve_rows(one: Measurement) -> Iterator[CurveRow]:
    told = {name: values for name, values in one.values.items() if not np.isnan(values).all()}
    if told:
        intervals = bootstrap_intervals(np.stack(list(told.values()), axis=1), seed=one.seed)
        for (metric, values), interval in zip(told.items(), intervals, strict=True):
            yield _curve_row(one, metric, interval, users=int(np.count_nonzero(~np.isnan(values))))
    if one.shown is not None:
        coverage = one.shown.coverage
        yield _curve_row(one, COVERAGE, Interval(coverage, coverage, coverage), users=len(one.users))


def _curve_row(one: Measurement, metric: str, interval: Interval, *, users: int) -> CurveRow:
    return CurveRow(
        model=one.model,
        k=one.point.k,
        declared=one.point.declared,
        metric=metric,
        value=interval.value,
        low=interval.low,
        high=interval.high,
        users=users,
        seed=one.seed,
    )


def _differences(measurements: Sequence[Measurement], metric: str) -> Iterator[DifferenceRow]:
    for one in measurements:
        rivals = [other for other in measurements if other.baseline and other.point == one.point]
        if not one.baseline and rivals:
            best = max(rivals, key=lambda rival: float(rival.values[metric].mean()))
            yield difference_row(one, best, metric=metric)
