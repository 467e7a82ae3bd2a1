"""The history events of several cases, laid end to end, each with how much it counts.

Knows nothing of what a model does with them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.cases import Case


@dataclass(frozen=True)
class HistoryEvents:
    """Events of ``case_count`` cases, ``e`` in all.

    Attributes:
        case_count: how many cases, those without events included.
        cases: ``(e,)`` int64, whose event it is, ascending.
        items: ``(e,)`` int64 catalogue rows.
        weights: ``(e,)`` float32, the event's own weight times ``decay`` for every newer event of the case.
    """

    case_count: int
    cases: NDArray[np.int64]
    items: NDArray[np.int64]
    weights: NDArray[np.float32]

    @classmethod
    def of(cls, cases: Sequence[Case], *, decay: float) -> "HistoryEvents":
        """The events of ``cases`` (at least one), each counting ``decay`` of the next newer one of its case."""
        lengths = np.array([len(case.history) for case in cases], np.int64)
        newer: NDArray[np.int64] = np.repeat(np.cumsum(lengths), lengths) - np.arange(int(lengths.sum())) - 1
        weights = np.concatenate([case.weights for case in cases]) * np.power(decay, newer)
        return cls(
            len(cases),
            np.repeat(np.arange(len(cases)), lengths),
            np.concatenate([case.history for case in cases]).astype(np.int64),
            weights.astype(np.float32),
        )
