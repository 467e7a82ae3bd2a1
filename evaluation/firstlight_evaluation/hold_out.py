"""A designed experiment on new items: the interactions of some items are taken away from whatever may be learned from.

What models then do for people who want those very items is what they would do for new ones. Knows nothing of models or
metrics.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.interactions import Interactions
from firstlight_encoder.split import UserSplit
from firstlight_evaluation.errors import NoCasesError


def draw_held_out(train: Interactions, *, share: float, seed: int) -> NDArray[np.bool_]:
    """``(n,)`` bool: ``share`` (at least one) of the items that have a wanted training event, at random.

    Raises:
        NoCasesError: if no item has one.
    """
    seen = np.unique(train.items[train.wanted])
    if not len(seen):
        raise NoCasesError("no item has a training event, so none can be held out; give a longer event log")
    drawn = np.random.default_rng(seed).choice(seen, size=max(1, round(share * len(seen))), replace=False)
    held_out = np.zeros(train.item_count, np.bool_)
    held_out[drawn] = True
    return held_out


def without_items(split: UserSplit, held_out: NDArray[np.bool_]) -> UserSplit:
    """``split`` whose training and validation users never met the items at which ``held_out`` ``(n,)`` holds."""
    train, validation = (part.where(~held_out[part.items]) for part in (split.train, split.validation))
    return replace(split, train=train, validation=validation)
