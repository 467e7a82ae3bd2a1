"""What is believed of candidates' rewards, jointly. Knows nothing of features or of how it was learnt."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Belief:
    """A Gaussian over the rewards of ``n`` candidates: covariance ``shared shared' + diag(own^2)``, per unit of noise.

    Attributes:
        mean: ``(n,)`` float64.
        shared: ``(n, p)`` float64, what is unsure of all items alike.
        own: ``(n,)`` float64, the deviation of what is unsure of one item alone; 0 without a term of its own.
    """

    mean: NDArray[np.float64]
    shared: NDArray[np.float64]
    own: NDArray[np.float64]

    @property
    def deviations(self) -> NDArray[np.float64]:
        """``(n,)`` float64, of each by itself."""
        return np.asarray(np.sqrt(np.square(self.shared).sum(axis=1) + np.square(self.own)), np.float64)

    def drawn(self, draws: int, *, scale: float, generator: np.random.Generator) -> NDArray[np.float64]:
        """``(draws, n)`` float64, rewards drawn jointly, deviations times ``scale``."""
        noise = generator.standard_normal((draws, self.shared.shape[1])) @ self.shared.T
        alone = np.flatnonzero(self.own)
        noise[:, alone] += generator.standard_normal((draws, len(alone))) * self.own[alone]
        return np.asarray(self.mean + scale * noise, np.float64)
