"""Newcomers made by hand."""

from collections.abc import Sequence

import numpy as np

from benchmarks.peers.newcomer import Newcomer


def newcomer(
    history: Sequence[int] = (), *, targets: Sequence[int] = (), labels: Sequence[int] = (), case: int = 0
) -> Newcomer:
    rows = np.array(history, np.int64)
    return Newcomer(
        case=case,
        k=len(history),
        declared=bool(labels),
        history=rows,
        liked=rows,
        labels=np.array(labels, np.int64),
        targets=np.array(targets, np.int64),
    )
