"""Models whose worth is known, to test the judge with."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.cases import Case


class Oracle:
    """Knows the targets, as far as its noise lets it."""

    def __init__(self, item_count: int, *, name: str = "oracle", noise: float = 0.0, seed: int = 0) -> None:
        self.name = name
        self._item_count = item_count
        self._noise = noise
        self._random = np.random.default_rng(seed)

    def score(self, cases: Sequence[Case]) -> NDArray[np.float32]:
        scores = self._random.random((len(cases), self._item_count)) * self._noise
        for row, case in zip(scores, cases, strict=True):
            row[case.targets] += 1.0
        return scores.astype(np.float32)


class Constant:
    """Gives every item the same score, or the scores it was told."""

    name = "constant"

    def __init__(self, scores: Sequence[float]) -> None:
        self._scores = np.array(scores, np.float32)

    def score(self, cases: Sequence[Case]) -> NDArray[np.float32]:
        return np.broadcast_to(self._scores, (len(cases), len(self._scores)))
