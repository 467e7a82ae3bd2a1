"""The lists that users were shown, kept to see how much of the catalogue a model ever shows.

Knows nothing of models or targets.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Shown:
    """Lists of one model at one point.

    Attributes:
        item_count: size of the catalogue.
        lists: for each run ``(u, length)`` int32 catalogue rows, -1 where a list ends early.
    """

    item_count: int
    lists: tuple[NDArray[np.int32], ...]

    @property
    def coverage(self) -> float:
        """Share of the catalogue that is in anybody's list, averaged over the runs (Ge et al., 2010)."""
        shares = [np.count_nonzero(np.unique(lists) >= 0) / self.item_count for lists in self.lists]
        return float(np.mean(shares))

    def where(self, keep: NDArray[np.bool_]) -> "Shown":
        """The lists of the users at which ``keep`` ``(u,)`` holds."""
        return replace(self, lists=tuple(lists[keep] for lists in self.lists))

    @classmethod
    def union(cls, parts: Sequence["Shown"]) -> "Shown | None":
        """The runs of all ``parts``, which are of one catalogue; None of none."""
        return replace(parts[0], lists=tuple(one for part in parts for one in part.lists)) if parts else None
