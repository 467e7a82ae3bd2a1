"""What a user's declarations add to the scores of the items they name. Knows nothing of searching or of requests."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.label_shares import DeclaredItems
from firstlight_encoder.space import Space
from firstlight_encoder.tokens import TokenSequence
from firstlight_server.named_items import NamedItems


@dataclass(frozen=True)
class Named:
    """One declaration: its token's place, its weight (negative: not wanted), and the items it names."""

    position: int
    weight: float
    items: NamedItems


@dataclass(frozen=True)
class DeclaredLift:
    """Score added to items.

    Attributes:
        rows: ``(r,)`` int64 distinct item rows, ascending; all others get nothing.
        values: ``(r,)`` float32 score units.
    """

    rows: NDArray[np.int64]
    values: NDArray[np.float32]

    @classmethod
    def of(
        cls, named: Sequence[Named], *, space: Space, tokens: TokenSequence, query: NDArray[np.float32]
    ) -> "DeclaredLift":
        """The lift beside ``query`` ``(d + 1,)``, which ``space`` made out of ``tokens``."""
        found = DeclaredItems.of([(one.items.rows, one.weight, one.items.share) for one in named])
        return cls(found.rows, np.asarray(query[-1] * found.lift(space.odds(tokens)), np.float32))

    def at(self, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """What ``rows`` ``(k,)`` get, ``(k,)`` float32."""
        if not len(self.rows):
            return np.zeros(len(rows), np.float32)
        place = np.minimum(np.searchsorted(self.rows, rows), len(self.rows) - 1)
        return np.where(self.rows[place] == rows, self.values[place], np.float32(0))


def among(named: Sequence[Named], rows: NDArray[np.int64]) -> list[Named]:
    """The same declarations, naming nothing but ``rows``."""
    return [
        replace(one, items=NamedItems(one.items.rows[np.isin(one.items.rows, rows)], one.items.share)) for one in named
    ]
