"""For every item its most probable companions, in fixed-width arrays.

A dense space of a few hundred dimensions does not hold such a table (``docs/model.md``). Knows nothing of how the
probabilities were counted.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

NOBODY = -1
"""Fills the rest of a row."""


@dataclass(frozen=True)
class NeighbourTable:
    """Companions of ``n`` items, the most probable first.

    Attributes:
        ids: ``(n, w)`` int32 catalogue rows, ``NOBODY`` where a row ends.
        probabilities: ``(n, w)`` float32, of meeting the companion with the item; 0 where a row ends.
        decay: what an event counts relative to the next newer one.
    """

    ids: NDArray[np.int32]
    probabilities: NDArray[np.float32]
    decay: float
