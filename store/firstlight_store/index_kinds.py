"""Makes a FAISS index of each kind over the rows: how they are coded, and whether in lists. Nothing is measured here.

Every kind only proposes candidates, since the mapped float32 rows score them exactly. So codes may be coarse as long as
enough candidates are taken; `index_build` finds out how many.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from firstlight_store.coarse_lists import CoarseLists, divide
from firstlight_store.errors import IndexInputInvalid
from firstlight_store.faiss_runtime import load_faiss
from firstlight_store.index_settings import FEWEST_PRODUCT_ROWS, IndexKind, IndexSettings
from firstlight_store.prior_apart import PriorApart

_CODE_BITS: Final = 8
_MOST_POINTS_A_CODE: Final = 64


@dataclass(frozen=True)
class Unmeasured:
    """A FAISS index that nobody has searched yet."""

    index: Any
    kind: str
    """As FAISS writes it: "Flat", "SQ8", "IVF1024,SQ8"."""
    lists: int
    trained_on: str
    """"cpu" or "gpu"."""
    coarse: bool = False
    """Whether the codes are so coarse that how many candidates to take must be found out."""


_Maker = Callable[[NDArray[np.float32], IndexSettings], Unmeasured]


def make_index(rows: NDArray[np.float32], settings: IndexSettings) -> Unmeasured:
    """Return the index of `settings.kind` over rows (n, d + 1) float32, contiguous."""
    kind = settings.kind
    if kind == "auto":
        kind = "flat" if len(rows) <= settings.flat_limit else "ivf_sq8"
    return _MAKERS[kind](rows, settings)


def _flat(rows: NDArray[np.float32], _: IndexSettings) -> Unmeasured:
    index = load_faiss().IndexFlatIP(rows.shape[1])
    index.add(rows)
    return Unmeasured(index, "Flat", 1, "cpu")


def _flat_codes(codes: str) -> _Maker:
    """Codes of every coordinate by itself: the prior has a range of its own and needs no care."""

    def make(rows: NDArray[np.float32], _: IndexSettings) -> Unmeasured:
        faiss = load_faiss()
        index = faiss.IndexScalarQuantizer(rows.shape[1], _code_type(codes), faiss.METRIC_INNER_PRODUCT)
        index.train(rows)
        index.add(rows)
        return Unmeasured(index, codes, 1, "cpu")

    return make


def _listed_codes(codes: str) -> _Maker:
    def make(rows: NDArray[np.float32], settings: IndexSettings) -> Unmeasured:
        faiss = load_faiss()
        coarse = _divided(rows, settings)
        quantiser, lists = _quantiser(coarse.vectors), len(coarse.vectors)
        # Not by residual: rows differ from [mean ; highest log p] most in log p, which would eat the code's precision.
        index = faiss.IndexIVFScalarQuantizer(
            quantiser, rows.shape[1], lists, _code_type(codes), faiss.METRIC_INNER_PRODUCT, False
        )
        _own(index, quantiser)
        index.train(rows)
        _add(index, rows, coarse)
        return Unmeasured(index, f"IVF{lists},{codes}", lists, coarse.trained_on)

    return make


def _listed_products(rows: NDArray[np.float32], settings: IndexSettings) -> Unmeasured:
    """Product-quantised residuals: the prior has a code to itself, so it may differ from its list's as it likes."""
    if len(rows) < FEWEST_PRODUCT_ROWS:
        raise IndexInputInvalid(
            f"kind 'ivf_pq' needs {FEWEST_PRODUCT_ROWS} rows to learn from, there are {len(rows)}; choose 'flat'"
        )
    faiss = load_faiss()
    layout = PriorApart(rows.shape[1], settings.code_group)
    coarse = _divided(rows, settings)
    wide, centres = layout.widened(rows), layout.widened(coarse.vectors)
    quantiser, lists = _quantiser(centres), len(centres)
    index = faiss.IndexIVFPQ(quantiser, layout.width, lists, layout.groups, _CODE_BITS, faiss.METRIC_INNER_PRODUCT)
    _own(index, quantiser)
    index.pq.cp.niter, index.pq.cp.seed = settings.train_rounds, settings.seed + 1
    index.pq.cp.min_points_per_centroid, index.pq.cp.max_points_per_centroid = 1, _MOST_POINTS_A_CODE
    # Not index.train: it would assign rows to lists by whole inner products, so by prior, and train on those residuals.
    index.pq.train(wide - centres[coarse.assigned])
    index.is_trained = True
    _add(index, wide, coarse)
    return Unmeasured(index, f"IVF{lists},PQ{layout.groups}", lists, coarse.trained_on, coarse=True)


_MAKERS: Final[Mapping[IndexKind, _Maker]] = MappingProxyType(
    {
        "flat": _flat,
        "flat_fp16": _flat_codes("SQfp16"),
        "flat_sq8": _flat_codes("SQ8"),
        "ivf_fp16": _listed_codes("SQfp16"),
        "ivf_sq8": _listed_codes("SQ8"),
        "ivf_pq": _listed_products,
    }
)


def _code_type(codes: str) -> Any:
    scalar = load_faiss().ScalarQuantizer
    return scalar.QT_8bit if codes == "SQ8" else scalar.QT_fp16


def _divided(rows: NDArray[np.float32], settings: IndexSettings) -> CoarseLists:
    return divide(rows, lists=min(settings.lists or _lists_for(len(rows)), len(rows)), settings=settings)


def _quantiser(centres: NDArray[np.float32]) -> Any:
    quantiser = load_faiss().IndexFlatIP(centres.shape[1])
    quantiser.add(centres)
    return quantiser


def _own(index: Any, quantiser: Any) -> None:
    """Let `index` free its quantiser, and Python forget it."""
    quantiser.this.disown()
    index.own_fields = True


def _add(index: Any, rows: NDArray[np.float32], coarse: CoarseLists) -> None:
    """Add rows to the lists they were divided into, which are not those that FAISS would choose."""
    ids = np.arange(len(rows), dtype=np.int64)
    index.add_core(len(rows), *(load_faiss().swig_ptr(array) for array in (rows, ids, coarse.assigned)))


def _lists_for(count: int) -> int:
    return int(2 ** round(math.log2(max(1.0, 4.0 * math.sqrt(count)))))
