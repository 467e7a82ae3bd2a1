"""Candidates among the rows that a filter allows, from the lists of a FAISS index. It knows nothing of exact scores."""

from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from firstlight_store.allowed_rows import AllowedRows
from firstlight_store.faiss_runtime import load_faiss
from firstlight_store.filtered_lists import FilteredLists, ListsWanted
from firstlight_store.listed_rows import ListedRows
from firstlight_store.prior_apart import PriorApart
from firstlight_store.vector_index import NO_ROW


class FilteredSearch:
    """Searches one index of inverted lists under filters. What it must know of all rows it finds out at the first."""

    def __init__(self, index: Any, *, rows: NDArray[np.float32], layout: PriorApart | None) -> None:
        """Take the index over `rows` (n, d + 1) float32, and how it widens them, if it does."""
        self._index = index
        self._rows = rows
        self._layout = layout

    def candidates(
        self, queries: NDArray[np.float32], allowed: AllowedRows, *, k: int, probes: int, fetched: int
    ) -> NDArray[np.int64]:
        """Return the rows (b, c) int64 that FAISS deems best for queries (b, d + 1), -1 where it found fewer.

        `probes` lists and `fetched` candidates are what finds `k` rows where no filter is.
        """
        left = self._listed_rows.left_by(allowed)
        chosen = self._filtered_lists.choose(queries, left, ListsWanted(k=k, probes=probes, row_count=fetched))
        # Many lists are probed where many rows score alike, more alike than their codes tell.
        depths = np.ceil(fetched * chosen.effort)
        wide = queries if self._layout is None else self._layout.widened(queries)
        rows = self._search(wide, min(int(depths.max()), len(self._rows)), allowed, lists=chosen.lists)
        rows[np.arange(rows.shape[1]) >= depths[:, None]] = NO_ROW
        return rows

    def _search(
        self, queries: NDArray[np.float32], fetched: int, allowed: AllowedRows, *, lists: NDArray[np.int64]
    ) -> NDArray[np.int64]:
        faiss = load_faiss()
        products = self._products(queries, lists)
        selector = faiss.IDSelectorBitmap(allowed.bitmap)
        parameters = faiss.SearchParametersIVF(nprobe=lists.shape[1], sel=selector)
        rows = np.empty((len(queries), fetched), dtype=np.int64)
        distances = np.empty(rows.shape, dtype=np.float32)
        inputs = [faiss.swig_ptr(np_array) for np_array in (queries, lists, products)]
        # FAISS's Python wrapper of this method takes no parameters, hence no selector: call the C++ one.
        self._index.search_preassigned_c(
            len(queries), inputs[0], fetched, inputs[1], inputs[2], *map(faiss.swig_ptr, (distances, rows)),
            False, parameters,
        )  # fmt: skip
        return rows

    def _products(self, queries: NDArray[np.float32], lists: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return what codes of residuals are counted from, (b, p), whatever the lists were chosen by."""
        if not self._index.by_residual:
            return np.zeros(lists.shape, dtype=np.float32)
        return np.asarray(np.einsum("bd,bpd->bp", queries, self._centres[lists]), dtype=np.float32)

    @cached_property
    def _centres(self) -> NDArray[np.float32]:
        """What every list is found by, (lists, width) float32."""
        return np.asarray(self._index.quantizer.reconstruct_n(0, self._index.nlist), dtype=np.float32)

    @cached_property
    def _filtered_lists(self) -> FilteredLists:
        return FilteredLists(self._centres if self._layout is None else self._layout.narrowed(self._centres))

    @cached_property
    def _listed_rows(self) -> ListedRows:
        lists = self._index.invlists
        pointers = [(lists.get_ids(number), lists.list_size(number)) for number in range(self._index.nlist)]
        # An empty list has no pointer to ids, and comes back as an array of floats.
        ids = [np.asarray(load_faiss().rev_swig_ptr(*pointer), dtype=np.int64) for pointer in pointers]
        return ListedRows(ids, log_priors=self._rows[:, -1])
