"""What compression costs: NDCG@10 on held-out newcomers, the full build's and the compressed one's, case by case.

Knows nothing of what was compressed.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from firstlight_indexer.errors import CompressionRefused


@dataclass(frozen=True)
class Price:
    """A loss, measured.

    Attributes:
        full: mean NDCG@10 of the full build.
        compressed: of the compressed one.
        error: standard error of their difference, over cases.
        cases: how many were judged.
    """

    full: float
    compressed: float
    error: float
    cases: int

    @classmethod
    def of(cls, full: NDArray[np.float64], compressed: NDArray[np.float64]) -> "Price":
        """Measured on the same cases in the same order, ``(c,)`` float64 both, c > 0."""
        difference = full - compressed
        return cls(
            full=float(full.mean()),
            compressed=float(compressed.mean()),
            error=float(difference.std()) / math.sqrt(len(difference)),
            cases=len(difference),
        )

    @property
    def loss(self) -> float:
        """The share of the full build's NDCG that is lost; negative where something is gained."""
        return (self.full - self.compressed) / self.full if self.full else 0.0

    def require_at_most(self, allowed: float) -> None:
        """Lets pass what loses at most the share ``allowed``.

        Raises:
            CompressionRefused: if more is lost.
        """
        if self.loss > allowed:
            spread = self.error / self.full
            raise CompressionRefused(
                f"the compressed build reaches NDCG@10 {self.compressed:.4f} on {self.cases} held-out newcomers, the "
                f"full one {self.full:.4f}: {self.loss:.1%} less (standard error {spread:.1%}), and [compress] "
                f"allow_loss = {allowed} allows {allowed:.1%}; keep more (depth, heads), train longer (steps), choose "
                "another [index] kind, or raise allow_loss"
            )
