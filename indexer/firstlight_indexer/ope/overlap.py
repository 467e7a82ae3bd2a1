"""How much of the log speaks of the policy in question, and warnings where it is too little.

Knows nothing of rewards.
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from firstlight_indexer.ope.rounds import Rounds

FEWEST_EFFECTIVE = 100
LEAST_EFFECTIVE_SHARE = 0.01
GREATEST_SHARE_OF_ONE = 0.05
STANDARD_ERRORS = 4.0


class OverlapWarning(StrEnum):
    """What makes an estimate doubtful."""

    FEW_EFFECTIVE_ROWS = "fewer than 100 rows, or 1 % of all, effectively speak of this policy: explore more"
    ONE_ROW_DECIDES = "one row carries more than 5 % of all weight: its reward decides the estimate"
    WEIGHTS_DO_NOT_AVERAGE_TO_ONE = (
        "the mean weight is not 1 within four standard errors: propensities are wrong, or the log never showed a part "
        "of what this policy would show"
    )


@dataclass(frozen=True)
class Overlap:
    """How the weights lie.

    Attributes:
        rows: how many were logged.
        effective_rows: (sum of w)^2 over the sum of w^2 (Kish, 1965): so many rows of equal weight say as much.
        greatest_weight: of any row.
        mean_weight: 1 in expectation where the log could show all that the policy would.
        warnings: what is doubtful.
    """

    rows: int
    effective_rows: float
    greatest_weight: float
    mean_weight: float
    warnings: tuple[OverlapWarning, ...]


def overlap(rounds: Rounds) -> Overlap:
    """Measures the weights of ``rounds``."""
    weights = rounds.weights
    count, total = len(weights), float(weights.sum())
    effective = total**2 / float(np.sum(weights**2)) if total else 0.0
    error = float(weights.std()) / np.sqrt(count)
    signs = {
        OverlapWarning.FEW_EFFECTIVE_ROWS: effective < max(FEWEST_EFFECTIVE, LEAST_EFFECTIVE_SHARE * count),
        OverlapWarning.ONE_ROW_DECIDES: not total or float(weights.max()) > GREATEST_SHARE_OF_ONE * total,
        OverlapWarning.WEIGHTS_DO_NOT_AVERAGE_TO_ONE: abs(total / count - 1) > STANDARD_ERRORS * error + 1e-9,
    }
    return Overlap(
        rows=count,
        effective_rows=effective,
        greatest_weight=float(weights.max()),
        mean_weight=total / count,
        warnings=tuple(warning for warning, given in signs.items() if given),
    )
