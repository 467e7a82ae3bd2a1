"""The items that nobody has taken yet, and where they are to be found: beside the items most like them.

No table that counts offers a new item, and the prior hardly does. Knows nothing of vectors or of how it is ranked.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.second_stage.neighbour_table import NOBODY

OFFERED = (8, 4, 2, 2)
"""How many new items the last event offers, the one before it, and so on: those most like it."""


@dataclass(frozen=True)
class NewItems:
    """Among ``n`` items.

    Attributes:
        new: ``(n,)`` bool, which items nobody took.
        like: ``(n, w)`` int32 catalogue rows of the new items most like every item, the likest first, ``NOBODY`` where
            there are fewer; w is 0 where no item is new.
    """

    new: NDArray[np.bool_]
    like: NDArray[np.int32]

    @classmethod
    def none(cls, items: int) -> "NewItems":
        """Of so many ``items`` none is new."""
        return cls(np.zeros(items, np.bool_), np.zeros((items, 0), np.int32))

    def beside(self, history: NDArray[np.int64]) -> NDArray[np.int32]:
        """What the latest of ``history``, ``(k,)`` rows, oldest first, offer, ``(o,)`` rows; some may come twice."""
        if not self.like.shape[1]:
            return np.zeros(0, np.int32)
        latest = history[: -len(OFFERED) - 1 : -1]
        offers = [self.like[row, :count] for row, count in zip(latest, OFFERED, strict=False)]
        found: NDArray[np.int32] = np.concatenate([np.zeros(0, np.int32), *offers])
        there: NDArray[np.int32] = found[found != NOBODY]
        return there
