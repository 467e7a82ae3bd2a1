"""Item metadata in index-row order: ids and names for answers, masks for filters. It knows nothing of vectors."""

import math
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Final, Self, TypeVar

import numpy as np
import polars as pl
from numpy.typing import NDArray

from firstlight_store.coded_names import CodedNames
from firstlight_store.item_columns import ItemColumns
from firstlight_store.item_columns_file import open_item_columns
from firstlight_store.item_filter import ItemFilter
from firstlight_store.table_file import read_table

CATEGORY_SEPARATOR: Final = " > "
_Scalar = TypeVar("_Scalar", bound=np.generic)
_Name = TypeVar("_Name")
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

    def __init__(self, columns: ItemColumns) -> None:
        self.ids = columns.ids
        """Catalogue ids by row."""
        self.available: NDArray[np.bool_] = _frozen(columns.available)
        """(n,) bool."""
        self.prices: NDArray[np.float64] = _frozen(columns.prices)
        """(n,) float64 in the catalogue's currency; NaN where unknown."""
        self.log_priors: NDArray[np.float32] = _frozen(columns.log_priors)
        """(n,) float32 natural logarithms."""
        self.category_codes: NDArray[np.int32] = _frozen(columns.category_codes)
        """(n,) int32, equal where the category paths are equal."""
        self.brand_codes: NDArray[np.int32] = _frozen(columns.brand_codes)
        """(n,) int32, equal where the brands are equal."""
        self._columns = columns

    @classmethod
    def of(cls, frame: pl.DataFrame) -> Self:
        """Take a frame with the columns of items.parquet that answers and filters need.

        Raises:
            ItemTableInvalid: an id is repeated.
        """
        return cls(ItemColumns.of(frame))

    @classmethod
    def open(cls, path: Path, *, count: int | None = None) -> Self:
        """Read items.parquet of a verified snapshot; `count` is how many rows there must be.

        Raises:
            ItemTableInvalid: a column is absent or of another type, an id repeats or is null, or the count differs.
        """
        required = ("item_id", "title", "category", "available", "attributes", "log_prior")
        return cls.of(read_table(path, _COLUMNS, required=required, count=count))

    @classmethod
    def map(cls, folder: Path, *, count: int) -> Self:
        """Map the `count` items' columns in `folder`.

        Raises:
            ItemTableInvalid: the columns are not sound.
        """
        return cls(open_item_columns(folder, count=count))

    @property
    def count(self) -> int:
        """How many items there are."""
        return len(self.ids)

    def row(self, item_id: str) -> int | None:
        """Return the row of an item, or None where the snapshot does not hold it."""
        return self._columns.id_rows.find(item_id)

    def title(self, row: int) -> str:
        """Return an item's title."""
        return self._columns.titles[row]

    def category(self, row: int) -> tuple[str, ...]:
        """Return an item's category path, root first; empty where unknown."""
        return self._columns.categories[int(self._columns.category_codes[row])]

    def brand(self, row: int) -> str | None:
        """Return an item's brand, if known."""
        return self._columns.brands[int(self._columns.brand_codes[row])]

    def category_kinds(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return equal numbers for `rows` (k,) of equal categories, (k,) int64, -1 where unknown."""
        return self._known_categories.take(self.category_codes.take(rows))

    def brand_kinds(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return equal numbers for `rows` (k,) of equal brands, (k,) int64, -1 where unknown."""
        return self._known_brands.take(self.brand_codes.take(rows))

    def price(self, row: int) -> float | None:
        """Return an item's price in the catalogue's currency, if known."""
        price = float(self.prices[row])
        return None if math.isnan(price) else price

    def attributes(self, row: int) -> tuple[tuple[str, str], ...]:
        """Return an item's attributes, pairs of key and value in order; looks through those of all items."""
        return self._columns.attributes.of_row(row)

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
            mask &= self._columns.attributes.mask(condition.key, condition.values)
        return mask

    def rows_with_words(self, text: str) -> NDArray[np.int64]:
        """Return the rows, ascending, whose title holds every word of `text`."""
        return self._columns.title_words.find(text)

    def unknown_values(self, wanted: ItemFilter) -> list[tuple[str, str]]:
        """Return what no item of the catalogue has, as (field, value), such as ("brands[1]", "Acme")."""
        unknown = [(f"categories[{i}]", v) for i, v in enumerate(wanted.categories) if v not in self._category_names]
        unknown += [(f"brands[{i}]", v) for i, v in enumerate(wanted.brands) if v not in self._brand_names]
        for i, condition in enumerate(wanted.attributes):
            if not self._columns.attributes.knows_key(condition.key):
                unknown.append((f"attributes[{i}].key", condition.key))
                continue
            values = enumerate(condition.values)
            missing = [(j, v) for j, v in values if not self._columns.attributes.knows(condition.key, v)]
            unknown += [(f"attributes[{i}].values[{j}]", value) for j, value in missing]
        return unknown

    @cached_property
    def category_count(self) -> int | None:
        """How many categories there are; None where an item has none."""
        return _count(self._known_categories.take(self.category_codes))

    @cached_property
    def brand_count(self) -> int | None:
        """How many brands there are; None where an item has none."""
        return _count(self._known_brands.take(self.brand_codes))

    @cached_property
    def coded_categories(self) -> dict[tuple[str, ...], int]:
        """Every category path -> its code."""
        return {path: code for code, path in enumerate(self._columns.categories)}

    @cached_property
    def coded_brands(self) -> dict[str | None, int]:
        """Every brand -> its code."""
        return {brand: code for code, brand in enumerate(self._columns.brands)}

    @cached_property
    def _known_categories(self) -> NDArray[np.int64]:
        return _known(self.coded_categories)

    @cached_property
    def _known_brands(self) -> NDArray[np.int64]:
        return _known(self.coded_brands)

    @cached_property
    def _category_names(self) -> CodedNames:
        return CodedNames.build(self._columns.category_codes, [_names(path) for path in self._columns.categories])

    @cached_property
    def _brand_names(self) -> CodedNames:
        return CodedNames.build(self._columns.brand_codes, [() if b is None else (b,) for b in self._columns.brands])


def _frozen(array: NDArray[_Scalar]) -> NDArray[_Scalar]:
    view = array.view()
    view.flags.writeable = False
    return view


def _known(coded: Mapping[_Name, int]) -> NDArray[np.int64]:
    """Each code, or -1 for that of no name, and of a code that nothing has."""
    known = np.full(max(coded.values(), default=-1) + 2, -1, np.int64)
    named = [code for name, code in coded.items() if name]
    known[named] = named
    return known


def _count(kinds: NDArray[np.int64]) -> int | None:
    return None if (kinds < 0).any() else len(np.unique(kinds))


def _names(path: tuple[str, ...]) -> list[str]:
    """Return the names a category path goes by: every level's, and every path from the root down."""
    return [*path, *(CATEGORY_SEPARATOR.join(path[: depth + 1]) for depth in range(len(path)))]
