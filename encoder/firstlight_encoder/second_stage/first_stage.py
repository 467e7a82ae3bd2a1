"""What the first stage says of one newcomer: the query, and how far declarations lift the items that carry them.

Knows nothing of indexes or of how the query came about.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.cases import Case
from firstlight_encoder.label_shares import LabelShares
from firstlight_encoder.space import Space
from firstlight_encoder.tokens import TokenSequence


def _no_rows() -> NDArray[np.int64]:
    return np.zeros(0, np.int64)


def _no_lift() -> NDArray[np.float32]:
    return np.zeros(0, np.float32)


@dataclass(frozen=True)
class FirstStage:
    """Scores of items for one newcomer.

    Attributes:
        query: ``(d + 1,)`` float32.
        lifted: ``(r,)`` int64 catalogue rows, ascending, that declarations speak of.
        lift: ``(r,)`` float32, added to their scores.
    """

    query: NDArray[np.float32]
    lifted: NDArray[np.int64] = field(default_factory=_no_rows)
    lift: NDArray[np.float32] = field(default_factory=_no_lift)

    def lifts(self, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """``(c,)`` float32: what declarations add to the scores of ``rows`` ``(c,)``."""
        if not len(self.lifted):
            return np.zeros(len(rows), np.float32)
        place = np.minimum(np.searchsorted(self.lifted, rows), len(self.lifted) - 1)
        return np.where(self.lifted[place] == rows, self.lift[place], np.float32(0))


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
    if not case.declared:
        return FirstStage(query)
    named = shares.lifted(case.declared, [1.0] * len(case.declared), moment=moment)
    return FirstStage(query, named.rows, query[-1] * named.lift(space.odds(known)))
