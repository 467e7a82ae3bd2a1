"""How a shop's popularity is counted, chosen on users and times that it was not counted on.

Knows nothing of vectors or towers.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.cases import Case, cold_user_cases
from firstlight_encoder.interactions import Interactions
from firstlight_encoder.prior import COUNTINGS, Counting, popularity
from firstlight_encoder.ranking_quality import CUT, best_first, ndcg

BASKETS_A_NEWCOMER = 8
"""Baskets of a held-out user that make one newcomer; a customer of many years makes several."""

POINTS = (0, 1, 3, 10)
"""Numbers of events known, over which the choice is averaged."""


def choose_counting(train: Interactions, validation: Interactions) -> Counting:
    """The counting whose top ten items score the highest NDCG on the validation users' next baskets.

    Args:
        train: what is counted. Where validation begins before it ends, only what comes before the last tenth of it
            counts and only validation after that judges.
        validation: other users' events.

    Returns:
        Plain counts where nobody can judge.
    """
    if len(train) and len(validation) and validation.times_h.min() < train.times_h.max():
        cut = float(np.quantile(train.times_h, 0.9))
        train, validation = train.before(cut), validation.after(cut)
    newcomers = validation.newcomers(baskets=BASKETS_A_NEWCOMER)
    cases = [case for k in POINTS for case in cold_user_cases(newcomers, k=k)]
    if not cases:
        return Counting()
    return max(COUNTINGS, key=lambda counting: _mean_ndcg(popularity(train, counting), cases))


def _mean_ndcg(counts: NDArray[np.float64], cases: Sequence[Case]) -> float:
    """Mean NDCG@10 of one ranking for all."""
    ranking = best_first(counts.astype(np.float32), count=CUT + max(len(case.history) for case in cases))
    return float(np.mean([ndcg(ranking, history=case.history, targets=case.targets) for case in cases]))
