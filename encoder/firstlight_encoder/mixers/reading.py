"""Which tokens a mixer reads, and how old they are. Knows nothing of their states."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class Reading(NamedTuple):
    """What a mixer may look at.

    Attributes:
        reads: ``(b, n)`` bool, the tokens that speak for something; padding never does.
        ages: ``(b, n)`` int64, of ``token_ages``.
    """

    reads: NDArray[np.bool_]
    ages: NDArray[np.int64]
