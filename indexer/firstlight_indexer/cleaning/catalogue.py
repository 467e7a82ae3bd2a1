"""Cleans the catalogue, in memory: normalises every column and finds the items nobody can buy.

It knows nothing of events.
"""

from dataclasses import dataclass

import polars as pl

from firstlight_indexer.cleaning.attributes import attributes
from firstlight_indexer.cleaning.availability import availability
from firstlight_indexer.cleaning.categories import categories
from firstlight_indexer.cleaning.dropped_rows import RAW_PREFIX, REASON, quarantined, raw_text
from firstlight_indexer.cleaning.identifiers import identifier
from firstlight_indexer.cleaning.moments import moment
from firstlight_indexer.cleaning.prices import price
from firstlight_indexer.cleaning.text import has_word, tidy
from firstlight_indexer.cleaning_settings import CleaningSettings
from firstlight_indexer.contract import ATTRIBUTES_TYPE, ITEMS_SCHEMA, TIMESTAMP_TYPE
from firstlight_indexer.reading import FAULT, FILE, LINE, ROW, RawTable

_TEXTS = ("title", "description", "brand")


@dataclass(frozen=True)
class CleanCatalogue:
    """The outcome of cleaning a catalogue.

    Attributes:
        items: ITEMS_SCHEMA, sorted by item_id.
        dropped: The dropped rows, in the quarantine's schema.
        dropped_ids: Ids of dropped items that no kept row has.
        rows_read: Rows of the files.
        changes: How many kept rows were changed or flagged, by the keys of `report.reasons.CHANGES`.
    """

    items: pl.DataFrame
    dropped: pl.DataFrame
    dropped_ids: pl.Series
    rows_read: int
    changes: dict[str, int]


def clean_catalogue(raw: RawTable, settings: CleaningSettings, *, category_separator: str) -> CleanCatalogue:
    """Clean `raw`; no row stops it."""
    rows = raw.frame.collect(engine="streaming")
    values = rows.select(FILE, ROW, FAULT, LINE, *[raw_text(name, rows.schema[name]) for name in raw.columns])
    normal = _normalised(rows, raw.columns, settings, category_separator)
    judged = _without_duplicates(normal.with_columns(_reason(settings)))
    kept = judged.filter(pl.col(REASON).is_null())
    dropped = values.with_columns(judged[REASON]).filter(pl.col(REASON).is_not_null())
    lost = judged.filter(pl.col(REASON).is_not_null())["item_id"].drop_nulls().unique()
    return CleanCatalogue(
        items=kept.select(pl.col(name).cast(kind) for name, kind in ITEMS_SCHEMA.items()).sort("item_id"),
        dropped=quarantined(
            dropped.lazy(), table="catalogue", files=raw.files, values=[RAW_PREFIX + name for name in raw.columns]
        ).collect(),
        dropped_ids=lost.filter(~lost.is_in(kept["item_id"].implode())),
        rows_read=rows.height,
        changes=_changes(values.filter(judged[REASON].is_null()), kept),
    )


def _normalised(
    rows: pl.DataFrame, present: tuple[str, ...], settings: CleaningSettings, separator: str
) -> pl.DataFrame:
    """Return ITEMS_SCHEMA's columns, FAULT, and what prices and times were before they were cleared."""
    kinds = rows.schema
    nothing = {name: pl.lit(None, dtype=kind).alias(name) for name, kind in ITEMS_SCHEMA.items()}
    columns = dict(nothing)
    columns["item_id"] = identifier("item_id", kinds["item_id"])
    columns.update({name: tidy(pl.col(name).cast(pl.String)) for name in _TEXTS if name in present})
    if "image" in present:
        columns["image"] = identifier("image", kinds["image"])
    if "price" in present:
        columns["price"] = price("price", kinds["price"])
    if "available" in present:
        columns["available"] = availability("available", kinds["available"])
    if "created_at" in present:
        columns["created_at"] = moment("created_at", kinds["created_at"])
    lowest = -settings.max_price if settings.drop_free_items else 0.0
    nested = ("category", "attributes")
    frame = rows.select(FAULT, *[column.alias(name) for name, column in columns.items() if name not in nested])
    return frame.with_columns(
        pl.col("available").fill_null(value=True),
        pl.when(pl.col("price").is_between(lowest, settings.max_price)).then(pl.col("price")),
        _possible(pl.col("created_at"), settings),
        _paths(rows, present, separator),
        attributes(rows["attributes"])
        if "attributes" in present
        else pl.lit([], dtype=ATTRIBUTES_TYPE).alias("attributes"),
    )


