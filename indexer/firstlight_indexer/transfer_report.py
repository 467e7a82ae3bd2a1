"""What a build with sources found on its way: joint minus alone at every weight it tried, and which it took.

Over the target's held-out newcomers, whom the space is tuned on too: the report says what the choice was made by. What
the sources themselves gain or lose takes trainings of their own and is not in it. Knows nothing of how a space is
trained.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from firstlight_indexer.weight_choice import WeightChoice

CONFIDENCE = 1.96
"""Standard errors to either side of a difference: 95 % of a normal distribution."""


@dataclass(frozen=True)
class TriedWeights:
    """One training with sources against the target's training alone.

    Attributes:
        weights: what each source counted; the target counted the rest of 1.
        ndcg_at_10: mean over the held-out newcomers.
        difference: mean of the paired difference to the target alone.
        low: lower end of its 95 % interval; errors of one user's cases are summed.
        high: upper end.
        chosen: whether the build took these weights.
    """

    weights: tuple[float, ...]
    ndcg_at_10: float
    difference: float
    low: float
    high: float
    chosen: bool


@dataclass(frozen=True, kw_only=True)
class TransferReport:
    """One build's.

    Attributes:
        domain: the target's name.
        sources: the sources' names, in the order of the weights.
        cases: held-out newcomers.
        users: whose they are.
        alone: mean NDCG@10 of the target trained alone.
        tried: the other trainings, in order.
        chose_alone: whether the build took no source.
    """

    domain: str
    sources: tuple[str, ...]
    cases: int
    users: int
    alone: float
    tried: tuple[TriedWeights, ...]
    chose_alone: bool

    @classmethod
    def of(
        cls, choice: WeightChoice, *, domain: str, sources: Sequence[str], owners: NDArray[np.int64]
    ) -> "TransferReport":
        """The report of ``choice``, whose cases are ``owners``' ``(c,)`` int64."""
        alone, *others = choice.trials
        tried: list[TriedWeights] = []
        for trial in others:
            difference = trial.mean - alone.mean
            spread = CONFIDENCE * _standard_error(trial.quality - alone.quality, owners)
            low, high, chosen = difference - spread, difference + spread, trial is choice.chosen
            tried.append(TriedWeights(trial.weights, trial.mean, difference, low, high, chosen))
        return cls(
            domain=domain,
            sources=tuple(sources),
            cases=len(owners),
            users=len(np.unique(owners)),
            alone=alone.mean,
            tried=tuple(tried),
            chose_alone=choice.chosen is alone,
        )

    def write(self, path: Path) -> Path:
        """Writes the report as JSON, replacing an earlier one."""
        path.write_text(json.dumps(asdict(self), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        return path


def _standard_error(values: NDArray[np.float64], owners: NDArray[np.int64]) -> float:
    """Of the mean of ``values`` ``(c,)``: cases of one user err together, so errors are summed by user."""
    if not len(values):
        return 0.0
    _, place = np.unique(owners, return_inverse=True)
    by_user = np.bincount(place, values - values.mean())
    return float(np.sqrt((by_user**2).sum()) / len(values))
