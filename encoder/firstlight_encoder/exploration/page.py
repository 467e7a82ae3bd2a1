"""A page as a policy filled it. Knows nothing of policies."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Page:
    """Which candidates are shown, first place first.

    Attributes:
        chosen: ``(k,)`` int64, distinct places among the candidates.
        propensities: ``(k,)`` float64 in (0, 1]: how probable it was that each would be shown in its place, given the
            places above it and the policy's own draws.
        explored: ``(k,)`` bool, whether it is not what the ranking had next.
    """

    chosen: NDArray[np.int64]
    propensities: NDArray[np.float64]
    explored: NDArray[np.bool_]
