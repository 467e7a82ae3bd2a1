"""Batches of texts that need no padding. Knows nothing of tokenizers or models."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray


def equal_length_batches(lengths: Sequence[int], *, budget: int) -> Iterator[NDArray[np.int64]]:
    """Row numbers ``(b,)`` int64 of texts of one length, the longest first, at most ``budget`` tokens together.

    The longest come first so that a batch too large for memory fails at once, not at the end.
    """
    sizes = np.asarray(lengths, np.int64)
    order = np.argsort(-sizes, kind="stable")
    breaks = np.flatnonzero(np.diff(sizes[order])) + 1
    for group in np.split(order, breaks):
        if len(group):
            step = max(1, budget // max(1, int(sizes[group[0]])))
            yield from (group[start : start + step] for start in range(0, len(group), step))


def close_length_batches(lengths: Sequence[int], *, budget: int, padding: float) -> Iterator[NDArray[np.int64]]:
    """Row numbers ``(b,)`` int64 of texts of nearly one length, the longest first.

    Args:
        lengths: of every text, in tokens.
        budget: tokens a batch at most, padding included.
        padding: share of the longest text of a batch that another may lack; 0 pads nothing.
    """
    sizes = np.asarray(lengths, np.int64)
    order = np.argsort(-sizes, kind="stable")
    start = 0
    while start < len(order):
        longest = int(sizes[order[start]])
        close = int(np.searchsorted(-sizes[order], -(1 - padding) * longest, side="right"))
        end = min(close, start + max(1, budget // max(1, longest)))
        yield order[start:end]
        start = end
