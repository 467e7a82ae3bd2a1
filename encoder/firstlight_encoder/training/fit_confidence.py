"""Fits the curves of ``confidence`` on users who trained nothing. Knows nothing of how scores are made."""

from collections.abc import Callable, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.calibration import BUCKETS, bucket
from firstlight_encoder.cases import Case
from firstlight_encoder.confidence import CONFIDENCE, CUT, best_mass
from firstlight_encoder.parameters import Floats
from firstlight_encoder.ranking_quality import best_first
from firstlight_encoder.space import Space

CASES = 400
"""The most cases a bucket: two numbers need no more."""

RIDGE = 1.0
"""Pulls the slope to 0, every bucket's own share of hits for all, as strongly as four cases of even odds would."""

PULL = 2.0
"""Pulls a bucket's intercept to the middle of all, twice as strongly: a bucket of few cases is much like the others."""

SMALLEST_SPREAD = 0.01
"""Of answers that add up alike, as those from nothing do, rounding must not make a slope."""

_STEPS = 30
_HALF = BUCKETS // 2


def fit_confidence(
    space: Space, cases: Sequence[Case], *, scores_of: Callable[[Sequence[Case]], Iterable[Floats]]
) -> Space:
    """``space`` with the curves that make its promises come true on ``cases``.

    Args:
        space: tuned otherwise.
        cases: of held-out users.
        scores_of: gives for every case the score of every item, ``(n,)``, as of the case's moment.
    """
    rows = bucket(
        np.array([len(case.history) for case in cases], np.int64),
        np.array([len(case.declared) for case in cases], np.int64),
    )
    chosen = [place for row in np.unique(rows).tolist() for place in _thinned(np.flatnonzero(rows == row))]
    if not chosen:
        return space
    judges = [cases[place] for place in chosen]
    measured = [_measured(case, scores) for case, scores in zip(judges, scores_of(judges), strict=True)]
    mass, hit = (np.array(column, np.float64) for column in zip(*measured, strict=True))
    return space.with_tower({**space.tower_parameters, CONFIDENCE: fit_curves(mass, hit, rows=rows[chosen])})


def fit_curves(
    mass: NDArray[np.float64], hit: NDArray[np.floating | np.bool_], *, rows: NDArray[np.int64]
) -> NDArray[np.float32]:
    """``(BUCKETS, 2)`` float32: intercept and slope of every bucket's curve; the nearest one's where a bucket is empty.

    The slope is one for all buckets: few have the cases to tell one of their own from chance.

    Args:
        mass: ``(c,)``, finite, what the ten best scores of each case come to; at least one case.
        hit: ``(c,)``, whether one of the ten was taken.
        rows: ``(c,)`` int64, the cases' buckets.
    """
    known, place = np.unique(rows, return_inverse=True)
    intercepts, slope = _logistic(mass, hit.astype(np.float64), np.eye(len(known))[place])
    fitted: list[int] = known.tolist()
    own = intercepts[[fitted.index(_nearest(row, fitted)) for row in range(BUCKETS)]]
    return np.stack([own, np.full(BUCKETS, slope)], axis=1).astype(np.float32)


def _thinned(places: NDArray[np.int64]) -> list[int]:
    """At most ``CASES`` of them, evenly."""
    return [int(place) for place in places[:: max(1, len(places) // CASES)][:CASES]]


def _measured(case: Case, scores: Floats) -> tuple[float, bool]:
    """What the ten best scores add up to, and whether one of them is a target."""
    found = best_first(scores, count=CUT + len(case.history))
    shown = found[~np.isin(found, case.history)][:CUT]
    return float(best_mass(scores[shown])), bool(np.isin(shown, case.targets).any())


def _nearest(row: int, fitted: Sequence[int]) -> int:
    """The fitted bucket that ``row`` borrows from: the nearest in events, if possible alike in declarations."""
    return min(fitted, key=lambda other: (row // _HALF != other // _HALF, abs(row % _HALF - other % _HALF), other))


def _logistic(
    mass: NDArray[np.float64], hit: NDArray[np.float64], buckets: NDArray[np.float64]
) -> tuple[NDArray[np.float64], float]:
    """The intercepts ``(b,)`` and the slope of the highest penalised likelihood, by Newton's method.

    Each class counts half a case more than it has (Platt 1999), so that a few cases never promise 0 or 1.

    Args:
        mass: ``(c,)``.
        hit: ``(c,)``, 0 or 1.
        buckets: ``(c, b)``, 1 in the column of a case's bucket, else 0.
    """
    middle, spread = float(mass.mean()), max(float(mass.std()), SMALLEST_SPREAD)
    design = np.concatenate([((mass - middle) / spread)[:, None], np.ones((len(mass), 1)), buckets], axis=1)
    target = (hit * len(hit) + 0.5) / (len(hit) + 1)
    beta, penalty = np.zeros(design.shape[1]), np.diag([RIDGE, 1e-6, *np.full(buckets.shape[1], PULL)])
    for _ in range(_STEPS):
        expected = 1 / (1 + np.exp(-design @ beta))
        curvature = design.T @ (design * (expected * (1 - expected))[:, None]) + penalty
        beta = beta + np.linalg.solve(curvature, design.T @ (target - expected) - penalty @ beta)
    slope = float(beta[0] / spread)
    return beta[1] + beta[2:] - slope * middle, slope
