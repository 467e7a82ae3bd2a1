"""Chooses how much the tower may move the top of the list, on users who trained nothing.

The likelihood weighs every item of a basket; a caller sees the first ten. One factor for all buckets, since NDCG of a
few hundred users is too noisy to choose one for each. Knows nothing of gradients.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.case_tokens import case_tokens
from firstlight_encoder.cases import Case
from firstlight_encoder.parameters import Floats
from firstlight_encoder.ranking_quality import CUT, best_first, ndcg
from firstlight_encoder.space import Space

FACTORS = (0.15, 0.25, 0.35, 0.5, 0.7, 1.0)
"""Multipliers of the tower's part of a score."""


def sharpen(
    space: Space, cases: Sequence[Case], *, item_vectors: Floats, label_vectors: Floats, log_prior: Floats
) -> Space:
    """``space`` with its tower's scale multiplied by the factor of the highest NDCG@10 over ``cases``.

    Args:
        space: a calibrated space.
        cases: of held-out users; where there is none, the space stays as it is.
        item_vectors: ``(n, d)`` float32 unit rows.
        label_vectors: ``(m, d)`` float32 unit rows.
        log_prior: ``(n,)`` float32.
    """
    quality = np.zeros(len(FACTORS))
    for case in cases:
        query = space.query(case_tokens(case, item_vectors=item_vectors, label_vectors=label_vectors))
        quality += _by_factor(item_vectors @ query[:-1], query[-1] * log_prior, case)
    factor = FACTORS[int(np.argmax(quality))] if len(cases) else 1.0
    scale = (space.tower_parameters["log_scale"] + np.log(factor)).astype(np.float32)
    tower = {**space.tower_parameters, "log_scale": scale}
    return Space.of(space.adaptor_parameters, tower, text_fingerprint=space.text_fingerprint)


def _by_factor(tower: Floats, prior: Floats, case: Case) -> NDArray[np.float64]:
    """NDCG@10 of ``case`` under each of ``FACTORS``."""
    count = CUT + len(case.history)
    rankings = (best_first(np.float32(factor) * tower + prior, count=count) for factor in FACTORS)
    return np.array([ndcg(ranking, history=case.history, targets=case.targets) for ranking in rankings])
