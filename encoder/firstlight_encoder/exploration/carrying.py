"""Carries what was learnt over one projection to another, such as the next snapshot's.

Of items that both hold, the new features are predicted from the old ones by least squares, x_new ~ x_old N; the bias,
the score and newness are the same in both. The observations count as if they had been made with the predicted
features: gram N' G N, moment N' m, and of a remembered item s N with its count and moment as they are, since these do
not depend on components. What N leaves of x_new is noise to whoever learns over x_new: with a prior N(0, I / l) it has
the variance tr(S) / l per unit of a reward's noise, S its covariance: an observation counts 1 / (1 + tr(S) / l).
Between two projections of one catalogue N is a turn and nothing is left; between spaces that have nothing in common
only the bias, the score, newness and the remembered items carry over. Knows nothing of snapshots.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.exploration.features import OTHERS
from firstlight_encoder.exploration.posterior import Posterior

_FEWEST_A_FEATURE = 4
"""Fewer shared items for a feature than this, and only their mean is known of it."""


@dataclass(frozen=True)
class Carrying:
    """From one kind of features to another.

    Attributes:
        matrix: ``(p_old, p_new)`` float64, N.
        unexplained: tr(S).
    """

    matrix: NDArray[np.float64]
    unexplained: float

    @classmethod
    def fitted(cls, old: NDArray[np.float32], new: NDArray[np.float32], *, crossed: bool, width: int) -> "Carrying":
        """Fitted on ``n`` items that both hold, as both project them.

        Args:
            old: ``(n, own)`` float32.
            new: ``(n, own)`` float32, of another or the same width.
            crossed: whether users are crossed in; each item stands for the user of the next.
            width: of the old projection, if there is no such item.
        """
        known, wanted = _inner(old.reshape(-1, width), crossed), _inner(new, crossed)[:, :-1]
        matrix = np.zeros((known.shape[1] + OTHERS - 1, wanted.shape[1] + OTHERS))
        matrix[-OTHERS:, -OTHERS:] = np.eye(OTHERS)
        if not len(known):
            return cls(matrix, 1.0)
        if len(known) < _FEWEST_A_FEATURE * known.shape[1]:
            known[:, :-1] = 0
        inner, _, rank, _ = np.linalg.lstsq(known, wanted, rcond=None)
        matrix[: known.shape[1], : wanted.shape[1]] = inner
        left = np.square(wanted - known @ inner).sum()
        return cls(matrix, float(left / max(len(known) - rank, 1)))

    def carried(self, posterior: Posterior, *, to: Posterior) -> Posterior:
        """What ``posterior`` has observed, over the features and under the prior of ``to``."""
        weight = 1 / (1 + self.unexplained / to.prior.precision)
        old = posterior.aged(weight)
        return replace(
            old,
            prior=to.prior,
            gram=self.matrix.T @ old.gram @ self.matrix,
            moment=old.moment @ self.matrix,
            fingerprint=to.fingerprint,
            terms=replace(old.terms, sums=old.terms.sums @ self.matrix),
        )


def _inner(places: NDArray[np.float32], crossed: bool) -> NDArray[np.float64]:
    """``(n, p - 2)``: the features up to the bias."""
    parts = [places, places * np.roll(places, 1, axis=0)] if crossed else [places]
    return np.concatenate([*parts, np.ones((len(places), 1))], axis=1, dtype=np.float64)
