"""A designed experiment on new items: the interactions of some items are taken away from whatever may be learned from.

What models then do for people who want those very items is what they would do for new ones. Knows nothing of models or
metrics.
"""

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.interactions import Interactions
from firstlight_encoder.split import some_items
from firstlight_evaluation.errors import NoCasesError


def draw_held_out(train: Interactions, *, share: float, seed: int) -> NDArray[np.bool_]:
    """``(n,)`` bool: ``share`` (at least one) of the items that have a wanted training event, at random.

    Raises:
        NoCasesError: if no item has one.
    """
    held_out = some_items(train, share=share, seed=seed)
    if not held_out.any():
        raise NoCasesError("no item has a training event, so none can be held out; give a longer event log")
    return held_out
