"""One newcomer's shortlist with the features of all that is on it: what rankers learn from.

Knows nothing of rankers.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.second_stage.descending import descending
from firstlight_encoder.second_stage.features import features
from firstlight_encoder.second_stage.weighed import Column, Weighed


@dataclass(frozen=True)
class Candidates:
    """A shortlist with its features.

    Attributes:
        rows: ``(c,)`` int64 catalogue rows, ascending.
        scores: ``(c,)`` float32, the first stage's.
        log_mixture: ``(c,)`` float32.
        sources: ``(len(SOURCES), c)`` float32, of ``source_probabilities``.
        matrix: ``(c, len(FEATURES))`` float32, finite.
    """

    rows: NDArray[np.int64]
    scores: Column
    log_mixture: Column
    sources: NDArray[np.float32]
    matrix: NDArray[np.float32]

    @property
    def by_mixture(self) -> NDArray[np.int64]:
        """``(c,)`` int64: the candidates' places, the most probable by the mixture first."""
        return descending(self.log_mixture)


def described(weighed: Weighed) -> list[Candidates]:
    """The candidates of each newcomer with all features."""
    matrix = features(weighed, np.arange(len(weighed.rows)))
    # Copies, or whoever keeps one newcomer's would keep all the others' as well.
    return [
        Candidates(
            weighed.rows[own],
            weighed.scores[own],
            weighed.log_mixture[own],
            weighed.sources[:, own].copy(),
            matrix[own].copy(),
        )
        for own in weighed.lists.slices
    ]