def _paths(rows: pl.DataFrame, present: tuple[str, ...], separator: str) -> pl.Series | pl.Expr:
    if "category" in present:
        return categories(rows["category"], separator=separator)
    return pl.lit([], dtype=pl.List(pl.String)).alias("category")


def _possible(time: pl.Expr, settings: CleaningSettings) -> pl.Expr:
    return pl.when(time.is_between(settings.earliest, settings.last_possible())).then(time.cast(TIMESTAMP_TYPE))


def _reason(settings: CleaningSettings) -> pl.Expr:
    """Return the first reason that fits, or null."""
    excluded = pl.lit(value=False)
    for pattern in settings.not_for_sale_ids:
        excluded |= pl.col("item_id").str.contains(pattern)
    for pattern in settings.not_for_sale_titles:
        excluded |= pl.col("title").str.contains(pattern)
    free = pl.lit(settings.drop_free_items) & (pl.col("price") <= 0)
    return (
        pl.when(pl.col(FAULT).is_not_null()).then(pl.lit("unreadable_row"))
        .when(pl.col("item_id").is_null()).then(pl.lit("missing_item_id"))
        .when(~has_word(pl.col("title")).fill_null(value=False)).then(pl.lit("missing_title"))
        .when(excluded).then(pl.lit("not_for_sale"))
        .when(free).then(pl.lit("price_not_positive"))
        .alias(REASON)
    )  # fmt: skip


def _without_duplicates(rows: pl.DataFrame) -> pl.DataFrame:
    """Mark all but the last of the rows that are otherwise kept and share an id."""
    key = pl.when(pl.col(REASON).is_null()).then(pl.col("item_id"))
    superseded = key.is_not_null() & ~key.is_last_distinct()
    return rows.with_columns(pl.when(superseded).then(pl.lit("duplicate_item")).otherwise(pl.col(REASON)).alias(REASON))


def _changes(values: pl.DataFrame, kept: pl.DataFrame) -> dict[str, int]:
    """Count, among kept rows, what differs between the shop's `values` and the `kept` ones."""
    raw = {name.removeprefix(RAW_PREFIX): values[name] for name in values.columns if name.startswith(RAW_PREFIX)}
    cleared = {
        name: (raw[name].is_not_null() & kept[name].is_null()) for name in ("price", "created_at") if name in raw
    }
    counts = {"not_available": int((~kept["available"]).sum())}
    tidied = [raw[name].ne_missing(kept[name]) for name in _TEXTS if name in raw]
    counts["text_normalised"] = (
        int(pl.DataFrame(tidied).select(pl.any_horizontal(pl.all())).to_series().sum()) if tidied else 0
    )
    if "price" in cleared:
        readable = values.select(price(f"{RAW_PREFIX}price", pl.String())).to_series().is_not_null()
        counts["price_absurd"] = int((cleared["price"] & readable).sum())
        counts["price_unreadable"] = int((cleared["price"] & ~readable).sum())
    if "created_at" in cleared:
        counts["created_at_unreadable"] = int(cleared["created_at"].sum())
    if "available" in raw:
        read = values.select(availability(f"{RAW_PREFIX}available", pl.String())).to_series()
        counts["available_unreadable"] = int((raw["available"].is_not_null() & read.is_null()).sum())
    return {name: count for name, count in counts.items() if count}
