"""What one log says of a catalogue: the neighbour tables, and the items' tastes. Knows nothing of rankers."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.interactions import Interactions
from firstlight_encoder.second_stage.neighbour_table import NeighbourTable
from firstlight_encoder.training.second_stage.companions import following, whole_history
from firstlight_encoder.training.second_stage.lent_companions import lent
from firstlight_encoder.training.second_stage.loans import Loans
from firstlight_encoder.training.second_stage.regression import regression
from firstlight_encoder.training.second_stage.tastes import tastes


@dataclass(frozen=True)
class Counted:
    """What a log says of its items.

    Attributes:
        tables: companions under the names of ``TABLES``; in the first two, items that few took borrow. The third is of
            the items taken oftenest only.
        tastes: ``(n, a)`` float32 unit rows.
    """

    tables: dict[str, NeighbourTable]
    tastes: NDArray[np.float32]

    @classmethod
    def of(cls, log: Interactions, vectors: NDArray[np.float32]) -> "Counted":
        """What the training users' ``log`` says of items with these ``vectors``, ``(n, d)`` float32 unit rows."""
        taken = np.bincount(log.items[log.wanted], minlength=log.item_count)
        loans = Loans.of(vectors, taken=taken)
        tables = {"whole": lent(whole_history(log), loans), "order": lent(following(log), loans)}
        return cls({**tables, "regression": regression(log)}, tastes(log, loans))
