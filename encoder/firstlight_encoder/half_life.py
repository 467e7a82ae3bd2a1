"""How fast popularity ages in a shop, chosen on users and times that it was not counted on.

Knows nothing of vectors or towers.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.cases import Case, cold_user_cases
from firstlight_encoder.interactions import Interactions
from firstlight_encoder.prior import HALF_LIVES_H, recency_counts
from firstlight_encoder.ranking_quality import CUT, best_first, ndcg

BASKETS_A_NEWCOMER = 8
"""Baskets of a held-out user that make one newcomer; a customer of many years makes several."""

POINTS = (0, 1, 3, 10)
"""Numbers of events known, over which the choice is averaged."""


def choose_half_life(train: Interactions, validation: Interactions) -> float | None:
    """The half-life, in hours, whose top ten items score the highest NDCG on the validation users' next baskets.

    Args:
        train: what is counted. Where validation begins before it ends, only what comes before the last tenth of it
            counts and only validation after that judges.
        validation: other users' events.

    Returns:
        None for plain counts; also where nobody can judge.
    """
    if len(train) and len(validation) and validation.times_h.min() < train.times_h.max():
        cut = float(np.quantile(train.times_h, 0.9))
        train, validation = train.before(cut), validation.after(cut)
    newcomers = validation.newcomers(baskets=BASKETS_A_NEWCOMER)
    cases = [case for k in POINTS for case in cold_user_cases(newcomers, k=k)]
    if not cases:
        return None
    scores = [_mean_ndcg(recency_counts(train, half_life_h=half).astype(np.float32), cases) for half in HALF_LIVES_H]
    return HALF_LIVES_H[int(np.argmax(scores))]


def _mean_ndcg(scores: NDArray[np.float32], cases: Sequence[Case]) -> float:
    """Mean NDCG@10 of one ranking for all."""
    ranking = best_first(scores, count=CUT + max(len(case.history) for case in cases))
    return float(np.mean([ndcg(ranking, history=case.history, targets=case.targets) for case in cases]))
