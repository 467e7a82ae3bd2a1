"""What is typical of a group of users: names that more of them take than others do. Knows nothing of vectors."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.interactions import Interactions
from firstlight_encoder.labels import Labels

_PRIOR_USERS = 100.0
"""How many users' worth of what everybody takes each group is given: small groups are not named by chance."""


@dataclass(frozen=True)
class Typical:
    """Of ``g`` groups and ``m`` names.

    Attributes:
        shares: ``(g, m)`` float64, of each group's users who take the name.
        surprise: ``(g, m)`` float64, z-scores: how sure it is that the group takes it more than the others.
    """

    shares: NDArray[np.float64]
    surprise: NDArray[np.float64]


def typical(log: Interactions, labels: Labels, group_of: NDArray[np.int64], *, groups: int) -> Typical:
    """What is typical of each group; a user counts once for a name, however often they take it.

    Weighted log-odds with an informative Dirichlet prior, Monroe, Colaresi and Quinn 2008, "Fightin' Words", eq. 22.

    Args:
        log: what users did; what they did not want is left out.
        labels: names of the log's items.
        group_of: ``(users,)`` int64, the group of every user of the log; -1 for none.
        groups: how many there are.
    """
    chosen = log.wanted & (group_of[log.users] >= 0)
    events, names = labels.of_each(log.items[chosen])
    pairs = np.unique(log.users[chosen][events] * len(labels.names) + names)
    users, names = np.divmod(pairs, max(1, len(labels.names)))
    counts = np.zeros((groups, len(labels.names)))
    np.add.at(counts, (group_of[users], names), 1)
    sizes = np.maximum(np.bincount(group_of[group_of >= 0], minlength=groups), 1)[:, None]
    return Typical(counts / sizes, _surprise(counts))


def _surprise(counts: NDArray[np.float64]) -> NDArray[np.float64]:
    prior = _PRIOR_USERS * counts.sum(axis=0) / max(1.0, counts.sum())
    own, all_own = counts + prior, counts.sum(axis=1, keepdims=True) + _PRIOR_USERS
    others = counts.sum(axis=0) - counts + prior
    all_others = counts.sum() - counts.sum(axis=1, keepdims=True) + _PRIOR_USERS
    with np.errstate(divide="ignore", invalid="ignore"):
        odds = np.log(own / (all_own - own)) - np.log(others / (all_others - others))
        surprise: NDArray[np.float64] = odds / np.sqrt(1 / own + 1 / others)
    surprise[~np.isfinite(surprise)] = 0
    return surprise
