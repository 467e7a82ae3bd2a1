"""How far back events count: they fade with every later event and with time.

Knows nothing of what the events are about.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_DAY_H = 24.0


@dataclass(frozen=True)
class Horizon:
    """Exponential fading, in events and in hours at once.

    Attributes:
        half_events: after so many later events an event counts half.
        half_h: after so many hours it counts half.
    """

    half_events: float
    half_h: float

    def fade(self, gaps_h: NDArray[np.floating]) -> NDArray[np.float64]:
        """``(n,)`` float64 in (0, 1]: what each event still counts.

        Args:
            gaps_h: ``(n,)``, hours before now, oldest first, at least 0; 0 throughout where there are no times.
        """
        later = np.arange(len(gaps_h))[::-1]
        faded: NDArray[np.float64] = np.exp2(-later / self.half_events - np.asarray(gaps_h, np.float64) / self.half_h)
        return faded


LONG = Horizon(half_events=50, half_h=90 * _DAY_H)
"""What a user is interested in, all in all."""

SHORT = Horizon(half_events=5, half_h=7 * _DAY_H)
"""What a user is interested in now."""
