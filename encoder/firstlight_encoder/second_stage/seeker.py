"""A newcomer whose shortlist is to be made and put in order. Knows nothing of how."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.second_stage.first_stage import FirstStage
from firstlight_encoder.second_stage.known import Known


def _no_rows() -> NDArray[np.int64]:
    return np.zeros(0, np.int64)


@dataclass(frozen=True)
class Seeker:
    """One newcomer, and what the first stage found for them.

    Attributes:
        known: the newcomer.
        first: what the first stage says of them.
        found: ``(f,)`` int64, its rows, best first; at least one that is allowed and not dropped.
        dropped: ``(m,)`` int64, rows that may not be returned.
        allowed: ``(n,)`` bool, the items that may be returned; None for all.
    """

    known: Known
    first: FirstStage
    found: NDArray[np.int64]
    dropped: NDArray[np.int64] = field(default_factory=_no_rows)
    allowed: NDArray[np.bool_] | None = None
