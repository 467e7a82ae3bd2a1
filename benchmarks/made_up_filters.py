"""Filters that admit a given share of the items: at random, or with the newcomers' taste or the items' prior.

Knows nothing of what is measured under them.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from firstlight_store import AllowedRows

_JITTER = 0.01
"""Added to log priors, so that of equal ones some are admitted at random."""


def made_up_filters(
    rows: NDArray[np.float32], queries: NDArray[np.float32], share: float, *, seed: int
) -> Iterator[tuple[str, AllowedRows]]:
    """Every filter's name and the ``share`` (0..1) of ``rows`` ``(n, d + 1)`` float32 that it admits.

    "near" admits what lies nearest to the mean of ``queries`` ``(q, d + 1)``, "far" what lies farthest from it, and
    "rare" the items of the lowest priors.
    """
    random = np.random.default_rng(seed)
    count = round(share * len(rows))
    yield "random", AllowedRows.from_rows(random.choice(len(rows), count, replace=False), total=len(rows))
    similarities = rows[:, :-1] @ queries[:, :-1].mean(axis=0)
    priors = rows[:, -1] + random.normal(scale=_JITTER, size=len(rows)).astype(np.float32)
    for name, scores in (("near", similarities), ("far", -similarities), ("rare", -priors)):
        yield name, AllowedRows.from_rows(np.argpartition(-scores, count - 1)[:count], total=len(rows))
