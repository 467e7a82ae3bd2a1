"""Simple forecasts of what is done next: what the user did most, what they did last, what everybody does.

Each is smoothed by what is common, with the share that suits validation users best, so that it is at its strongest.
Knows nothing of what codes stand for.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.training.profile.next_fit import NextCase

Floats = NDArray[np.float64]
SHARES = tuple(np.round(np.arange(0.02, 1.0, 0.04), 2).tolist())


@dataclass(frozen=True)
class Rival:
    """A forecast: ``own`` (a distribution, or zeros where it knows nothing), and ``common`` with ``share``."""

    own: Callable[[NextCase], Floats]
    common: Floats
    share: float

    def probabilities(self, case: NextCase) -> Floats:
        """``(c,)`` float64 summing to 1."""
        own = self.own(case)
        return (1 - self.share) * own + self.share * self.common if own.any() else self.common


def rivals(common: Floats, validation: Sequence[NextCase]) -> dict[str, Rival]:
    """The forecasts, each with the share under which validation users' next steps are likeliest."""
    count = len(common)

    def frequent(case: NextCase) -> Floats:
        return np.bincount(case.codes, minlength=count) / max(1, len(case.codes))

    def last(case: NextCase) -> Floats:
        return np.bincount(case.codes[-1:], minlength=count).astype(np.float64)

    own: Mapping[str, Callable[[NextCase], Floats]] = {"most frequent": frequent, "last": last}
    made = {name: Rival(one, common, _best_share(one, common, validation)) for name, one in own.items()}
    return {**made, "common": Rival(lambda _: np.zeros(count), common, 1.0)}


def _best_share(own: Callable[[NextCase], Floats], common: Floats, validation: Sequence[NextCase]) -> float:
    known = [case for case in validation if len(case.codes)]
    pairs = [(own(case)[case.targets], common[case.targets]) for case in known]

    def loss(share: float) -> float:
        return float(np.mean([-np.log((1 - share) * mine + share * everybody).mean() for mine, everybody in pairs]))

    return min(SHARES, key=loss) if pairs else 1.0
