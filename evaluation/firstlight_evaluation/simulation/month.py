"""The environment: visits of real people in the order in which they came, and what each of them really took.

A visitor clicks an item that they look at if they really took it at that visit or later in the month. They look at
place j with the chance ``1 / sqrt(j)`` (a position-based model of examination; Craswell et al. 2008). Nothing of the
recommender is in it: it decides what is shown, never what is clicked. Knows nothing of policies.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.exploration import Projection

PAGE = 10
"""Items on a page."""
RANKED = 60
"""Items of the ranking that are known: a page, and the 50 after it that a server takes for candidates too."""
NEW_PLACES = (3, 6)
"""Places, from 1, that are kept for new items."""


@dataclass(frozen=True)
class Month:
    """Visits in the order of time, and a pool of items that are new to the recommender.

    Attributes:
        visitors: ``(v,)`` int64, who comes.
        days: ``(v,)`` int64 from 0.
        ranked: ``(v, RANKED)`` int64, what the ranking has first, second ..., as places in `ranked_vectors`; no new
            items.
        ranked_scores: ``(v, RANKED)`` float32, what it thinks of them.
        ranked_takes: ``(v, RANKED)`` bool, whether they took them.
        ranked_vectors: ``(u, d)`` float32, of all that is ranked for anybody.
        new_scores: ``(v, pool)`` float32, what the ranking thinks of the new items.
        new_takes: ``(v, pool)`` bool, whether they took them.
        new_vectors: ``(pool, d)`` float32, the new items in the recommender's space.
        projection: of its catalogue, as a server makes it.
        notice: what must be shown wherever the data's numbers are, or None.
        domain: its name.
    """

    visitors: NDArray[np.int64]
    days: NDArray[np.int64]
    ranked: NDArray[np.int64]
    ranked_scores: NDArray[np.float32]
    ranked_takes: NDArray[np.bool_]
    ranked_vectors: NDArray[np.float32]
    new_scores: NDArray[np.float32]
    new_takes: NDArray[np.bool_]
    new_vectors: NDArray[np.float32]
    projection: Projection
    notice: str | None
    domain: str

    def __len__(self) -> int:
        return len(self.visitors)

    @property
    def pool(self) -> int:
        """How many items are new."""
        return len(self.new_vectors)


def examination(places: int) -> NDArray[np.float64]:
    """``(places,)``: how likely a visitor looks at each place."""
    chances: NDArray[np.float64] = 1 / np.sqrt(np.arange(1, places + 1))
    return chances
