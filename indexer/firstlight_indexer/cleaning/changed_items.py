"""Folds what was changed online into a cleaned catalogue: as if the shop had handed it over last.

Changed items are cleaned as all others are. It knows nothing of where changes are kept.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import polars as pl

from firstlight_indexer.cleaning.catalogue import CleanCatalogue, clean_catalogue
from firstlight_indexer.cleaning.dropped_rows import REASON, quarantined
from firstlight_indexer.cleaning_settings import CleaningSettings
from firstlight_indexer.contract import ATTRIBUTES_TYPE, ITEMS_SCHEMA
from firstlight_indexer.reading import FAULT, FILE, LINE, ROW, RawTable
from firstlight_store.catalogue_changes import CatalogueChange, ChangedItem

_SOURCE = (Path("changed online"),)
_COLUMNS = {
    "item_id": pl.String(),
    "title": pl.String(),
    "description": pl.String(),
    "category": pl.List(pl.String()),
    "brand": pl.String(),
    "price": pl.Float64(),
    "attributes": ATTRIBUTES_TYPE,
    "available": pl.Boolean(),
}
_ROW_COLUMNS = {FILE: pl.UInt32(), ROW: pl.Int64(), FAULT: pl.String(), LINE: pl.String()}
_SHOPS_OWN = ("image", "created_at")
"""Columns that no change carries: an item keeps them."""


def with_changes(
    catalogue: CleanCatalogue, changes: Sequence[CatalogueChange], settings: CleaningSettings
) -> CleanCatalogue:
    """``catalogue`` with ``changes`` of different items in it; rows that they replace or remove count as dropped."""
    if not changes:
        return catalogue
    changed = _cleaned(changes, settings)
    ids = pl.Series("item_id", [change.item_id for change in changes], dtype=pl.String)
    given = pl.col("item_id").is_in(ids.implode())
    own = changed.items.drop(_SHOPS_OWN).join(
        catalogue.items.select("item_id", *_SHOPS_OWN), on="item_id", how="left", maintain_order="left"
    )
    items = pl.concat([catalogue.items.filter(~given), own.select(*ITEMS_SCHEMA)]).sort("item_id")
    removed = catalogue.items.filter(given)["item_id"]
    lost = pl.concat([catalogue.dropped_ids, changed.dropped_ids, removed]).unique()
    return replace(
        catalogue,
        items=items,
        dropped=pl.concat([catalogue.dropped, changed.dropped, _replaced(catalogue.items.filter(given), changes)]),
        dropped_ids=lost.filter(~lost.is_in(items["item_id"].implode())),
        rows_read=catalogue.rows_read + changed.rows_read,
    )


def settled(
    catalogue: CleanCatalogue, changes: Sequence[CatalogueChange], settings: CleaningSettings
) -> tuple[int, ...]:
    """The sequences of those ``changes`` that the shop's own ``catalogue`` says as well, so that it may speak again."""
    told = [name for name in ITEMS_SCHEMA if name not in _SHOPS_OWN]
    ids = [change.item_id for change in changes]
    own = {row["item_id"]: row for row in catalogue.items.select(told).filter(pl.col("item_id").is_in(ids)).to_dicts()}
    changed = {row["item_id"]: row for row in _cleaned(changes, settings).items.select(told).to_dicts()}
    return tuple(change.sequence for change in changes if own.get(change.item_id) == changed.get(change.item_id))


def _cleaned(changes: Sequence[CatalogueChange], settings: CleaningSettings) -> CleanCatalogue:
    items = [_row(change.item) for change in changes if change.item is not None]
    frame = pl.DataFrame(items, schema=_COLUMNS, orient="row").with_columns(
        pl.lit(0, dtype=pl.UInt32).alias(FILE),
        pl.int_range(1, pl.len() + 1, dtype=pl.Int64).alias(ROW),
        pl.lit(None, dtype=pl.String).alias(FAULT),
        pl.lit(None, dtype=pl.String).alias(LINE),
    )
    return clean_catalogue(RawTable(frame.lazy(), _SOURCE, tuple(_COLUMNS)), settings, category_separator=">")


def _row(item: ChangedItem) -> tuple[object, ...]:
    pairs = [{"key": key, "value": value} for key, value in item.attributes]
    category = list(item.category)
    return (
        item.item_id, item.title, item.description or None, category, item.brand, item.price, pairs, item.available
    )  # fmt: skip


def _replaced(rows: pl.DataFrame, changes: Sequence[CatalogueChange]) -> pl.DataFrame:
    """The shop's own rows that changes speak instead of, in the quarantine's schema."""
    removed = pl.Series([change.item_id for change in changes if change.item is None], dtype=pl.String)
    why = pl.when(pl.col("item_id").is_in(removed.implode())).then(pl.lit("removed_online"))
    nothing = [pl.lit(None, dtype=kind).alias(name) for name, kind in _ROW_COLUMNS.items()]
    shown = ("item_id", "title")
    told = rows.select(*shown, why.otherwise(pl.lit("changed_online")).alias(REASON), *nothing)
    whole = told.with_columns(pl.lit(0, dtype=pl.UInt32).alias(FILE), pl.lit(0, dtype=pl.Int64).alias(ROW))
    return quarantined(whole.lazy(), table="catalogue", files=_SOURCE, values=shown).collect()
