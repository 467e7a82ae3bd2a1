"""A model that is nothing but ranked lists made elsewhere, behind the ``Scorer`` protocol.

Listed items score by rank, all others tie beneath them. Knows nothing of files or of how the lists were made.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.cases import Case
from firstlight_evaluation.errors import PeerListsError
from firstlight_evaluation.exchange.numbered_cases import CaseKey


class ListScorer:
    """Looks a case's list up."""

    def __init__(self, name: str, lists: Mapping[CaseKey, NDArray[np.int64]], *, item_count: int) -> None:
        """Takes the lists.

        Args:
            name: what reports call the model.
            lists: for each case ``(m,)`` int64 catalogue rows, best first, none twice.
            item_count: size of the catalogue.
        """
        self.name = name
        self._lists = lists
        self._item_count = item_count

    def score(self, cases: Sequence[Case]) -> NDArray[np.float32]:
        """``(len(cases), item_count)`` float32: minus the rank, and one less than the last for all that is not listed.

        Raises:
            PeerListsError: if there is no list for a case.
        """
        rows = [self._list(case) for case in cases]
        scores = np.empty((len(cases), self._item_count), np.float32)
        for own, listed in zip(scores, rows, strict=True):
            own.fill(-len(listed))
            own[listed] = -np.arange(len(listed), dtype=np.float32)
        return scores

    def _list(self, case: Case) -> NDArray[np.int64]:
        found = self._lists.get(CaseKey.of(case))
        if found is None:
            raise PeerListsError(
                f"{self.name!r} has no list for user {case.user} with {len(case.history)} events; rank every case of a "
                "kind of evidence or none (fall back to popularity where the model has nothing to say)"
            )
        return found
