"""Who takes part: the coalitions whose worth must be known to tell what each player is worth, and how that follows.

Shapley values (Shapley 1953): a player's share is what it adds, averaged over all orders in which players may come. Up
to ``EXACT`` players every coalition is asked for, beyond about ``SAMPLED`` (``kernel_shap``). Knows nothing of items,
events or scores.
"""

from dataclasses import dataclass
from functools import lru_cache
from math import comb

import numpy as np
from numpy.typing import NDArray

from firstlight_server.explanation.kernel_shap import chosen, shares_from

EXACT = 8
"""Up to so many players all coalitions are asked for, 256 at most."""

SAMPLED = 256
"""So many coalitions are asked for where there are more players, or four for each of them if that is more."""


@dataclass(frozen=True)
class Coalitions:
    """``s`` coalitions of ``n`` players.

    Attributes:
        held: ``(s, n)`` bool, who takes part; nobody does in the first, everybody in the last.
        weights: ``(n, s)`` float64, of each coalition's worth in each player's share.
        method: how the shares are found, as replies name it.
    """

    held: NDArray[np.bool_]
    weights: NDArray[np.float64]
    method: str

    def shares(self, worth: NDArray[np.floating]) -> NDArray[np.float64]:
        """Each player's share, ``(n, k)`` float64, of the ``worth`` ``(s, k)`` of the coalitions in ``k`` games.

        The shares of a game and the worth of nobody add up to the worth of everybody.
        """
        shares: NDArray[np.float64] = self.weights @ worth.astype(np.float64)
        return shares


@lru_cache(maxsize=256)
def coalitions(players: int) -> Coalitions:
    """The coalitions that ``players`` players need; always the same ones for as many."""
    return _every(players) if players <= EXACT else _sampled(players)


def _every(players: int) -> Coalitions:
    numbers: NDArray[np.int64] = np.arange(1 << players)
    held = (numbers[:, None] >> np.arange(players)) & 1 > 0
    sizes = held.sum(axis=1)
    # In how many of all orders just so many others come first, and just these.
    joins = np.array([1 / (players * comb(players - 1, size)) for size in range(players)] or [0.0])
    joined: NDArray[np.float64] = joins.take(sizes - 1, mode="clip")
    absent: NDArray[np.float64] = joins.take(sizes, mode="clip")
    return Coalitions(held, np.where(held.T, joined, np.negative(absent)), "shapley-exact")


def _sampled(players: int) -> Coalitions:
    weighted = chosen(players, most=max(SAMPLED, 4 * players))
    nobody, everybody = np.zeros(players, np.bool_), np.ones(players, np.bool_)
    held = np.stack([nobody, *(one for one, _ in weighted), everybody])
    return Coalitions(held, shares_from(weighted), "shapley-sampled")
