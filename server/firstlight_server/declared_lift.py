"""What a user's declarations add to the scores of the items they name. Knows nothing of searching or of requests."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.label_shares import DeclaredItems
from firstlight_encoder.second_stage.first_stage import FirstStage
from firstlight_encoder.space import Space
from firstlight_encoder.tokens import TokenSequence
from firstlight_server.named_items import NamedItems


@dataclass(frozen=True)
class Named:
    """One declaration: its token's place, its weight (negative: not wanted), and the items it names."""

    position: int
    weight: float
    items: NamedItems


def lifted(query: NDArray[np.float32], named: Sequence[Named], *, space: Space, tokens: TokenSequence) -> FirstStage:
    """``query`` ``(d + 1,)``, which ``space`` made out of ``tokens``, with what the declarations add to it."""
    if not named:
        return FirstStage(query)
    items = DeclaredItems.of([(one.items.rows, one.weight, one.items.share) for one in named])
    return FirstStage(query, items.item_lift(space.odds(tokens), weight=float(query[-1])))


def among(named: Sequence[Named], rows: NDArray[np.int64]) -> list[Named]:
    """The same declarations, naming nothing but ``rows``."""
    return [
        replace(one, items=NamedItems(one.items.rows[np.isin(one.items.rows, rows)], one.items.share)) for one in named
    ]
