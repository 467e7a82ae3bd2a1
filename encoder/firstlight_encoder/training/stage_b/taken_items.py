"""Who took what: which of a batch's followers are no negatives for a pair. Knows nothing of texts or losses."""

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.interactions import Interactions
from firstlight_encoder.training.stage_b.followers import Pairs


class TakenItems:
    """The wanted items of every user, to look up."""

    def __init__(self, log: Interactions) -> None:
        self._item_count = log.item_count
        self._keys = np.unique(log.users[log.wanted] * log.item_count + log.items[log.wanted])

    def false_negatives(self, pairs: Pairs, looks: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Which followers must not count against which pair.

        Args:
            pairs: the batch, of ``b`` pairs.
            looks: ``(item_count,)`` int64, equal for items that the encoder cannot tell apart.

        Returns:
            ``(b, b)`` bool: follower j is taken by user i, or looks like item i or follower i; never j = i.
        """
        keys = pairs.users[:, None] * self._item_count + pairs.followers[None, :]
        place = np.minimum(np.searchsorted(self._keys, keys), len(self._keys) - 1)
        seen = looks[pairs.followers][None, :]
        own, before = looks[pairs.followers][:, None], looks[pairs.items][:, None]
        masked: NDArray[np.bool_] = (self._keys[place] == keys) | (seen == own) | (seen == before)
        np.fill_diagonal(masked, False)
        return masked
