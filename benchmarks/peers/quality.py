"""NDCG@10 as the evaluation measures it, for choosing among a peer's options.

Written out here because a peer's environment holds no Firstlight package; a test compares it with the evaluation's.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from benchmarks.peers.newcomer import Newcomer

CUT = 10
_DISCOUNTS = 1.0 / np.log2(np.arange(CUT) + 2.0)


def mean_ndcg(rows: NDArray[np.int64], newcomers: Sequence[Newcomer]) -> float:
    """Mean NDCG@10 of lists with binary relevance (Järvelin and Kekäläinen, 2002).

    Args:
        rows: ``(b, length)`` int64, best first, at least ``CUT`` wide or as wide as the catalogue.
        newcomers: whose lists they are, with targets; at least one.
    """
    found = [np.isin(row[:CUT], newcomer.targets) for row, newcomer in zip(rows, newcomers, strict=True)]
    gains = [float(_DISCOUNTS[: len(own)][own].sum()) for own in found]
    ideals = [float(_DISCOUNTS[: len(newcomer.targets)].sum()) for newcomer in newcomers]
    return float(np.mean(np.array(gains) / np.array(ideals)))
