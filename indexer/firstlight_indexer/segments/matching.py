"""Which of a run's segments are those of the run before, so that ids and names last. Knows nothing of names."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

LEAST_SHARED = 0.2
"""Jaccard's index of the members that two runs share, below which two segments are not the same one."""


def matched(
    members: NDArray[np.int64], user_ids: Sequence[str], before: Mapping[str, int], *, groups: int
) -> list[tuple[int, float] | None]:
    """For each group the segment it was before, and Jaccard's index of the members both runs know; None for a new one.

    One to one, so that what is shared is most in all (the Hungarian method). Members and not centroids are compared:
    another build has another space, in which old centroids mean nothing.

    Args:
        members: ``(u,)`` int64, the group of each user.
        user_ids: ``u`` ids.
        before: each user's segment in the run before.
        groups: how many there are now.
    """
    both = [(int(group), before[user]) for group, user in zip(members, user_ids, strict=True) if user in before]
    if not both:
        return [None] * groups
    old = sorted({segment for _, segment in both})
    shared = np.zeros((groups, len(old)))
    place = {segment: number for number, segment in enumerate(old)}
    for group, segment in both:
        shared[group, place[segment]] += 1
    union = shared.sum(axis=1, keepdims=True) + shared.sum(axis=0) - shared
    index = shared / np.maximum(union, 1)
    found: list[tuple[int, float] | None] = [None] * groups
    for group, number in zip(*linear_sum_assignment(-index), strict=True):
        if index[group, number] >= LEAST_SHARED:
            found[int(group)] = (old[int(number)], float(index[group, number]))
    return found
