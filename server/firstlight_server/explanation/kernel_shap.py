"""Shapley values from some of the coalitions: those of the weighted regression that they solve.

Shapley values are the linear game that is nearest to a game, coalitions weighing by the Shapley kernel (Charnes et al.
1988; Lundberg and Lee 2017, "A Unified Approach to Interpreting Model Predictions"). All coalitions of the smallest
sizes, and their complements, are taken while they are few; of the others some are drawn, each with its complement
(Covert and Lee 2021, "Improving KernelSHAP"), so that pairs that interact cost no accuracy. Knows nothing of items.
"""

from collections import Counter
from itertools import combinations
from math import comb

import numpy as np
from numpy.typing import NDArray

_SEED = 0
_DRAWS = 20
"""Draws for each coalition wanted: the same may be drawn again, and then weighs more."""

Weighted = list[tuple[NDArray[np.bool_], float]]
"""Coalitions ``(n,)`` bool with what they weigh; neither nobody nor everybody."""


def chosen(players: int, *, most: int) -> Weighted:
    """At most ``most`` coalitions of ``players``, 2 for each or more, always the same."""
    mass = np.array([0.0, *((players - 1) / (size * (players - size)) for size in range(1, players))])
    taken: Weighted = []
    for size in range(1, players // 2 + 1):
        if 2 * comb(players, size) > most - len(taken):
            break
        sizes = {size, players - size}
        taken += [(one, mass[size] / comb(players, size)) for own in sizes for one in _all_of(players, own)]
        mass[list(sizes)] = 0
    pairs = (most - len(taken)) // 2
    return taken + _drawn(mass, pairs=pairs) if pairs and mass.sum() else taken


def shares_from(weighted: Weighted) -> NDArray[np.float64]:
    """``(n, 1 + m + 1)``: what the worth of nobody, of each of ``m`` coalitions and of everybody is in each share.

    The least squares under the constraint that shares add up to the worth of everybody beyond nobody's.
    """
    held = np.array([one for one, _ in weighted], np.float64)
    weighed = held.T * np.array([weight for _, weight in weighted])
    inverse = np.linalg.inv(weighed @ held)
    level = inverse.sum(axis=1) / inverse.sum()
    free = inverse @ weighed
    inner = free - np.outer(level, free.sum(axis=0))
    return np.column_stack([-inner.sum(axis=1) - level, inner, level])


def _all_of(players: int, size: int) -> list[NDArray[np.bool_]]:
    members = np.array(list(combinations(range(players), size)))
    held = np.zeros((len(members), players), np.bool_)
    np.put_along_axis(held, members, values=True, axis=1)
    return list(held)


def _drawn(mass: NDArray[np.float64], *, pairs: int) -> Weighted:
    """``pairs`` coalitions and their complements, of sizes drawn by ``mass`` ``(n,)``, their share of it divided."""
    random, players, seen = np.random.default_rng(_SEED), len(mass), Counter[bytes]()
    sizes = random.choice(players, _DRAWS * pairs, p=mass / mass.sum())
    places = random.random((len(sizes), players)).argsort(axis=1)
    for held in places < sizes[:, None]:
        seen[min(held.tobytes(), (~held).tobytes())] += 1
        if len(seen) == pairs:
            break
    each = mass.sum() / (2 * seen.total())
    found = [(np.frombuffer(key, np.bool_), each * count) for key, count in seen.items()]
    return found + [(~one, weight) for one, weight in found]
