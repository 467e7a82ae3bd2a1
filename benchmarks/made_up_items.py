"""Catalogues of any size whose vectors are spread as a real one's are. Knows nothing of what is measured on them."""

import numpy as np
from numpy.typing import NDArray

_SPREAD = 0.3
_ROWS_AT_ONCE = 100_000


def made_up_items(rows: NDArray[np.float32], count: int, *, seed: int) -> NDArray[np.float32]:
    """``(count, d + 1)`` float32: items near those of ``rows`` ``(n, d + 1)``, with their spectrum and their priors.

    Each is a real item moved by noise of the real vectors' covariance and brought back to unit length, so that the
    principal axes stay what they were; its log prior is another real item's, all of them scaled to add up to 1.
    """
    random = np.random.default_rng(seed)
    vectors, priors = np.asarray(rows[:, :-1]), np.asarray(rows[:, -1], np.float64)
    values, axes = np.linalg.eigh(np.cov(vectors, rowvar=False))
    noise = (axes * np.sqrt(np.maximum(values, 0))).T.astype(np.float32) * np.float32(_SPREAD)
    made = np.empty((count, rows.shape[1]), np.float32)
    for start in range(0, count, _ROWS_AT_ONCE):
        part = made[start : start + _ROWS_AT_ONCE]
        moved = random.standard_normal((len(part), len(noise)), np.float32) @ noise
        moved += vectors[random.integers(0, len(rows), len(part))]
        part[:, :-1] = moved / np.linalg.norm(moved, axis=1, keepdims=True)
    drawn = priors[random.integers(0, len(rows), count)]
    made[:, -1] = drawn - np.log(np.exp(drawn).sum())
    return made
