"""How many of the exact answers an index finds. It knows nothing of how either searches."""

import numpy as np
from numpy.typing import NDArray

from firstlight_store.vector_index import Hits

_ROUNDING = 1e-5


def recall(found: Hits, exact: Hits) -> NDArray[np.float64]:
    """Return each query's share of exact answers found, (b,) float64 in 0..1, over the width of `exact`.

    A row that scores as high as the last exact answer is a hit: catalogues hold many rows of equal score, and which of
    them exact search lists is arbitrary.
    """
    width = np.isfinite(exact.scores).sum(axis=1)
    last = np.take_along_axis(exact.scores, np.maximum(width - 1, 0)[:, None], axis=1)
    tolerance = _ROUNDING * np.maximum(1.0, np.abs(last))
    hits = (found.scores[:, : exact.scores.shape[1]] >= last - tolerance).sum(axis=1)
    share: NDArray[np.float64] = np.minimum(hits, width) / np.maximum(width, 1)
    return share
