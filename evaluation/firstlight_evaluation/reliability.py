"""Whether promises come true: the model's confidence of a hit among the first ten, against how often there is one.

The expected calibration error over ten bins of equally many users (Naeini et al. 2015). Knows nothing of models.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.cases import Case, Scorer
from firstlight_evaluation.judge import head
from firstlight_evaluation.metrics import LIST_LENGTH, hits
from firstlight_evaluation.points import Point

BINS = 10


@runtime_checkable
class ConfidentScorer(Scorer, Protocol):
    """A model that says how sure it is of its first ten items."""

    def confidences(self, cases: Sequence[Case]) -> NDArray[np.float64]:
        """``(len(cases),)`` probabilities of a hit."""
        ...


@dataclass(frozen=True)
class ReliabilityRow:
    """One point of the curve; the fields are keys of ``run.json``.

    Attributes:
        k: events known.
        declared: whether names were declared.
        seed: of the run.
        users: how many users were judged.
        promised: mean confidence.
        kept: share of users with a hit.
        ece: expected calibration error, in probability.
        bins: (users, mean confidence, share with a hit) of each bin, the least confident first.
    """

    k: int
    declared: bool
    seed: int
    users: int
    promised: float
    kept: float
    ece: float
    bins: tuple[tuple[int, float, float], ...]


def reliability_rows(
    scorer: ConfidentScorer, cases: Mapping[Point, Sequence[Case]], *, seed: int
) -> list[ReliabilityRow]:
    """One row a point; none where the model does not say how sure it is (NaN)."""
    rows = (_row(scorer, point, own, seed) for point, own in cases.items())
    return [row for row in rows if not math.isnan(row.promised)]


def _row(scorer: ConfidentScorer, point: Point, cases: Sequence[Case], seed: int) -> ReliabilityRow:
    top = head(scorer, cases, seed=seed)[:, :LIST_LENGTH]
    found = hits(top, [case.targets for case in cases])
    kept = np.asarray(np.logical_or.reduce(found, axis=1), np.float64)
    promised = scorer.confidences(cases)
    bins = reliability_bins(promised, kept)
    return ReliabilityRow(
        k=point.k,
        declared=point.declared,
        seed=seed,
        users=len(cases),
        promised=float(promised.mean()),
        kept=float(kept.mean()),
        ece=sum(users * abs(said - came) for users, said, came in bins) / len(cases),
        bins=bins,
    )


def reliability_bins(promised: NDArray[np.float64], kept: NDArray[np.float64]) -> tuple[tuple[int, float, float], ...]:
    """(users, mean confidence, share with a hit) of up to ``BINS`` bins of equally many users, at least one user."""
    order = np.argsort(promised, kind="stable")
    parts = [part for part in np.array_split(order, min(BINS, len(order))) if len(part)]
    return tuple((len(part), float(promised[part].mean()), float(kept[part].mean())) for part in parts)
