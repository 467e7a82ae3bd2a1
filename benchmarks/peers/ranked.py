"""Ranked lists: the best rows of a batch of newcomers, made fit for the evaluation.

Knows nothing of models or files.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.peers.newcomer import Newcomer

NO_ROW = -1
"""Fills a list that ends early."""


@dataclass(frozen=True)
class Ranked:
    """Lists of ``b`` newcomers.

    Attributes:
        rows: ``(b, length)`` int64, best first, ``NO_ROW`` where nothing is ranked.
        scores: ``(b, length)`` float32, meaningless where there is no row.
    """

    rows: NDArray[np.int64]
    scores: NDArray[np.float32]


def best(scores: NDArray[np.float32], *, count: int) -> Ranked:
    """The ``count`` highest of every row of ``scores`` ``(b, n)``; ties by row."""
    count = min(count, scores.shape[1])
    chosen = np.sort(np.argpartition(-scores, count - 1, axis=1)[:, :count], axis=1)
    values = np.take_along_axis(scores, chosen, axis=1)
    order = np.argsort(-values, axis=1, kind="stable")
    return Ranked(np.take_along_axis(chosen, order, axis=1), np.take_along_axis(values, order, axis=1))


def complete(found: Ranked, newcomers: Sequence[Newcomer], *, popular: NDArray[np.int64], length: int) -> Ranked:
    """The lists without their newcomers' history, filled up from ``popular`` to ``length`` where they are shorter.

    A neighbour model knows only so many neighbours, and nobody's model knows an item that was never trained on: any
    shop would show what sells. What is filled in scores below everything that the model ranked.

    Args:
        found: the models' lists, long enough to lose the history; a row occurs once in a list.
        newcomers: whose lists they are, in order.
        popular: ``(n,)`` int64, all rows, best first.
        length: of the lists; shorter where the catalogue is.
    """
    rows = np.full((len(newcomers), length), NO_ROW, np.int64)
    scores = np.zeros((len(newcomers), length), np.float32)
    for place, newcomer in enumerate(newcomers):
        own = (found.rows[place] != NO_ROW) & ~np.isin(found.rows[place], newcomer.history)
        ranked, values = found.rows[place][own][:length], found.scores[place][own][:length]
        filler = popular[: 2 * length + len(newcomer.history)]
        filler = filler[~np.isin(filler, np.concatenate([ranked, newcomer.history]))][: length - len(ranked)]
        below = float(values.min(initial=0.0)) - 1.0 - np.arange(len(filler), dtype=np.float32)
        count = len(ranked) + len(filler)
        rows[place, :count] = np.concatenate([ranked, filler])
        scores[place, :count] = np.concatenate([values, below])
    return Ranked(rows, scores)
