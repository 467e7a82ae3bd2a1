"""What one shown item teaches an arm. Knows nothing of logs or posteriors."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Lesson:
    """One observation, or that one learnt already was worth more.

    Attributes:
        features: ``(p,)`` float32 of the shown item.
        reward: in 0..1; of a correction what is to be added.
        propensity: in (0, 1].
        at_s: when the item was shown, in seconds since 1970 UTC.
        item: its id where it is remembered, else empty.
        corrects: whether the observation was learnt already.
    """

    features: NDArray[np.float32]
    reward: float
    propensity: float
    at_s: float
    item: str = ""
    corrects: bool = False


Lessons = Mapping[tuple[str, str], Sequence[Lesson]]
"""By arm and fingerprint of the features."""
