"""What the first stage says of one newcomer: the query, and how far declarations lift the items that carry them.

Knows nothing of indexes or of how the query came about.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.cases import Case
from firstlight_encoder.item_lift import ItemLift
from firstlight_encoder.label_shares import LabelShares
from firstlight_encoder.space import Space
from firstlight_encoder.tokens import TokenSequence


@dataclass(frozen=True)
class FirstStage:
    """Scores of items for one newcomer.

    Attributes:
        query: ``(d + 1,)`` float32.
        lift: what declarations add to the scores of items.
    """

    query: NDArray[np.float32]
    lift: ItemLift = field(default_factory=ItemLift)

    def scores(self, rows: NDArray[np.int64], vectors: NDArray[np.float32]) -> NDArray[np.float32]:
        """The scores of ``rows`` ``(c,)`` with their ``vectors`` ``(c, d + 1)``, ``(c,)`` float32."""
        return np.asarray(vectors @ self.query + self.lift.at(rows), np.float32)


def first_stages(
    space: Space,
    cases: Sequence[Case],
    tokens: Sequence[TokenSequence],
    *,
    shares: LabelShares,
    moment: int = -1,
) -> list[FirstStage]:
    """One for each case, as a server would have it.

    Args:
        space: of one interest a user.
        cases: what is known.
        tokens: the same, as the tower reads it.
        shares: of the labels that the cases declare.
        moment: which of the shares' tables holds.
    """
    return [
        _of_case(space, case, known, query, shares, moment)
        for case, known, query in zip(cases, tokens, space.queries(tokens), strict=True)
    ]


def _of_case(
    space: Space, case: Case, known: TokenSequence, query: NDArray[np.float32], shares: LabelShares, moment: int
) -> FirstStage:
    if not case.said:
        return FirstStage(query)
    named = shares.lifted(case.said, moment=moment)
    return FirstStage(query, named.item_lift(space.odds(known), weight=float(query[-1])))
