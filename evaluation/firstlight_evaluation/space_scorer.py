"""The trained space as a model of the curve: the very scores a server's exact search would rank by.

Knows nothing of training or of index approximations.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.cases import Case
from firstlight_encoder.space import Space
from firstlight_encoder.tokens import TokenSequence, TokenType
from firstlight_evaluation.distinct_rows import DistinctRows


class SpaceScorer:
    """Scores every item by the inner product of the user's query and the item's row ``[v_i ; log p(i)]``."""

    def __init__(
        self,
        space: Space,
        *,
        item_rows: NDArray[np.float32],
        label_rows: NDArray[np.float32],
        name: str = "firstlight",
    ) -> None:
        """Takes the space with its items and labels.

        Args:
            space: trained on the training users of the split.
            item_rows: ``(n, space.dimension + 1)`` float32, the projected items with their log prior.
            label_rows: ``(labels, space.dimension)`` float32, the projected prompts of the labels.
            name: what reports call the model.
        """
        self.name = name
        self._space = space
        self._items = DistinctRows(item_rows)
        self._labels = label_rows

    def score(self, cases: Sequence[Case]) -> NDArray[np.float32]:
        """``(len(cases), n)`` float32."""
        return self._items.inner_products(self._space.queries([self._tokens(case) for case in cases]))

    def _tokens(self, case: Case) -> TokenSequence:
        events = self._items.take(case.history)[:, : self._space.dimension]
        declared = self._labels[list(case.declared)]
        asked = len(declared)
        return TokenSequence(
            np.concatenate([events, declared]),
            np.concatenate([case.types, np.full(asked, int(TokenType.DECLARED), np.int64)]),
            np.concatenate([case.gaps_h, np.zeros(asked, np.float32)]),
            np.concatenate([case.weights, np.ones(asked, np.float32)]),
        )
