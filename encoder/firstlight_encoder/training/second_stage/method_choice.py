"""Which order of shortlists is taken, by users whom the trees that ranked them did not see.

Knows nothing of how cases are drawn or ranked.
"""

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.ranking_quality import CUT, discounted_gain
from firstlight_encoder.second_stage.second_stage import Method
from firstlight_encoder.training.second_stage.cross_ranking import CrossRanked

METHODS = (Method.SPACE, Method.MIX, Method.TREES)
"""From the simplest, which is taken where several are equal."""


def chosen_method(ranked: Sequence[CrossRanked]) -> tuple[Method, str]:
    """The method of the highest NDCG@10, every point of the curve counting alike, and why.

    Args:
        ranked: cases; those count whose shortlist holds a hit and that the curve judges.
    """
    judged = [one for one in ranked if one.by_trees is not None and one.case.hits.any() and one.case.of.point]
    if not judged:
        return METHODS[0], "no held-out user took anything on a shortlist that the curve judges"
    quality = np.array([[_gain(one, method) for method in METHODS] for one in judged])
    weights = _weights([one.case.of.point for one in judged])
    means = weights @ quality / weights.sum()
    told = ", ".join(f"{method} {mean:.4f}" for method, mean in zip(METHODS, means, strict=True))
    return METHODS[int(means.argmax())], f"NDCG@10 on held-out users whose shortlist holds a target: {told}"


def _gain(one: CrossRanked, method: Method) -> float:
    best = np.argsort(-one.scores(method), kind="stable")[:CUT]
    return discounted_gain(one.case.hits[best], wanted=len(one.case.of.case.targets))


def _weights(points: Sequence[str | None]) -> NDArray[np.float64]:
    """``(c,)``: each point's cases count 1 together."""
    counts = Counter(points)
    return np.array([1 / counts[point] for point in points])
