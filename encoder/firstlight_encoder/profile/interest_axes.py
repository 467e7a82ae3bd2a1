"""Directions in which users differ from one another more than from themselves, and how likely events are one user's.

A two-covariance model, as in telling speakers apart (Ioffe, 2006, "Probabilistic linear discriminant analysis";
Bruemmer and de Villiers, 2010, "The speaker partitioning problem"): a user is a point, normal around the middle; their
events are normal around it. Knows nothing of where events may have shifted.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class InterestAxes:
    """Fitted to the users of one snapshot.

    Attributes:
        centre: ``(d,)`` float32, what all items of events have in common; left out.
        directions: ``(d, a)`` float32, scaled so that one user's events spread by 1 along each, independently.
        spreads: ``(a,)`` float64, positive: the variance of users along each.
    """

    centre: NDArray[np.float32]
    directions: NDArray[np.float32]
    spreads: NDArray[np.float64]

    def places(self, vectors: NDArray[np.float32]) -> NDArray[np.float32]:
        """``(..., n, a)`` float32: where items with unit rows ``vectors``, ``(..., n, d)``, lie along them."""
        return centred(vectors, self.centre) @ self.directions

    def telling(self, places: NDArray[np.float32]) -> NDArray[np.float32]:
        """``(..., n, a)`` float32 unit rows: the same, directions that tell users apart counting more."""
        weighed = places * np.sqrt(self.spreads / (1 + self.spreads)).astype(np.float32)
        unit: NDArray[np.float32] = weighed / (
            np.sqrt(np.einsum("...na,...na->...n", weighed, weighed))[..., None] + 1e-9
        )
        return unit

    def two_users(self, places: NDArray[np.float32], before: NDArray[np.int64]) -> NDArray[np.float64]:
        """``(..., c)`` float64: log likelihood ratio of two users, who meet at each of ``before``, against one.

        Args:
            places: ``(..., n, a)``, as above, oldest first.
            before: ``(c,)`` int64 in 1..n - 1, how many events would be the first user's.
        """
        sums, count = np.cumsum(places, axis=-2, dtype=np.float64), places.shape[-2]
        first, whole = sums[..., before - 1, :], sums[..., -1:, :]
        return (
            self._marginal(before, first)
            + self._marginal(count - before, whole - first)
            - self._marginal(np.array([count]), whole)
        )

    def _marginal(self, counts: NDArray[np.int64], sums: NDArray[np.float64]) -> NDArray[np.float64]:
        """What the log likelihood of ``counts`` events owes to being one user's."""
        grown = 1 + np.outer(counts, self.spreads)
        likelihood: NDArray[np.float64] = 0.5 * (sums**2 * self.spreads / grown - np.log(grown)).sum(-1)
        return likelihood


def centred(vectors: NDArray[np.float32], centre: NDArray[np.float32]) -> NDArray[np.float32]:
    """``(..., n, d)`` float32 unit rows without what all have in common."""
    own = vectors - centre
    own /= np.sqrt(np.einsum("...nd,...nd->...n", own, own))[..., None] + 1e-9
    return own
