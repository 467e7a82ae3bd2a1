"""The fast index: FAISS proposes candidates, and the mapped rows themselves give exact scores.

The compressed index needs no refinement store of its own, because the snapshot's float32 rows lie beside it. Filters
act inside the search; where they are narrow, or the lists probed yield too few, the allowed rows are scanned exactly.
"""

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from firstlight_store.allowed_rows import AllowedRows
from firstlight_store.errors import LayoutMismatch
from firstlight_store.exact_index import scan
from firstlight_store.faiss_runtime import load_faiss, read_faiss_index
from firstlight_store.manifest import JsonScalar
from firstlight_store.ranking import rank
from firstlight_store.vector_index import NO_ROW, Hits, require_searchable

_NARROW_ROWS: Final = 4_096
_MEASURED_K: Final = 10
_FILTERED_PROBES: Final = 2  # A filter may ask for a corner that the query does not point at.


class FaissIndex:
    """A FAISS index over rows (n, d + 1) float32. Never changed after it is made, so threads may share it."""

    def __init__(self, index: Any, *, rows: NDArray[np.float32], nprobe: int, overfetch: int, threads: int = 1) -> None:
        self._index = index
        self._rows = rows
        self._nprobe = nprobe
        self._overfetch = overfetch
        self._threads = threads
        self._lists = int(getattr(index, "nlist", 1))

    @classmethod
    def open(cls, path: Path, *, rows: NDArray[np.float32], facts: Mapping[str, JsonScalar], threads: int = 1) -> Self:
        """Map the index file of a verified snapshot; `facts` are its manifest's, `rows` its vectors.

        Raises:
            LayoutMismatch: the file is not an inner-product index over these rows.
            FaissUnavailable: FAISS is not installed, or twice.
        """
        index = read_faiss_index(path)
        actual = (int(index.ntotal), int(index.d), int(index.metric_type))
        expected = (*rows.shape, int(load_faiss().METRIC_INNER_PRODUCT))
        if actual != expected:
            raise LayoutMismatch(f"{path} has (rows, dimension, metric) {actual}, expected {expected}; rebuild it")
        return cls(
            index, rows=rows, nprobe=_fact(facts, "nprobe"), overfetch=_fact(facts, "overfetch"), threads=threads
        )

    @property
    def count(self) -> int:
        """How many rows are indexed."""
        return int(self._rows.shape[0])

    @property
    def dimension(self) -> int:
        """The width of a row and of a query, d + 1."""
        return int(self._rows.shape[1])

    def write(self, path: Path) -> None:
        """Write the FAISS part to `path`; the rows are kept by whoever keeps the vectors."""
        load_faiss().write_index(self._index, str(path))

    def search(self, queries: NDArray[np.float32], *, k: int, allowed: AllowedRows | None = None) -> Hits:
        """Return the k best allowed rows of every query; see `VectorIndex.search`."""
        require_searchable(self, queries, k=k, allowed=allowed)
        if allowed is not None and allowed.count <= _NARROW_ROWS:
            return scan(self._rows, queries, k=k, allowed=allowed)
        wanted = min(k, self.count if allowed is None else allowed.count)
        candidates = self._candidates(queries, wanted=wanted, allowed=allowed)
        hits = rank(self._rows, queries, candidates, k=k)
        short = np.flatnonzero(hits.rows[:, wanted - 1] == NO_ROW)
        if short.size:
            filled = scan(self._rows, queries[short], k=k, allowed=allowed)
            hits.rows[short], hits.scores[short] = filled.rows, filled.scores
        return hits

    def _candidates(
        self, queries: NDArray[np.float32], *, wanted: int, allowed: AllowedRows | None
    ) -> NDArray[np.int64]:
        """Return rows (b, c) int64 that FAISS deems best, -1 where it found fewer."""
        faiss = load_faiss()
        # NOTE: OpenMP keeps this per calling thread, so it cannot be set once at the start.
        faiss.omp_set_num_threads(self._threads)
        options: dict[str, Any] = {}
        if allowed is not None:
            options["sel"] = faiss.IDSelectorBitmap(allowed.bitmap)
        if self._lists > 1:
            options["nprobe"] = self._probes(wanted, allowed)
            parameters = faiss.SearchParametersIVF(**options)
        else:
            parameters = faiss.SearchParameters(**options) if options else None
        fetched = min(wanted * self._overfetch, self.count)
        _, rows = self._index.search(np.ascontiguousarray(queries), fetched, params=parameters)
        return np.asarray(rows, dtype=np.int64)

    def _probes(self, wanted: int, allowed: AllowedRows | None) -> int:
        """Return how many lists meet as many allowed rows per result as did the search whose recall was measured."""
        probes = self._nprobe * max(1.0, wanted / _MEASURED_K)
        if allowed is not None:
            probes *= _FILTERED_PROBES * allowed.total / allowed.count
        return min(self._lists, math.ceil(probes))


def _fact(facts: Mapping[str, JsonScalar], name: str) -> int:
    value = facts.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise LayoutMismatch(f"the manifest's index.{name} is {value!r}, not a number from 1; rebuild the snapshot")
    return value
