"""Items in few dimensions: the principal components of their vectors. Knows nothing of users or rewards."""

import hashlib
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.errors import ExplorationError

DIMENSION = 16
_MOST_ROWS = 20_000
"""Components are found from so many items at most, evenly spread over the catalogue."""


@dataclass(frozen=True)
class Projection:
    """Takes vectors to ``p`` numbers each, of which the squares sum to 1 on average.

    Attributes:
        mean: ``(d,)`` float32, subtracted first.
        components: ``(d, p)`` float32.
    """

    mean: NDArray[np.float32]
    components: NDArray[np.float32]

    @classmethod
    def fit(cls, vectors: NDArray[np.float32], *, dimension: int = DIMENSION) -> "Projection":
        """The ``dimension`` principal components of ``vectors`` ``(n, d)``; fewer where d is.

        Raises:
            ExplorationError: there are no vectors, or no dimensions.
        """
        if not len(vectors) or dimension < 1:
            raise ExplorationError(f"a projection of {len(vectors)} vectors to {dimension} dimensions is none")
        some = np.asarray(vectors[:: -(-len(vectors) // _MOST_ROWS)], np.float64)
        mean = some.mean(axis=0)
        centred = some - mean
        variances, directions = np.linalg.eigh(centred.T @ centred / len(some))
        best = directions[:, ::-1][:, :dimension]
        best = best * np.where(best[np.abs(best).argmax(axis=0), np.arange(best.shape[1])] < 0, -1, 1)
        scale = max(float(variances[::-1][:dimension].clip(0).sum()), 1e-12) ** -0.5
        return cls(mean.astype(np.float32), (best * scale).astype(np.float32))

    @property
    def dimension(self) -> int:
        """How many numbers it leaves."""
        return int(self.components.shape[1])

    @cached_property
    def fingerprint(self) -> str:
        """Hex digest of both arrays: what a posterior over them is bound to."""
        digest = hashlib.sha256(np.ascontiguousarray(self.mean).tobytes())
        digest.update(np.ascontiguousarray(self.components).tobytes())
        return digest.hexdigest()

    def project(self, vectors: NDArray[np.float32]) -> NDArray[np.float32]:
        """``(n, d)`` float32 -> ``(n, p)`` float32."""
        return np.asarray((vectors - self.mean) @ self.components, np.float32)
