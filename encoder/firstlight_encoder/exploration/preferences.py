"""How likely each candidate is preferred among those that remain: closed forms. Knows nothing of users or slots."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Shares = NDArray[np.float64]


class Preferences(Protocol):
    """One draw of a policy's mind over one set of candidates; the same for every place of a page."""

    def shares(self, eligible: NDArray[np.bool_]) -> Shares:
        """How probable each is, ``(n,)`` float64, summing to 1 over ``eligible`` ``(n,)`` bool, of which one is set."""
        ...


@dataclass(frozen=True)
class First:
    """Always the first that remains."""

    def shares(self, eligible: NDArray[np.bool_]) -> Shares:
        """All of the probability on the first eligible one."""
        shares = np.zeros(len(eligible))
        shares[eligible.argmax()] = 1
        return shares


@dataclass(frozen=True)
class Votes:
    """Each of several scorings votes for its best; of equal ones for the first.

    Attributes:
        scores: ``(s, n)`` float, one scoring a row.
    """

    scores: NDArray[np.floating]

    def shares(self, eligible: NDArray[np.bool_]) -> Shares:
        """The share of votes."""
        best = np.where(eligible, self.scores, -np.inf).argmax(axis=1)
        votes: Shares = np.bincount(best, minlength=len(eligible)) / len(best)
        return votes


@dataclass(frozen=True)
class Boltzmann:
    """In proportion to exp(logit): Plackett-Luce over a page.

    Attributes:
        logits: ``(n,)`` float, scores over the temperature.
    """

    logits: NDArray[np.floating]

    def shares(self, eligible: NDArray[np.bool_]) -> Shares:
        """The softmax over those eligible."""
        logits = np.where(eligible, self.logits, -np.inf)
        weights = np.exp(logits - logits.max(), dtype=np.float64)
        shares: Shares = weights / weights.sum()
        return shares
