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
from firstlight_store.filtered_search import FilteredSearch
from firstlight_store.manifest import JsonScalar
from firstlight_store.prior_apart import PriorApart
from firstlight_store.ranking import rank
from firstlight_store.vector_index import NO_ROW, Hits, require_searchable

_NARROW_ROWS: Final = 4_096
_FEW_ROWS: Final = 100
_MEASURED_K: Final = 10


class FaissIndex:
    """A FAISS index over rows (n, d + 1) float32. Never changed after it is made, so threads may share it."""

    def __init__(self, index: Any, *, rows: NDArray[np.float32], nprobe: int, overfetch: int, threads: int = 1) -> None:
        self._index = index
        self._rows = rows
        self._nprobe = nprobe
        self._overfetch = overfetch
        self._threads = threads
        self._lists = int(getattr(index, "nlist", 1))
        self._layout = _layout(index, int(rows.shape[1]))
        self._filtered = FilteredSearch(index, rows=rows, layout=self._layout)

    @classmethod
    def open(cls, path: Path, *, rows: NDArray[np.float32], facts: Mapping[str, JsonScalar], threads: int = 1) -> Self:
        """Map the index file of a verified snapshot; `facts` are its manifest's, `rows` its vectors.

        Raises:
            LayoutMismatch: the file is not an inner-product index over these rows.
            FaissUnavailable: FAISS is not installed, or twice.
        """
        index = read_faiss_index(path)
        layout = _layout(index, int(rows.shape[1]))
        width = rows.shape[1] if layout is None else layout.width
        actual = (int(index.ntotal), int(index.d), int(index.metric_type))
        expected = (int(rows.shape[0]), int(width), int(load_faiss().METRIC_INNER_PRODUCT))
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

    @property
    def nprobe(self) -> int:
        """Lists probed for ten results."""
        return self._nprobe

    @property
    def overfetch(self) -> int:
        """Candidates taken per result."""
        return self._overfetch

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
        # NOTE: OpenMP keeps this per calling thread, so it cannot be set once at the start.
        load_faiss().omp_set_num_threads(self._threads)
        queries = np.ascontiguousarray(queries)
        wide = queries if self._layout is None else self._layout.widened(queries)
        excluded = 0 if allowed is None else allowed.total - allowed.count
        # What a user has seen is what lies nearest, so the answer is as deep as if it were returned too.
        depth = wanted + excluded if excluded <= _FEW_ROWS else wanted
        fetched = min(self._fetched(wanted) if self._layout is None else depth * self._overfetch, self.count)
        if self._lists == 1:
            return self._search(wide, fetched, allowed)
        if allowed is not None and excluded > _FEW_ROWS:
            probes = self._probes(wanted)
            return self._filtered.candidates(queries, allowed, k=wanted, probes=probes, fetched=fetched)
        return self._search(wide, fetched, allowed, nprobe=min(self._lists, self._probes(depth)))

    def _fetched(self, wanted: int) -> int:
        """Return how many candidates of fine codes to take for so many results.

        As was measured for ten; for more, fewer a result: such codes mistake near rows for each other only. In lists of
        8-bit codes of 91,705 products recall@65 is .898 with 113 candidates, and with 260 the same.
        """
        return wanted + (self._overfetch - 1) * max(_MEASURED_K, wanted // 4)

    def _probes(self, depth: int) -> int:
        """Return how many lists to probe for so many results: proportionally more than was measured for ten."""
        return math.ceil(self._nprobe * max(1.0, depth / _MEASURED_K))

    def _search(
        self, queries: NDArray[np.float32], fetched: int, allowed: AllowedRows | None, **options: int
    ) -> NDArray[np.int64]:
        faiss = load_faiss()
        selector = {} if allowed is None else {"sel": faiss.IDSelectorBitmap(allowed.bitmap)}
        kind = faiss.SearchParametersIVF if options else faiss.SearchParameters
        _, rows = self._index.search(queries, fetched, params=kind(**options, **selector))
        return np.asarray(rows, dtype=np.int64)


def _layout(index: Any, dimension: int) -> PriorApart | None:
    """Return how an index of product codes widens rows of `dimension`; None where it takes them as they are."""
    return PriorApart(dimension, int(index.pq.dsub)) if hasattr(index, "pq") else None


def _fact(facts: Mapping[str, JsonScalar], name: str) -> int:
    value = facts.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise LayoutMismatch(f"the manifest's index.{name} is {value!r}, not a number from 1; rebuild the snapshot")
    return value
