"""Fits how sure a ranked shortlist is, on users who did not teach the ranker that ordered it.

Knows nothing of rankers or of how cases are drawn.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.calibration import BUCKETS
from firstlight_encoder.confidence import CUT, best_mass
from firstlight_encoder.second_stage.mixture import mixture_row
from firstlight_encoder.second_stage.second_stage import Method
from firstlight_encoder.training.fit_confidence import fit_curves
from firstlight_encoder.training.second_stage.cross_ranking import CrossRanked

FEWEST_JUDGED = 30
"""Cases as the curve judges them below which a bucket also learns from newcomers who begin later."""


def fit_stage_confidence(ranked: Sequence[CrossRanked], method: Method) -> NDArray[np.float32] | None:
    """The curves of ``SecondStage`` where ``method`` ranks; None without cases.

    Args:
        ranked: cases, those whose shortlist holds no hit included: they are what there is to be unsure about.
        method: MIX or TREES.
    """
    if method is Method.TREES:
        ranked = [one for one in ranked if one.by_trees is not None]
    if not ranked:
        return None
    scores = [one.scores(method) for one in ranked]
    mass = np.array(
        [float(best_mass(one.case.candidates.log_mixture, by=own)) for one, own in zip(ranked, scores, strict=True)]
    )
    hit = np.array([_hit(one, own) for one, own in zip(ranked, scores, strict=True)])
    rows = np.array([mixture_row(one.case.known) for one in ranked], np.int64)
    judged = np.array([one.case.of.point is not None for one in ranked])
    counts = np.bincount(rows[judged], minlength=BUCKETS)
    kept = judged | (counts[rows] < FEWEST_JUDGED)
    return fit_curves(mass[kept], hit[kept], rows=rows[kept])


def _hit(one: CrossRanked, scores: NDArray[np.float32]) -> bool:
    """Whether one of the ``CUT`` best was taken."""
    return bool(one.case.hits[np.argsort(-scores, kind="stable")[:CUT]].any())
