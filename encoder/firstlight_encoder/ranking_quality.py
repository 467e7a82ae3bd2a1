"""NDCG@10 as the few free choices of training are judged by: half-life, sharpness.

Knows nothing of models; the evaluation package measures far more.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

CUT = 10
_DISCOUNT = 1 / np.log2(np.arange(CUT) + 2)


def best_first(scores: NDArray[np.float32], *, count: int) -> NDArray[np.int64]:
    """The rows of the ``count`` highest of ``scores`` ``(n,)``, best first; ties fall by row."""
    count = min(count, len(scores))
    highest = np.sort(np.argpartition(-scores, count - 1)[:count])
    return highest[np.argsort(-scores[highest], kind="stable")]


def ndcg(
    ranking: Sequence[int] | NDArray[np.int64], *, history: NDArray[np.int64], targets: NDArray[np.int64]
) -> float:
    """NDCG@CUT of ``ranking`` with the user's history left out (Jarvelin and Kekalainen 2002, binary gains).

    Args:
        ranking: rows, best first, at least ``CUT + len(history)`` of them where there are as many.
        history: rows never shown.
        targets: the relevant rows, at least one.
    """
    rows = np.asarray(ranking)
    shown = rows[~np.isin(rows, history)][:CUT]
    return discounted_gain(np.isin(shown, targets), wanted=len(targets))


def best_ndcg(
    scores: NDArray[np.float32],
    *,
    rows: NDArray[np.int64],
    history: NDArray[np.int64],
    targets: NDArray[np.int64],
) -> NDArray[np.float64]:
    """NDCG@CUT, ``(s,)``, of the best of one shortlist under several scorings; ties fall by place.

    Args:
        scores: ``(s, r)``, of every scoring.
        rows: ``(r,)``, distinct.
        history: rows never shown.
        targets: the relevant rows, at least one and none of the history.
    """
    scores = np.where(np.isin(rows, history), np.float32(-np.inf), scores)
    shown = min(CUT, len(rows))
    highest = np.sort(np.argpartition(-scores, shown - 1, axis=1)[:, :shown], axis=1)
    order = np.argsort(-np.take_along_axis(scores, highest, axis=1), axis=1, kind="stable")
    hits = np.isin(rows, targets)[np.take_along_axis(highest, order, axis=1)]
    gain: NDArray[np.float64] = (hits * _DISCOUNT[:shown]).sum(1) / _DISCOUNT[: len(targets)].sum()
    return gain


def discounted_gain(hits: NDArray[np.bool_], *, wanted: int) -> float:
    """NDCG@CUT of a list of which ``hits`` ``(at most CUT,)`` says which places hold one of ``wanted`` targets."""
    return float(_DISCOUNT[: len(hits)][hits].sum() / _DISCOUNT[:wanted].sum())
