"""Chooses how much the tower may move the top of the list, on users who trained nothing.

The likelihood weighs every item of a basket; a caller sees the first ten. A factor for every bucket of the number of
events, each borrowing from its neighbours, since NDCG of a few hundred users is noisy. Knows nothing of gradients.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.calibration import BUCKETS
from firstlight_encoder.case_tokens import case_tokens
from firstlight_encoder.cases import Case
from firstlight_encoder.parameters import Floats
from firstlight_encoder.ranking_quality import CUT, best_first, ndcg
from firstlight_encoder.space import Space
from firstlight_encoder.token_batch import TokenBatch

FACTORS = (0.15, 0.25, 0.35, 0.5, 0.7, 1.0)
"""Multipliers of the tower's part of a score."""


def sharpen(
    space: Space, cases: Sequence[Case], *, item_vectors: Floats, label_vectors: Floats, log_prior: Floats
) -> Space:
    """``space`` with its tower's scales multiplied by the factors of the highest NDCG@10 over ``cases``.

    Args:
        space: a calibrated space.
        cases: of held-out users; where there is none, the space stays as it is.
        item_vectors: ``(n, d)`` float32 unit rows.
        label_vectors: ``(m, d)`` float32 unit rows.
        log_prior: ``(n,)`` float32.
    """
    quality, count = np.zeros((BUCKETS, len(FACTORS))), np.zeros((BUCKETS, 1))
    for case in cases:
        tokens = case_tokens(case, item_vectors=item_vectors, label_vectors=label_vectors)
        row, query = TokenBatch.of([tokens], space.dimension).buckets[0], space.query(tokens)
        quality[row] += _by_factor(item_vectors @ query[:-1], query[-1] * log_prior, case)
        count[row] += 1
    factors = np.asarray(FACTORS)[_best(quality, count)]
    scale = (space.tower_parameters["log_scale"] + np.log(factors)).astype(np.float32)
    tower = {**space.tower_parameters, "log_scale": scale}
    return Space.of(space.adaptor_parameters, tower, text_fingerprint=space.text_fingerprint)


def _best(quality: NDArray[np.float64], count: NDArray[np.float64]) -> NDArray[np.int64]:
    """The place of the best factor of every bucket, ``(BUCKETS,)``, from sums of NDCG ``(BUCKETS, factors)``.

    Buckets of events borrow half from their neighbours; with declarations beside events they are weighed like those
    events alone; buckets without any case and without neighbours keep the likelihood's scale.
    """
    total, seen = quality.copy(), count.copy()
    events = slice(1, BUCKETS // 2)
    for sums, source in ((total, quality), (seen, count)):
        sums[events][1:] += 0.5 * source[events][:-1]
        sums[events][:-1] += 0.5 * source[events][1:]
    total[BUCKETS // 2 + 1 :], seen[BUCKETS // 2 + 1 :] = total[events], seen[events]
    return np.where(seen[:, 0] > 0, np.argmax(total, axis=1), len(FACTORS) - 1)


def _by_factor(tower: Floats, prior: Floats, case: Case) -> NDArray[np.float64]:
    """NDCG@10 of ``case`` under each of ``FACTORS``."""
    count = CUT + len(case.history)
    rankings = (best_first(np.float32(factor) * tower + prior, count=count) for factor in FACTORS)
    return np.array([ndcg(ranking, history=case.history, targets=case.targets) for ranking in rankings])
