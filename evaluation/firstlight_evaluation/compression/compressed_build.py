"""One build of the report: something smaller than the full build, or the full build itself.

Knows nothing of how it was made or what it costs.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.cases import Case
from firstlight_indexer.served_space import ServedSpace


class Part(Enum):
    """What of a build is made smaller, and so beside what it is measured."""

    ENCODER = "text encoder"
    INDEX = "index"


@dataclass(frozen=True, kw_only=True)
class CompressedBuild:
    """One build.

    Attributes:
        name: what tables call it.
        part: what is smaller.
        served: what answers.
        size_bytes: of the file that servers map.
        call: the work that is timed: one short text encoded, or one query searched.
        closeness: to the full build: mean cosine of the vectors, or recall@10.
    """

    name: str
    part: Part
    served: ServedSpace
    size_bytes: int
    call: Callable[[int], object]
    closeness: float


class ServedScorer:
    """A build as a model of the curve: what its search does not return has no chance."""

    _NEVER = np.float32(-1e30)

    def __init__(self, build: CompressedBuild) -> None:
        self.name = build.name
        self._served = build.served

    def score(self, cases: Sequence[Case]) -> NDArray[np.float32]:
        """``(len(cases), n)`` float32."""
        scores = np.full((len(cases), self._served.index.count), self._NEVER, np.float32)
        for row, ranking in enumerate(self._served.rank(cases)):
            scores[row, ranking.rows] = ranking.scores
        return scores
