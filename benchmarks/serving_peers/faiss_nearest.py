"""The snapshot's own FAISS index file, searched as Firstlight searches it: a peer's encoder or server beside it.

Run as ``python -m benchmarks.serving_peers.faiss_nearest --exchange DIR HOST:PORT``: five events by a plain handler.
"""

from collections.abc import Sequence
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

from benchmarks.serving_peers.command import serve_events
from benchmarks.serving_peers.published import INDEX, Published
from benchmarks.serving_peers.question import PAGE_SIZE

_FAISS: Any = faiss  # its own types leave most of it out


class FaissNearest:
    """FAISS's search; effort is how many lists are probed, of which Firstlight's number is the only choice."""

    def __init__(self, published: Published) -> None:
        self._index: Any = faiss.read_index(str(published.directory / INDEX))
        self._spare = (published.overfetch - 1) * PAGE_SIZE
        self.efforts: Sequence[int] = (published.nprobe,)

    def find(self, query: NDArray[np.float32], *, count: int, effort: int) -> NDArray[np.int64]:
        """Rows by their codes; as many to spare as Firstlight takes, for the exact scores to choose from."""
        # More results need proportionally more lists, as in firstlight_store.faiss_index.
        probes = -(-effort * max(PAGE_SIZE, count) // PAGE_SIZE)
        parameters = _FAISS.SearchParametersIVF(nprobe=probes) if hasattr(self._index, "nlist") else None
        _, rows = self._index.search(query[None], count + self._spare, params=parameters)
        found = np.asarray(rows[0], np.int64)
        return found[found >= 0]


if __name__ == "__main__":
    serve_events(FaissNearest)
