"""Logged rounds as an estimator needs them: what was earned, how likely the choice was, how likely it would be.

Knows nothing of where they were logged.
"""

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from firstlight_indexer.errors import FeedbackError

Floats = NDArray[np.float64]
_FEWEST = 2


@dataclass(frozen=True)
class Rounds:
    """One row for everything shown.

    Attributes:
        rewards: ``(n,)`` float64, what followed.
        propensities: ``(n,)`` float64 in (0, 1], how likely the logging policy was to show this here.
        target: ``(n,)`` float64 in [0, 1], how likely the policy in question would be.
        units: ``(n,)`` int64, rows that were drawn together, such as those of one user; intervals resample units.
        predicted: ``(n,)`` float64, a reward model's guess for what was shown; None without a model.
        expected: ``(n,)`` float64, its mean over what the policy in question would show; None without a model.
    """

    rewards: Floats
    propensities: Floats
    target: Floats
    units: NDArray[np.int64]
    predicted: Floats | None = None
    expected: Floats | None = None

    def __post_init__(self) -> None:
        """Checks every column.

        Raises:
            FeedbackError: a column is too short or of another length, or holds a value that it must not.
        """
        count = len(self.rewards)
        if len(np.unique(self.units)) < _FEWEST:
            raise FeedbackError(f"the log holds {count} rows of fewer than {_FEWEST} users: log more before estimating")
        for field in fields(self):
            column = getattr(self, field.name)
            if column is not None:
                _check_column(field.name, column, count)
        _check_range("propensity", self.propensities, (self.propensities > 0) & (self.propensities <= 1), "in (0, 1]")
        _check_range("target probability", self.target, (self.target >= 0) & (self.target <= 1), "in [0, 1]")
        if (self.predicted is None) != (self.expected is None):
            raise FeedbackError("a reward model says both what is predicted and what is expected, or neither")

    @property
    def weights(self) -> Floats:
        """``(n,)``: how much more often the policy in question would have shown this."""
        return self.target / self.propensities


def _check_column(name: str, column: NDArray[np.generic], count: int) -> None:
    if column.shape != (count,):
        raise FeedbackError(f"{name} has the shape {column.shape}, not ({count},)")
    _check_range(name, column, np.isfinite(column), "a finite number")


def _check_range(name: str, column: NDArray[np.generic], allowed: NDArray[np.bool_], must: str) -> None:
    if not allowed.all():
        row = int(np.argmin(allowed))
        raise FeedbackError(f"row {row}: the {name} is {column[row]}, and must be {must}")
