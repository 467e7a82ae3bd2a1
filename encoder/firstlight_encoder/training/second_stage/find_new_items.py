"""Finds the items that nobody took, and the items they are like. Knows nothing of logs or tables."""

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.second_stage.new_items import OFFERED, NewItems
from firstlight_encoder.training.second_stage.like_items import LikeItems


def find_new_items(vectors: NDArray[np.float32], *, taken: NDArray[np.int64]) -> NewItems:
    """The new among ``n`` items.

    Args:
        vectors: ``(n, d)`` float32 unit rows.
        taken: ``(n,)`` int64, how often each item was taken.
    """
    new = taken == 0
    if not new.any():
        return NewItems.none(len(taken))
    like = LikeItems.of(vectors, among=np.flatnonzero(new), count=max(OFFERED))
    order = np.argsort(-like.cosines, axis=1, kind="stable")
    return NewItems(new, np.take_along_axis(like.ids, order, axis=1).astype(np.int32))
