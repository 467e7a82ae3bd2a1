"""Chooses how many lists an index must probe, by its recall on real queries and on the pure prior."""

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from firstlight_store.exact_index import ExactIndex
from firstlight_store.index_settings import IndexSettings
from firstlight_store.recall import recall
from firstlight_store.vector_index import VectorIndex

_K: Final = 10


class RecallGate:
    """Exact answers to the given queries and to the pure prior, and the measure of any index against them."""

    def __init__(self, rows: NDArray[np.float32], queries: NDArray[np.float32]) -> None:
        """Search exactly, once, for `queries` (q, d + 1) float32 and for the query of one of whom nothing is known."""
        nothing_known = np.zeros((1, rows.shape[1]), dtype=np.float32)
        nothing_known[0, -1] = 1.0
        self._queries = np.concatenate([queries, nothing_known])
        self._exact = ExactIndex(rows).search(self._queries, k=_K)

    @property
    def query_count(self) -> int:
        """How many of the measured queries were given."""
        return len(self._queries) - 1

    def measure(self, index: VectorIndex) -> tuple[float, float]:
        """Return recall@10 over the given queries, and for the pure prior."""
        found = recall(index.search(self._queries, k=_K), self._exact)
        return float(found[:-1].mean()), float(found[-1])

    def fewest_candidates(self, opened: Callable[[int], VectorIndex], settings: IndexSettings) -> int:
        """Return the smallest doubling of `settings.overfetch` that reaches the target; else `most_overfetch`."""
        overfetch = settings.overfetch
        while overfetch < settings.most_overfetch and min(self.measure(opened(overfetch))) < settings.recall_target:
            overfetch = min(2 * overfetch, settings.most_overfetch)
        return overfetch

    def fewest_probes(self, opened: Callable[[int], VectorIndex], lists: int, settings: IndexSettings) -> int:
        """Return the smallest number of probed lists, up to `lists`, that reaches the target; else `lists`.

        Recall grows with the lists probed, so doubling and then halving the interval finds it.
        """

        def reaches(probes: int) -> bool:
            return min(self.measure(opened(probes))) >= settings.recall_target

        enough = 1
        while enough < lists and not reaches(enough):
            enough = min(2 * enough, lists)
        too_few = enough // 2
        while enough - too_few > 1:
            middle = (enough + too_few) // 2
            too_few, enough = (too_few, middle) if reaches(middle) else (middle, enough)
        return enough
