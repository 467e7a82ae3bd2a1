"""Chooses how much the tower may move the top of the list, on users who trained nothing.

The likelihood weighs every item of a basket; a caller sees the first ten. Every bucket of the number of events gets a
factor, borrowing cases from its neighbours, by the one-standard-error rule: the smallest factor
that is not clearly worse than the best, so that where events say little the prior stands. Who only declares gets the
largest such factor instead: people who say what they want expect to see it. Knows nothing of gradients.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.calibration import BUCKETS, bucket
from firstlight_encoder.case_tokens import case_tokens
from firstlight_encoder.cases import Case
from firstlight_encoder.parameters import Floats
from firstlight_encoder.prior import PriorTimeline
from firstlight_encoder.ranking_quality import CUT, best_first, best_ndcg
from firstlight_encoder.space import Space
from firstlight_encoder.training.case_scores import AT_ONCE, tower_scores
from firstlight_encoder.training.one_standard_error import as_good_as_best

FACTORS = (0.15, 0.25, 0.35, 0.5, 0.7, 1.0, 1.4, 2.0, 2.8, 4.0)
"""Multipliers of the tower's part of a score, ascending."""

NEIGHBOUR_WEIGHT = 0.5
"""What a case of the next smaller or larger number of events counts."""

SHORTLIST = 500
"""Items kept of each extreme factor's ranking; the rankings between are made of both."""

_EVENTS = range(1, BUCKETS // 2)
_DECLARED_ONLY = BUCKETS // 2


def sharpen(
    space: Space, cases: Sequence[Case], *, item_vectors: Floats, label_vectors: Floats, prior: PriorTimeline
) -> Space:
    """``space`` with its tower's scales multiplied by the factors chosen on ``cases``.

    Args:
        space: a calibrated space.
        cases: of held-out users, several of one user marked by the same ``Case.user``; a bucket without any, and
            without neighbours, keeps the likelihood's scale.
        item_vectors: ``(n, d)`` float32 unit rows.
        label_vectors: ``(m, d)`` float32 unit rows.
        prior: of which each case is judged with the table of its moment.
    """
    buckets = bucket(
        np.array([len(case.history) for case in cases], np.int64),
        np.array([len(case.declared) for case in cases], np.int64),
    )
    found = (
        _qualities(cases[start : start + AT_ONCE], space, item_vectors, label_vectors, prior)
        for start in range(0, len(cases), AT_ONCE)
    )
    quality = np.concatenate([np.zeros((0, len(FACTORS))), *found])
    _, owners = np.unique([case.user for case in cases], return_inverse=True)
    factors = np.array(
        [_factor(quality, _weights(buckets, row), owners, boldest=row == _DECLARED_ONLY) for row in range(BUCKETS)]
    )
    scale = (space.tower_parameters["log_scale"] + np.log(factors)).astype(np.float32)
    return space.with_tower({**space.tower_parameters, "log_scale": scale})


def _weights(buckets: NDArray[np.int64], row: int) -> NDArray[np.float64]:
    """What every case counts for bucket ``row``; with declarations beside events, as for those events alone."""
    alone = row - BUCKETS // 2 if row - BUCKETS // 2 in _EVENTS else row
    near = np.isin(buckets, [other for other in (alone - 1, alone + 1) if other in _EVENTS and alone in _EVENTS])
    weights: NDArray[np.float64] = (buckets == alone) + NEIGHBOUR_WEIGHT * near
    return weights


def _factor(
    quality: NDArray[np.float64], weights: NDArray[np.float64], owners: NDArray[np.int64], *, boldest: bool
) -> float:
    """The smallest, or the ``boldest``, factor within one standard error of the best; 1 where no case counts.

    Args:
        quality: ``(c, factors)`` NDCG of every case.
        weights: ``(c,)``, at least 0.
        owners: ``(c,)`` from 0, whose case it is: cases of one user err together, so errors are summed by user.
        boldest: take the largest.
    """
    if not weights.sum():
        return 1.0
    as_good = np.flatnonzero(as_good_as_best(quality, weights, owners))
    return FACTORS[int(as_good[-1 if boldest else 0])]


def _qualities(
    cases: Sequence[Case], space: Space, item_vectors: Floats, label_vectors: Floats, prior: PriorTimeline
) -> NDArray[np.float64]:
    """NDCG@10 of every case under each of ``FACTORS``, ``(c, factors)``."""
    tokens = [case_tokens(case, item_vectors=item_vectors, label_vectors=label_vectors) for case in cases]
    interests = space.interests(tokens)
    log_priors = (prior.tables[moment] for moment in prior.at(np.array([case.time_h for case in cases])).tolist())
    parts = zip(cases, tower_scores(interests, item_vectors), interests[:, 0, -1], log_priors, strict=True)
    return np.stack([_by_factor(tower, weight * log_prior, case) for case, tower, weight, log_prior in parts])


def _by_factor(tower: Floats, prior: Floats, case: Case) -> NDArray[np.float64]:
    count = SHORTLIST + CUT + len(case.history)
    extremes = (np.float32(factor) * tower + prior for factor in (FACTORS[0], FACTORS[-1]))
    rows = np.unique(np.concatenate([best_first(scores, count=count) for scores in extremes]))
    scores = np.array(FACTORS, np.float32)[:, None] * tower[rows] + prior[rows]
    return best_ndcg(scores, rows=rows, history=case.history, targets=case.targets)
