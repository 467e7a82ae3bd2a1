"""What a server reads of every item, as plain columns that several processes can map: one copy in memory for all.

They are made from items.parquet and stand beside it in a snapshot. Knows nothing of filters or answers.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from firstlight_store.errors import ItemTableInvalid
from firstlight_store.id_rows import IdRows
from firstlight_store.text_column import TextColumn

_NAMES: Final = "names.json"
_TYPES: Final[dict[str, type[np.generic]]] = {
    "ids": np.uint8,
    "ids.ends": np.int64,
    "ids.checksums": np.uint32,
    "ids.rows": np.int32,
    "titles": np.uint8,
    "titles.ends": np.int64,
    "categories": np.int32,
    "brands": np.int32,
    "prices": np.float64,
    "available": np.bool_,
    "log_priors": np.float32,
}


@dataclass(frozen=True)
class ItemColumns:
    """Columns of ``n`` items in row order. Immutable, so threads may share them.

    Attributes:
        ids: catalogue ids, all different.
        id_rows: the way back.
        titles: titles.
        category_codes: ``(n,)`` int32, places in ``categories``.
        brand_codes: ``(n,)`` int32, places in ``brands``.
        prices: ``(n,)`` float64 in the catalogue's currency; NaN where unknown.
        available: ``(n,)`` bool.
        log_priors: ``(n,)`` float32 natural logarithms.
        categories: distinct paths, root first; empty where unknown.
        brands: distinct brands; None where unknown.
    """

    ids: TextColumn
    id_rows: IdRows
    titles: TextColumn
    category_codes: NDArray[np.int32]
    brand_codes: NDArray[np.int32]
    prices: NDArray[np.float64]
    available: NDArray[np.bool_]
    log_priors: NDArray[np.float32]
    categories: Sequence[tuple[str, ...]]
    brands: Sequence[str | None]

    @classmethod
    def of(cls, frame: pl.DataFrame) -> "ItemColumns":
        """The columns of a frame of items.parquet.

        Raises:
            ItemTableInvalid: an id is repeated.
        """
        if repeated := frame.filter(pl.col("item_id").is_duplicated())["item_id"].to_list():
            raise ItemTableInvalid(
                f"item_id {repeated[0]!r} is in items.parquet more than once; clean the catalogue again"
            )
        ids = TextColumn.of(frame["item_id"].to_list())
        category_codes, first = _codes(frame["category"].list.join("\x1f", ignore_nulls=True))
        brand_codes, first_of_brand = _codes(frame["brand"])
        return cls(
            ids=ids,
            id_rows=IdRows.of(ids),
            titles=TextColumn.of(frame["title"].to_list()),
            category_codes=category_codes,
            brand_codes=brand_codes,
            prices=frame["price"].fill_null(float("nan")).to_numpy(),
            available=frame["available"].to_numpy(),
            log_priors=frame["log_prior"].to_numpy(),
            categories=[tuple(path) for path in frame["category"][first]],
            brands=list(frame["brand"][first_of_brand]),
        )

    def write(self, folder: Path) -> None:
        """Writes one NumPy file a column, and the names."""
        folder.mkdir(parents=True, exist_ok=True)
        for name, column in self._arrays().items():
            np.save(folder / f"{name}.npy", np.ascontiguousarray(column, _TYPES[name]), allow_pickle=False)
        names = {"categories": self.categories, "brands": self.brands}
        (folder / _NAMES).write_text(json.dumps(names, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def open(cls, folder: Path, *, count: int) -> "ItemColumns":
        """Maps what `write` wrote of ``count`` items, in a verified snapshot.

        Raises:
            ItemTableInvalid: a file is absent or of another type, the count differs, or the columns do not fit.
        """
        try:
            column = {name: _mapped(folder / f"{name}.npy", kind) for name, kind in _TYPES.items()}
            names: Any = json.loads((folder / _NAMES).read_text(encoding="utf-8"))
            ids = TextColumn(column["ids"], column["ids.ends"])
            columns = cls(
                ids=ids,
                id_rows=IdRows(ids, column["ids.checksums"], column["ids.rows"]),
                titles=TextColumn(column["titles"], column["titles.ends"]),
                category_codes=column["categories"],
                brand_codes=column["brands"],
                prices=column["prices"],
                available=column["available"],
                log_priors=column["log_priors"],
                categories=[tuple(path) for path in names["categories"]],
                brands=list(names["brands"]),
            )
            columns._require(count)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ItemTableInvalid(
                f"{folder} holds no sound columns of items ({error}); rebuild the snapshot"
            ) from error
        return columns

    def _require(self, count: int) -> None:
        lengths = {name: len(column) for name, column in self._arrays().items() if "." not in name}
        lengths |= {"ids": len(self.ids), "titles": len(self.titles)}
        if wrong := {name: length for name, length in lengths.items() if length != count}:
            raise ValueError(f"{wrong}, the manifest says {count}")
        for codes, known in ((self.category_codes, self.categories), (self.brand_codes, self.brands)):
            if len(codes) and not (codes.min() >= 0 and codes.max() < len(known)):
                raise ValueError(f"codes up to {codes.max()} for {len(known)} names")

    def _arrays(self) -> dict[str, NDArray[Any]]:
        texts, rows = {"ids": self.ids, "titles": self.titles}, self.id_rows
        arrays: dict[str, NDArray[Any]] = {name: text.block for name, text in texts.items()}
        arrays |= {f"{name}.ends": text.ends for name, text in texts.items()}
        arrays |= {"ids.checksums": rows.checksums, "ids.rows": rows.rows}
        arrays |= {"categories": self.category_codes, "brands": self.brand_codes, "prices": self.prices}
        return arrays | {"available": self.available, "log_priors": self.log_priors}


def _mapped(path: Path, kind: type[np.generic]) -> NDArray[Any]:
    column = np.load(path, mmap_mode="r", allow_pickle=False)
    if column.ndim != 1 or column.dtype != kind:
        raise ValueError(f"{path.name} is {column.dtype} {column.shape}, not ({kind.__name__}, one line)")
    return np.asarray(column)  # a plain view: a memory map costs more at every indexing


def _codes(column: pl.Series) -> tuple[NDArray[np.int32], pl.Series]:
    """Each row's code, numbered by first appearance, and the first row of each code."""
    keyed = pl.DataFrame({"key": column}).with_row_index("row")
    distinct = keyed.group_by("key", maintain_order=True).agg(pl.col("row").first()).with_row_index("code")
    codes = keyed.join(distinct, on="key", how="left", nulls_equal=True, maintain_order="left")["code"]
    return codes.to_numpy().astype(np.int32), distinct["row"]
