"""Three ways to give LightFM a newcomer, since it folds nobody in by itself.

Each starts from the newcomer's bag: equal shares of the liked history, or, where labels are declared, of the items that
carry them. Knows nothing of training.
"""

from collections.abc import Sequence
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from benchmarks.peers.exchange import Exchange, TrainingLog
from benchmarks.peers.newcomer import Newcomer


class FoldIn(StrEnum):
    """How a bag of items becomes a user's vector.

    * MEAN: the mean of the items' vectors, on the scale of a trained user's.
    * REGRESSION: that mean through the ridge regression that takes the training users' means to their trained vectors.
    * FEATURES: the bag is the user's features, in training as well; then users have no identity at all.
    """

    MEAN = "mean"
    REGRESSION = "regression"
    FEATURES = "features"


def user_bags(log: TrainingLog) -> csr_matrix:
    """``(users, items)`` float32, rows that sum to 1: shares of every training user's events."""
    lengths = np.bincount(log.users, minlength=log.user_count)
    shares = (1.0 / lengths[log.users]).astype(np.float32)
    return csr_matrix((shares, (log.users, log.rows)), shape=(log.user_count, log.item_count))


def newcomer_bags(newcomers: Sequence[Newcomer], *, exchange: Exchange) -> csr_matrix:
    """``(newcomers, items)`` float32, rows that sum to 1, or to 0 where nothing is known."""
    bags = [_bag(newcomer, exchange.item_labels) for newcomer in newcomers]
    lengths = np.array([len(bag) for bag in bags], np.int64)
    places = np.repeat(np.arange(len(bags)), lengths)
    shares = (1.0 / lengths[places]).astype(np.float32)
    rows = np.concatenate([np.zeros(0, np.int64), *bags])
    return csr_matrix((shares, (places, rows)), shape=(len(bags), exchange.train.item_count))


def regression(means: NDArray[np.float32], users: NDArray[np.float32], *, penalty: float) -> NDArray[np.float32]:
    """The ``(d, d)`` map W that minimises ``|means W - users|^2 + penalty n |W|^2 / d``.

    Args:
        means: ``(n, d)`` float32, the training users' mean item vectors.
        users: ``(n, d)`` float32, their trained vectors.
        penalty: relative to the mean square of ``means``, 0 or more.
    """
    gram = means.T @ means
    ridge = penalty * float(np.trace(gram)) / len(gram) * np.eye(len(gram), dtype=np.float32)
    solution: NDArray[np.float32] = np.linalg.solve(gram + ridge, means.T @ users).astype(np.float32)
    return solution


def _bag(newcomer: Newcomer, item_labels: NDArray[np.int64]) -> NDArray[np.int64]:
    if len(newcomer.liked):
        return newcomer.liked
    carrying = np.isin(item_labels[:, 1], newcomer.labels)
    rows: NDArray[np.int64] = item_labels[carrying, 0]
    return rows
