"""Which items were taken together: one sparse row for every user or every basket of the training log.

Neighbour models need co-occurrence counts C = X'X of these rows X, which for 92,000 items would fill memory. They only
ever need weighted sums of a few rows of C, and (W X') X gives those exactly without C. Knows nothing of weightings.
"""

from enum import Enum

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from firstlight_encoder.interactions import Interactions
from firstlight_encoder.training.second_stage.companions import latest_distinct
from firstlight_evaluation.baselines.history import HistoryEvents


class GroupBy(Enum):
    """What counts as taken together."""

    USER = "user"
    BASKET = "basket"


class ItemGroups:
    """The groups of a training log.

    Attributes:
        group_count: how many groups there are, at least 1.
        item_counts: ``(item_count,)`` float32, in how many groups each item is.
    """

    group_count: int
    item_counts: NDArray[np.float32]

    def __init__(self, train: Interactions, by: GroupBy) -> None:
        numbers = train.users if by is GroupBy.USER else train.basket_of
        groups, items = latest_distinct(numbers[train.wanted], train.items[train.wanted])
        self.group_count = max(1, len(np.unique(groups)))
        self.item_counts = np.bincount(items, minlength=train.item_count).astype(np.float32)
        shape = (int(groups.max(initial=0)) + 1, train.item_count)
        self._items_of_group = csr_array((np.ones(len(items), np.float32), (groups, items)), shape=shape)
        self._groups_of_item = self._items_of_group.T.tocsr()

    @property
    def together(self) -> bool:
        """Whether any group holds two items, so that there is something to learn from."""
        return float(self.item_counts.sum()) > self.group_count

    def gram(self, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """C cut to the catalogue ``rows`` ``(n,)``: ``(n, n)`` float32, n² must fit in memory."""
        chosen = self._items_of_group[:, rows]
        return (chosen.T.tocsr() @ chosen).toarray()

    def co_occurrence(self, events: HistoryEvents, *, weights: NDArray[np.float32]) -> NDArray[np.float32]:
        """For every case, the sum over its events e of ``weights[e]`` times row ``items[e]`` of C.

        Args:
            events: of the cases.
            weights: ``(e,)`` float32.

        Returns:
            ``(events.case_count, item_count)`` float32.
        """
        shape = (events.case_count, len(self.item_counts))
        chosen = csr_array((weights, (events.cases, events.items)), shape=shape)
        return ((chosen @ self._groups_of_item) @ self._items_of_group).toarray()
