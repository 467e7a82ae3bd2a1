"""Item metadata in index-row order: ids and names for answers, masks for filters. It knows nothing of vectors."""

import math
from functools import cached_property
from pathlib import Path
from typing import Final, Self, TypeVar

import numpy as np
import polars as pl
from numpy.typing import NDArray

from firstlight_store.attribute_rows import AttributeRows
from firstlight_store.coded_names import CodedNames
from firstlight_store.errors import ItemTableInvalid
from firstlight_store.item_filter import ItemFilter
from firstlight_store.table_file import read_table
from firstlight_store.text_column import TextColumn
from firstlight_store.title_words import TitleWords

CATEGORY_SEPARATOR: Final = " > "
_Scalar = TypeVar("_Scalar", bound=np.generic)
_COLUMNS: Final[dict[str, pl.DataType]] = {
    "item_id": pl.String(),
    "title": pl.String(),
    "category": pl.List(pl.String()),
    "brand": pl.String(),
    "price": pl.Float64(),
    "available": pl.Boolean(),
    "attributes": pl.List(pl.Struct({"key": pl.String(), "value": pl.String()})),
    "log_prior": pl.Float32(),
}


class ItemTable:
    """The items of one snapshot; row i describes row i of the index. Immutable, so threads may share it."""

    def __init__(self, frame: pl.DataFrame) -> None:
        """Take a frame with the columns of items.parquet that answers and filters need.

        Raises:
            ItemTableInvalid: an id is repeated.
        """
        self.ids: tuple[str, ...] = tuple(frame["item_id"])
        """Catalogue ids by row."""
        self._rows = {item_id: row for row, item_id in enumerate(self.ids)}
        if len(self._rows) != len(self.ids):
            repeated = frame.filter(pl.col("item_id").is_duplicated())["item_id"][0]
            raise ItemTableInvalid(
                f"item_id {repeated!r} is in items.parquet more than once; clean the catalogue again"
            )
        self.available: NDArray[np.bool_] = _frozen(frame["available"].to_numpy())
        """(n,) bool."""
        self.prices: NDArray[np.float64] = _frozen(frame["price"].fill_null(float("nan")).to_numpy())
        """(n,) float64 in the catalogue's currency; NaN where unknown."""
        self.log_priors: NDArray[np.float32] = _frozen(frame["log_prior"].to_numpy())
        """(n,) float32 natural logarithms."""
        self._titles = TextColumn(frame["title"].to_list())
        self._category_codes, self._categories = _distinct_categories(frame["category"])
        self._brand_codes, self._brands = _distinct_brands(frame["brand"])
        self._category_names = CodedNames.build(self._category_codes, [_names(path) for path in self._categories])
        self._brand_names = CodedNames.build(self._brand_codes, [() if b is None else (b,) for b in self._brands])
        self._attributes = frame["attributes"]

    @classmethod
    def open(cls, path: Path, *, count: int | None = None) -> Self:
        """Read items.parquet of a verified snapshot; `count` is how many rows there must be.

        Raises:
            ItemTableInvalid: a column is absent or of another type, an id repeats or is null, or the count differs.
        """
        required = ("item_id", "title", "category", "available", "attributes", "log_prior")
        return cls(read_table(path, _COLUMNS, required=required, count=count))

    @property
    def count(self) -> int:
        """How many items there are."""
        return len(self.ids)

    def row(self, item_id: str) -> int | None:
        """Return the row of an item, or None where the snapshot does not hold it."""
        return self._rows.get(item_id)

    def title(self, row: int) -> str:
        """Return an item's title."""
        return self._titles[row]

    def category(self, row: int) -> tuple[str, ...]:
        """Return an item's category path, root first; empty where unknown."""
        return self._categories[int(self._category_codes[row])]

    def brand(self, row: int) -> str | None:
        """Return an item's brand, if known."""
        return self._brands[int(self._brand_codes[row])]

    def price(self, row: int) -> float | None:
        """Return an item's price in the catalogue's currency, if known."""
        price = float(self.prices[row])
        return None if math.isnan(price) else price

    def mask(self, wanted: ItemFilter) -> NDArray[np.bool_]:
        """Return (n,) bool, True where an item passes; a new array."""
        mask = np.ones(self.count, dtype=np.bool_) if wanted.include_unavailable else self.available.copy()
        if wanted.categories:
            mask &= self._category_names.mask(wanted.categories)
        if wanted.brands:
            mask &= self._brand_names.mask(wanted.brands)
        if wanted.min_price is not None:
            mask &= self.prices >= wanted.min_price
        if wanted.max_price is not None:
            mask &= self.prices <= wanted.max_price
        for condition in wanted.attributes:
            mask &= self._attribute_rows.mask(condition.key, condition.values)
        return mask

    def rows_with_words(self, text: str) -> NDArray[np.int64]:
        """Return the rows, ascending, whose title holds every word of `text`."""
        return self._title_words.rows(text)

    def unknown_values(self, wanted: ItemFilter) -> list[tuple[str, str]]:
        """Return what no item of the catalogue has, as (field, value), such as ("brands[1]", "Acme")."""
        unknown = [(f"categories[{i}]", v) for i, v in enumerate(wanted.categories) if v not in self._category_names]
        unknown += [(f"brands[{i}]", v) for i, v in enumerate(wanted.brands) if v not in self._brand_names]
        for i, condition in enumerate(wanted.attributes):
            if not self._attribute_rows.knows_key(condition.key):
                unknown.append((f"attributes[{i}].key", condition.key))
                continue
            values = enumerate(condition.values)
            missing = [(j, v) for j, v in values if not self._attribute_rows.knows(condition.key, v)]
            unknown += [(f"attributes[{i}].values[{j}]", value) for j, value in missing]
        return unknown

    @cached_property
    def _title_words(self) -> TitleWords:
        return TitleWords.build(self._titles)

    @cached_property
    def _attribute_rows(self) -> AttributeRows:
        return AttributeRows.build(self._attributes)


def _frozen(array: NDArray[_Scalar]) -> NDArray[_Scalar]:
    copy = array.copy()
    copy.flags.writeable = False
    return copy


def _names(path: tuple[str, ...]) -> list[str]:
    """Return the names a category path goes by: every level's, and every path from the root down."""
    return [*path, *(CATEGORY_SEPARATOR.join(path[: depth + 1]) for depth in range(len(path)))]


def _distinct_categories(column: pl.Series) -> tuple[NDArray[np.intp], list[tuple[str, ...]]]:
    codes, first = _codes(column.list.join("\x1f", ignore_nulls=True))
    return codes, [tuple(path) for path in column[first]]


def _distinct_brands(column: pl.Series) -> tuple[NDArray[np.intp], list[str | None]]:
    codes, first = _codes(column)
    return codes, list(column[first])


def _codes(column: pl.Series) -> tuple[NDArray[np.intp], pl.Series]:
    """Return each row's code, numbered by first appearance, and the first row of each code."""
    keyed = pl.DataFrame({"key": column}).with_row_index("row")
    distinct = keyed.group_by("key", maintain_order=True).agg(pl.col("row").first()).with_row_index("code")
    codes = keyed.join(distinct, on="key", how="left", nulls_equal=True, maintain_order="left")["code"]
    return codes.to_numpy().astype(np.intp), distinct["row"]
