"""Finds every item's place among the tastes of those who took it: items that the same people take lie close together.

Correspondence analysis (Benzecri 1973; reciprocal averaging, Hill 1974) of who took what, by a truncated singular value
decomposition: ``D_u^-1/2 X D_i^-1/2 = U S V'``, an item's place ``D_i^-1/2 V S`` without the first, trivial axis. It
smooths over chains of companions that no table of pairs holds: a console, a genre, the years in which things came out.
Knows nothing of texts but what items that few took borrow.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.linalg import svds

from firstlight_encoder.interactions import Interactions
from firstlight_encoder.training.second_stage.companions import indicator, latest_distinct
from firstlight_encoder.training.second_stage.loans import Loans

AXES = 64
"""Coordinates of an item, fewer where the log gives fewer."""

SMOOTHING = 5.0
"""Added to the users of an item: one of whom little is known lies nearer to the middle."""

_TINY = 1e-9


def tastes(log: Interactions, loans: Loans) -> NDArray[np.float32]:
    """``(n, AXES)`` float32: unit rows, or zeros for an item that neither anybody took nor one like it.

    Args:
        log: of the training users.
        loans: what items that few took borrow from those like them.
    """
    users, items = latest_distinct(log.users[log.wanted], log.items[log.wanted])
    places = np.zeros((log.item_count, AXES), np.float32)
    if len(items):
        found = _places(indicator(np.unique(users, return_inverse=True)[1], items, width=log.item_count))
        places[:, : found.shape[1]] = found
    places = _unit(places)
    places[loans.items] = (1 - loans.shares)[:, None] * places[loans.items] + loans.weights @ places
    return _unit(places)


def _unit(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.maximum(lengths, _TINY), np.float32)


def _places(taken: csr_array) -> NDArray[np.float32]:
    """``(n, a)`` float32 places of the items of ``taken`` ``(users, n)``."""
    sizes, counts = (np.asarray(taken.sum(axis=axis)).ravel() for axis in (1, 0))
    by_user, by_item = sizes**-0.5, (counts + SMOOTHING) ** -0.5
    scaled = csr_array(csr_array(taken.multiply(by_user[:, None])).multiply(by_item[None, :]))
    axes = min(AXES, min(taken.shape) - 2)
    if axes < 1:
        return np.zeros((taken.shape[1], 0), np.float32)
    start = np.random.default_rng(0).random(min(taken.shape))
    _, strength, axis = svds(scaled, k=axes + 1, v0=start)
    order = np.argsort(-strength)[1:]
    return np.asarray(axis[order].T * strength[order] * by_item[:, None], np.float32)
