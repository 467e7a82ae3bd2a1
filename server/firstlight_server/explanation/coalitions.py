"""Who takes part: the coalitions whose worth must be known to tell what each player is worth, and how that follows.

Shapley values (Shapley 1953): a player's share is what it adds, averaged over all orders in which players may come.
Every coalition is asked for where these are few enough, else some (``kernel_shap``). Knows nothing of items, events or
scores.
"""

from dataclasses import dataclass
from functools import lru_cache
from math import comb

import numpy as np
from numpy.typing import NDArray

from firstlight_server.explanation.kernel_shap import chosen, shares_from


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
def coalitions(players: int, *, most: int) -> Coalitions:
    """At most ``most`` coalitions, or two for each of ``players`` and two if that is more; the same ones for as many.

    All there are, 2 ** players, where these are not more.
    """
    return _every(players) if 1 << players <= most else _sampled(players, most=max(most, 2 * players + 2))


def _every(players: int) -> Coalitions:
    numbers: NDArray[np.int64] = np.arange(1 << players)
    held = (numbers[:, None] >> np.arange(players)) & 1 > 0
    sizes = held.sum(axis=1)
    # In how many of all orders just so many others come first, and just these.
    joins = np.array([1 / (players * comb(players - 1, size)) for size in range(players)] or [0.0])
    joined: NDArray[np.float64] = joins.take(sizes - 1, mode="clip")
    absent: NDArray[np.float64] = joins.take(sizes, mode="clip")
    return Coalitions(held, np.where(held.T, joined, np.negative(absent)), "shapley-exact")


def _sampled(players: int, *, most: int) -> Coalitions:
    weighted = chosen(players, most=most - 2)
    nobody, everybody = np.zeros(players, np.bool_), np.ones(players, np.bool_)
    held = np.stack([nobody, *(one for one, _ in weighted), everybody])
    return Coalitions(held, shares_from(weighted), "shapley-sampled")
