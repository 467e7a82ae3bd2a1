"""What items that few took borrow from the items most like them, and new items all they have.

Shrinkage toward what texts expect: a borrower of n users counts what it borrows with ``s / (n + s)``. Knows nothing of
what is lent.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from firstlight_encoder.training.second_stage.like_items import LikeItems

LIKE = 10
"""How many similar items lend to an item."""

LENT = 20.0
"""How many users of like items are worth as much as one's own."""

LEAST_SHARE = 0.1
"""Borrowers whose loan counts for less are left as they are."""

SHARPNESS = 4.0
"""Power of the cosine by which lenders count; the users who took them count by their root."""

_TINY = 1e-9


@dataclass(frozen=True)
class Loans:
    """Who borrows from whom, among ``n`` items.

    Attributes:
        items: ``(m,)`` int64, the borrowers' catalogue rows, ascending.
        shares: ``(m,)`` float32, what a borrower's loan counts in all.
        weights: ``(m, n)`` float32, sparse, what it counts from each lender; a row sums to its share, or to 0.
    """

    items: NDArray[np.int64]
    shares: NDArray[np.float32]
    weights: csr_array

    @classmethod
    def of(cls, vectors: NDArray[np.float32], *, taken: NDArray[np.int64]) -> "Loans":
        """The loans of items that few took.

        Args:
            vectors: ``(n, d)`` float32 unit rows.
            taken: ``(n,)`` int64, how often each item was taken.
        """
        share = LENT / (taken + LENT)
        borrowers, lenders = np.flatnonzero(share >= LEAST_SHARE), np.flatnonzero(taken > 0)
        if not len(borrowers) or not len(lenders):
            return cls.none(len(taken))
        like = LikeItems.of(vectors, items=borrowers, among=lenders, count=LIKE)
        weights = np.maximum(like.cosines, 0) ** SHARPNESS * np.sqrt(taken[like.ids])
        weights *= (share[borrowers] / np.maximum(weights.sum(axis=1), _TINY))[:, None]
        places = (np.repeat(np.arange(len(borrowers)), like.ids.shape[1]), np.maximum(like.ids, 0).ravel())
        matrix = csr_array((weights.astype(np.float32).ravel(), places), shape=(len(borrowers), len(taken)))
        return cls(borrowers, share[borrowers].astype(np.float32), matrix)

    @classmethod
    def none(cls, items: int) -> "Loans":
        """Nobody borrows, of so many ``items``."""
        nobody, nothing = np.zeros(0, np.int64), np.zeros(0, np.float32)
        return cls(nobody, nothing, csr_array((nothing, (nobody, nobody)), shape=(0, items)))
