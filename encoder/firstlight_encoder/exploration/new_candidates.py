"""Which of a catalogue's new items are candidates of one page. Knows nothing of what else is.

There may be tens of thousands: some are drawn by chance, those nearest to the user's query are candidates, and so are
those that were remembered as liked, whatever is drawn.
"""

import numpy as np
from numpy.typing import NDArray

NEW_CANDIDATES = 50
"""New items that are candidates."""

LIKED_CANDIDATES = 10
"""How many of them may be candidates because they were liked."""

_LOOKED_AT = 128
"""New items drawn by chance."""


def drawn_new(new_rows: NDArray[np.int64], chance: np.random.Generator) -> NDArray[np.int64]:
    """Some of ``new_rows``, ascending; all may be candidates."""
    return np.unique(new_rows[chance.integers(len(new_rows), size=_LOOKED_AT)])


def new_candidates(
    drawn: NDArray[np.int64], likeness: NDArray[np.floating], liked: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Rows of the candidates, `NEW_CANDIDATES` at most: the nearest first, then the liked.

    Args:
        drawn: ``(n,)`` int64, rows that may be shown.
        likeness: ``(n,)``, of each to the user's query.
        liked: ``(m,)`` int64, rows that may be shown, liked best first.
    """
    liked = liked[:LIKED_CANDIDATES]
    nearest = drawn[np.argsort(-likeness, kind="stable")]
    if len(liked):
        nearest = nearest[(nearest[:, None] != liked).all(axis=1)]
    return np.concatenate([nearest[: NEW_CANDIDATES - len(liked)], liked])
