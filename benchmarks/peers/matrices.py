"""Training users and newcomers as sparse rows over the catalogue, for models that know no order.

Knows nothing of the models.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from benchmarks.peers.exchange import TrainingLog
from benchmarks.peers.newcomer import Newcomer


def user_rows(log: TrainingLog) -> csr_matrix:
    """``(users, items)`` float32: how often every training user took every item."""
    shape = (log.user_count, log.item_count)
    return _counts(log.users, log.rows, shape=shape)


def newcomer_rows(newcomers: Sequence[Newcomer], *, item_count: int) -> csr_matrix:
    """``(newcomers, items)`` float32: how often the liked part of every history holds every item."""
    lengths = [len(newcomer.liked) for newcomer in newcomers]
    places = np.repeat(np.arange(len(newcomers)), lengths)
    rows = np.concatenate([np.zeros(0, np.int64), *(newcomer.liked for newcomer in newcomers)])
    return _counts(places, rows, shape=(len(newcomers), item_count))


def confidence(counts: csr_matrix, *, alpha: float) -> csr_matrix:
    """``alpha (1 + log(count))`` in place of each count: the tenth purchase tells less than the first.

    Source: Hu, Koren and Volinsky, "Collaborative filtering for implicit feedback datasets" (2008), their second form.
    """
    weights = csr_matrix(counts)
    weights.data = (alpha * (1.0 + np.log(counts.data))).astype(np.float32)
    return weights


def _counts(places: NDArray[np.int64], rows: NDArray[np.int64], *, shape: tuple[int, int]) -> csr_matrix:
    """SciPy adds up entries of the same place."""
    return csr_matrix((np.ones(len(rows), np.float32), (places, rows)), shape=shape)
