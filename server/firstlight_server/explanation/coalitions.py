"""Who takes part: the coalitions whose worth must be known to tell what each player is worth, and how that follows.

Shapley values (Shapley 1953): a player's share is what it adds, averaged over all orders in which players may come. Up
to ``EXACT`` players every coalition is asked for. Beyond, orders are drawn, each with its reverse, which leaves every
share unbiased and their sum exact (antithetic: Mitchell, Cooper, Frank and Holmes 2022, "Sampling Permutations for
Shapley Value Estimation"). Knows nothing of items, events or scores.
"""

from dataclasses import dataclass
from functools import lru_cache
from math import comb

import numpy as np
from numpy.typing import NDArray

EXACT = 8
"""Up to so many players all coalitions are asked for, 256 at most."""

SAMPLED = 256
"""About so many coalitions are asked for where there are more players."""

_SEED = 0


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
    weights: NDArray[np.float64] = np.where(held.T, joins.take(sizes - 1), -joins.take(sizes, mode="clip"))
    return Coalitions(held, weights, "shapley-exact")


def _sampled(players: int) -> Coalitions:
    orders = _orders(players)
    steps, last = players - 1, 1 + len(orders) * (players - 1)
    held, weights = np.zeros((last + 1, players), np.bool_), np.zeros((players, last + 1))
    held[last] = True
    for number, order in enumerate(orders):
        places = [0, *range(1 + number * steps, 1 + (number + 1) * steps), last]
        for size, player in enumerate(order):
            held[places[1 + size : -1], player] = True
            weights[player, places[size + 1]] += 1 / len(orders)
            weights[player, places[size]] -= 1 / len(orders)
    return Coalitions(held, weights, "shapley-sampled")


def _orders(players: int) -> list[list[int]]:
    """Orders to come in, each beside its reverse."""
    random = np.random.default_rng(_SEED)
    pairs = max(1, SAMPLED // (2 * (players - 1)))
    drawn: list[list[int]] = [random.permutation(players).tolist() for _ in range(pairs)]
    return [order for one in drawn for order in (one, one[::-1])]
