"""Chooses how much the tower may move the top of the list, on users who trained nothing.

The likelihood weighs every item of a basket; a caller sees the first ten. Every bucket of the number of events gets a
factor, borrowing cases from its neighbours, by the one-standard-error rule: the smallest factor
that is not clearly worse than the best, so that where events say little the prior stands. Who only declares gets the
largest such factor instead: people who say what they want expect to see it. Knows nothing of gradients.
"""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.calibration import BUCKETS
from firstlight_encoder.case_tokens import case_tokens
from firstlight_encoder.cases import Case
from firstlight_encoder.parameters import Floats
from firstlight_encoder.prior import PriorTimeline
from firstlight_encoder.ranking_quality import CUT, best_first, ndcg
from firstlight_encoder.space import Space
from firstlight_encoder.token_batch import TokenBatch
from firstlight_encoder.training.one_standard_error import as_good_as_best

FACTORS = (0.15, 0.25, 0.35, 0.5, 0.7, 1.0, 1.4, 2.0, 2.8, 4.0)
"""Multipliers of the tower's part of a score, ascending."""

NEIGHBOUR_WEIGHT = 0.5
"""What a case of the next smaller or larger number of events counts."""

SHORTLIST = 500
"""Items kept of each extreme factor's ranking; the rankings between are made of both."""

_EVENTS = range(1, BUCKETS // 2)
_DECLARED_ONLY = BUCKETS // 2
_AT_ONCE = 64


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
    sequences = [case_tokens(case, item_vectors=item_vectors, label_vectors=label_vectors) for case in cases]
    buckets = np.array([TokenBatch.of([tokens], space.dimension).buckets[0] for tokens in sequences], np.int64)
    queries = [space.interests([tokens])[0] for tokens in sequences]
    quality = np.array(list(_qualities(cases, queries, item_vectors, prior))).reshape(-1, len(FACTORS))
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
    cases: Sequence[Case], queries: Sequence[Floats], item_vectors: Floats, prior: PriorTimeline
) -> Iterator[list[float]]:
    """NDCG@10 of every case under each of ``FACTORS``."""
    for start in range(0, len(cases), _AT_ONCE):
        part = np.stack(queries[start : start + _AT_ONCE])
        towers = (
            (part[..., :-1].reshape(-1, item_vectors.shape[1]) @ item_vectors.T).reshape(*part.shape[:2], -1).max(1)
        )
        for case, tower, weight in zip(cases[start : start + _AT_ONCE], towers, part[:, 0, -1], strict=True):
            (log_prior,) = prior.tables[prior.at(np.array([case.time_h]))]
            yield _by_factor(tower, weight * log_prior, case)


def _by_factor(tower: Floats, prior: Floats, case: Case) -> list[float]:
    count = CUT + len(case.history)
    extremes = (np.float32(factor) * tower + prior for factor in (FACTORS[0], FACTORS[-1]))
    rows = np.unique(np.concatenate([best_first(scores, count=SHORTLIST + count) for scores in extremes]))
    between = (np.float32(factor) * tower[rows] + prior[rows] for factor in FACTORS)
    rankings = (rows[best_first(scores, count=count)] for scores in between)
    return [ndcg(ranking, history=case.history, targets=case.targets) for ranking in rankings]
