"""What a server reads of every item, as plain columns. Knows nothing of files, filters or answers."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from firstlight_store.attribute_rows import AttributeRows
from firstlight_store.errors import ItemTableInvalid
from firstlight_store.id_rows import IdRows
from firstlight_store.text_column import TextColumn
from firstlight_store.title_words import TitleWords


@dataclass(frozen=True)
class ItemColumns:
    """Columns of ``n`` items in row order. Immutable, so threads may share them.

    Attributes:
        ids: catalogue ids, all different.
        id_rows: the way back.
        titles: titles.
        title_words: which titles hold which words.
        category_codes: ``(n,)`` int32, places in ``categories``.
        brand_codes: ``(n,)`` int32, places in ``brands``.
        prices: ``(n,)`` float64 in the catalogue's currency; NaN where unknown.
        available: ``(n,)`` bool.
        log_priors: ``(n,)`` float32 natural logarithms.
        categories: distinct paths, root first; empty where unknown.
        brands: distinct brands; None where unknown.
        attributes: which items carry which values.
    """

    ids: TextColumn
    id_rows: IdRows
    titles: TextColumn
    title_words: TitleWords
    category_codes: NDArray[np.int32]
    brand_codes: NDArray[np.int32]
    prices: NDArray[np.float64]
    available: NDArray[np.bool_]
    log_priors: NDArray[np.float32]
    categories: Sequence[tuple[str, ...]]
    brands: Sequence[str | None]
    attributes: AttributeRows

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
        ids, titles = TextColumn.of(frame["item_id"].to_list()), TextColumn.of(frame["title"].to_list())
        category_codes, first = _codes(frame["category"].list.join("\x1f", ignore_nulls=True))
        brand_codes, first_of_brand = _codes(frame["brand"])
        return cls(
            ids=ids,
            id_rows=IdRows.of(ids),
            titles=titles,
            title_words=TitleWords.of(titles),
            category_codes=category_codes,
            brand_codes=brand_codes,
            prices=frame["price"].fill_null(float("nan")).to_numpy(),
            available=frame["available"].to_numpy(),
            log_priors=frame["log_prior"].to_numpy(),
            categories=[tuple(path) for path in frame["category"][first]],
            brands=list(frame["brand"][first_of_brand]),
            attributes=AttributeRows.of(frame["attributes"]),
        )


def _codes(column: pl.Series) -> tuple[NDArray[np.int32], pl.Series]:
    """Each row's code, numbered by first appearance, and the first row of each code."""
    keyed = pl.DataFrame({"key": column}).with_row_index("row")
    distinct = keyed.group_by("key", maintain_order=True).agg(pl.col("row").first()).with_row_index("code")
    codes = keyed.join(distinct, on="key", how="left", nulls_equal=True, maintain_order="left")["code"]
    return codes.to_numpy().astype(np.int32), distinct["row"]
