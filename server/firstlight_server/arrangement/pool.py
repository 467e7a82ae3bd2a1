"""The candidates that a page is arranged from, and in which units rules move them. Knows nothing of rules."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from firstlight_server.ranking import Ranking

POOL = 60
"""At least so many candidates, and twice the page, where so many are admitted: as many as the first stage offers."""

DEEP_POOL = 1_000
"""So many where caps leave fewer than a page even of the whole shortlist."""

_FEWEST = 10
"""The spread is that of ten items at least, for one of two says nothing."""


def pool_size(page_size: int) -> int:
    """How many candidates a page of ``page_size`` is arranged from."""
    return max(POOL, 2 * page_size)


@dataclass(frozen=True)
class Pool:
    """The best of a ranking.

    Attributes:
        ranking: the ``c`` candidates, best first, with the scores that they were ranked by.
        page_size: how many of them are wanted.
    """

    ranking: Ranking
    page_size: int

    @cached_property
    def scores(self) -> NDArray[np.float64]:
        """``(c,)`` float64."""
        return self.ranking.scores.astype(np.float64)

    @cached_property
    def floor(self) -> float:
        """The score of the last item of the page as it was ranked."""
        return float(self.scores[: max(self.page_size, _FEWEST)][-1]) if len(self.scores) else 0.0

    @cached_property
    def spread(self) -> float:
        """How far the first item of the page as it was ranked lies above the last; 1 where all are level."""
        return (float(self.scores[0]) - self.floor if len(self.scores) else 0.0) or 1.0

    def with_rows(self, rows: NDArray[np.int64]) -> "Pool":
        """The same with ``rows`` ``(m,)`` int64 that are not in it, as low as the last."""
        ranking = self.ranking
        lowest = np.full(len(rows), ranking.scores[-1] if len(ranking.scores) else 0, np.float32)
        longer = replace(
            ranking,
            rows=np.concatenate([ranking.rows, rows]),
            scores=np.concatenate([ranking.scores, lowest]),
        )
        return Pool(longer, self.page_size)
