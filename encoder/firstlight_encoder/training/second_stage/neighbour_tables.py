"""All neighbour tables of a catalogue, from one log. Knows nothing of rankers."""

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.interactions import Interactions
from firstlight_encoder.second_stage.neighbour_table import NeighbourTable
from firstlight_encoder.training.second_stage.companions import following, whole_history
from firstlight_encoder.training.second_stage.lent_companions import lent
from firstlight_encoder.training.second_stage.regression import regression


def neighbour_tables(log: Interactions, vectors: NDArray[np.float32]) -> dict[str, NeighbourTable]:
    """The tables under the names of ``TABLES``.

    Items that few took borrow companions in the first two; the third is of the items taken oftenest only.

    Args:
        log: of the training users.
        vectors: ``(n, d)`` float32 unit rows.
    """
    counted = {"whole": whole_history(log), "order": following(log)}
    taken = np.bincount(log.items[log.wanted], minlength=log.item_count)
    return {**lent(counted, vectors, taken=taken), "regression": regression(log)}
