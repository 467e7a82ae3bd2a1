"""One newcomer of the export: what is known of them and, for tuning, what they took next.

Knows nothing of files or models.
"""

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

NEGATIVE_TYPES = ("dislike", "remove_from_cart")
"""Events that speak against their item."""

Evidence: TypeAlias = Literal["nothing", "declared", "events"]
"""The kinds of evidence of the exchange; a peer answers every case of a kind or none."""


@dataclass(frozen=True)
class Newcomer:
    """One case.

    Attributes:
        case: its number in its table.
        k: events known.
        declared: whether the case is one of declared labels.
        history: ``(k,)`` int64 rows, oldest first; never to be recommended.
        liked: ``(l,)`` int64, the rows of the history that speak for their item, oldest first.
        labels: ``(m,)`` int64, the declared labels.
        targets: int64 rows to be found; empty for a test case.
        tuning: whether options are chosen by it.
    """

    case: int
    k: int
    declared: bool
    history: NDArray[np.int64]
    liked: NDArray[np.int64]
    labels: NDArray[np.int64]
    targets: NDArray[np.int64]
    tuning: bool = False

    @property
    def evidence(self) -> Evidence:
        """What kind of thing is known."""
        if self.k:
            return "events"
        return "declared" if self.declared else "nothing"


def liked_rows(history: NDArray[np.int64], *, types: list[str], weights: list[float]) -> NDArray[np.int64]:
    """The rows of ``history`` ``(k,)`` whose event is neither of a negative type nor of a weight of 0 or less."""
    keep = [kind not in NEGATIVE_TYPES and weight > 0 for kind, weight in zip(types, weights, strict=True)]
    return history[np.array(keep, np.bool_)]
