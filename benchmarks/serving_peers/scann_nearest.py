"""ScaNN: a tree of partitions, anisotropic 4-bit codes and exact reordering, by its authors' own rules of thumb.

Source: https://github.com/google-research/google-research/tree/master/scann. Run as
``python -m benchmarks.serving_peers.scann_nearest --exchange DIR HOST:PORT``.
"""

# pyright: reportMissingModuleSource=false
# Installed in its own environment only.

from collections.abc import Sequence

import numpy as np
import scann
from numpy.typing import NDArray

from benchmarks.serving_peers.command import serve_events
from benchmarks.serving_peers.published import Published

_REORDERED = 100
_CODED_TOGETHER, _THRESHOLD = 2, 0.2


class ScannNearest:
    """Effort is how many leaves are searched, of about sqrt(rows) * 3."""

    efforts: Sequence[int] = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512)

    def __init__(self, published: Published) -> None:
        rows = published.rows
        leaves = int(3 * len(rows) ** 0.5)
        self._searcher = (
            scann.scann_ops_pybind.builder(rows, 10, "dot_product")
            .set_n_training_threads(1)
            .tree(num_leaves=leaves, num_leaves_to_search=self.efforts[0], training_sample_size=len(rows))
            .score_ah(_CODED_TOGETHER, anisotropic_quantization_threshold=_THRESHOLD)
            .reorder(_REORDERED)
            .build()
        )

    def find(self, query: NDArray[np.float32], *, count: int, effort: int) -> NDArray[np.int64]:
        """What ScaNN finds, on one thread."""
        rows, _ = self._searcher.search(query, final_num_neighbors=count, leaves_to_search=effort)
        return np.asarray(rows, np.int64)


if __name__ == "__main__":
    serve_events(ScannNearest)
