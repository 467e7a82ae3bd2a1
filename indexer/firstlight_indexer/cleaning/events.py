"""First pass over the event log: reads each row, finds what is wrong with it alone, and stages all rows on disk.

Streaming: it never holds the log in memory. Rows that are wrong only beside others come in `event_order` and `bots`.
"""

from collections.abc import Sequence
from itertools import accumulate
from pathlib import Path

import polars as pl

from firstlight_indexer.cleaning.catalogue import CleanCatalogue
from firstlight_indexer.cleaning.dropped_rows import RAW_PREFIX, REASON, raw_text
from firstlight_indexer.cleaning.identifiers import identifier
from firstlight_indexer.cleaning.moments import moment
from firstlight_indexer.contract import EVENT_TYPES, EVENTS_SCHEMA
from firstlight_indexer.domain_file import DomainFile
from firstlight_indexer.reading import FAULT, FILE, LINE, ROW, RawTable

_KNOWN = "__known"
_WEIGHT_TEXT = "__weight_text"


def stage_events(tables: Sequence[tuple[RawTable, DomainFile]], catalogue: CleanCatalogue, staged: Path) -> None:
    """Write every row of `tables`, each with what the domain says of it, to the Parquet file `staged`.

    Columns: those of EVENTS_SCHEMA, FILE (counted over all tables), ROW, FAULT, LINE, REASON (null for rows that are
    right so far), and for dropped rows alone what the shop wrote (RAW_PREFIX + name).
    """
    firsts = accumulate((len(raw.files) for raw, _ in tables), initial=0)
    frames = [_judged(raw, domain, catalogue, first) for (raw, domain), first in zip(tables, firsts, strict=False)]
    pl.concat(frames, how="diagonal").sink_parquet(staged, compression="lz4")


def _judged(raw: RawTable, domain: DomainFile, catalogue: CleanCatalogue, first_file: int) -> pl.LazyFrame:
    kinds = raw.frame.collect_schema()
    rows = (
        raw.frame.select(*_normalised(raw, kinds, domain), *_row_columns(raw, kinds))
        .join(_items(catalogue).lazy(), on="item_id", how="left", maintain_order="left")
        .with_columns(_reason(_possible(domain)))
        .with_columns(pl.col("session_id").fill_null(_own_session()), pl.col("weight").fill_null(1.0))
        .with_columns((pl.col(FILE) + first_file).cast(pl.UInt32))
    )
    kept_raw = [
        pl.when(pl.col(REASON).is_not_null()).then(pl.col(RAW_PREFIX + name)).alias(RAW_PREFIX + name)
        for name in raw.columns
    ]
    return rows.select(*EVENTS_SCHEMA, FILE, ROW, FAULT, LINE, REASON, *kept_raw)


def _row_columns(raw: RawTable, kinds: pl.Schema) -> list[pl.Expr]:
    place = [pl.col(name) for name in (FILE, ROW, FAULT, LINE)]
    return place + [raw_text(name, kinds[name]) for name in raw.columns]


def _normalised(raw: RawTable, kinds: pl.Schema, domain: DomainFile) -> list[pl.Expr]:
    columns = {name: identifier(name, kinds[name]) for name in ("user_id", "item_id", "event_type")}
    columns["event_type"] = _event_type(columns["event_type"], domain)
    columns["timestamp"] = moment("timestamp", kinds["timestamp"], pattern=domain.timestamp_format)
    columns["weight"] = pl.lit(None, dtype=pl.Float32)
    columns["session_id"] = pl.lit(None, dtype=pl.String)
    columns[_WEIGHT_TEXT] = pl.lit(None, dtype=pl.String)
    if "weight" in raw.columns:
        columns[_WEIGHT_TEXT] = identifier("weight", kinds["weight"])
        columns["weight"] = pl.col("weight").cast(pl.String).str.strip_chars().cast(pl.Float32, strict=False)
    if "session_id" in raw.columns:
        columns["session_id"] = identifier("session_id", kinds["session_id"])
    return [column.alias(name) for name, column in columns.items()]


def _event_type(text: pl.Expr, domain: DomainFile) -> pl.Expr:
    """Map what the shop writes to the contract's types; the rest stays as it is, to be found unknown."""
    if not domain.event_types:
        return text.str.to_lowercase()
    mapped = text.replace(dict(domain.event_types))
    return pl.when(text.is_in(list(domain.event_types))).then(mapped).otherwise(text.str.to_lowercase())


def _items(catalogue: CleanCatalogue) -> pl.DataFrame:
    """Return item_id -> whether it was kept; absent = never in the catalogue."""
    kept = catalogue.items.select("item_id", pl.lit(value=True).alias(_KNOWN))
    dropped = catalogue.dropped_ids.alias("item_id").to_frame().with_columns(pl.lit(value=False).alias(_KNOWN))
    return pl.concat([kept, dropped])


def _possible(domain: DomainFile) -> pl.Expr:
    """Return whether an event can have happened then; any value will do where times carry order only."""
    if domain.times == "order":
        return pl.lit(value=True)
    return pl.col("timestamp").is_between(domain.cleaning.earliest, domain.cleaning.last_possible())


def _reason(possible: pl.Expr) -> pl.Expr:
    """Return the first reason that fits, or null; `possible` judges the time."""
    wrong_weight = pl.col(_WEIGHT_TEXT).is_not_null() & ~pl.col("weight").is_finite().fill_null(value=False)
    return (
        pl.when(pl.col(FAULT).is_not_null()).then(pl.lit("unreadable_row"))
        .when(pl.col("user_id").is_null()).then(pl.lit("missing_user_id"))
        .when(pl.col("item_id").is_null()).then(pl.lit("missing_item_id"))
        .when(pl.col("event_type").is_null()).then(pl.lit("missing_event_type"))
        .when(_blank(RAW_PREFIX + "timestamp")).then(pl.lit("missing_timestamp"))
        .when(~pl.col("event_type").is_in(EVENT_TYPES)).then(pl.lit("unknown_event_type"))
        .when(pl.col("timestamp").is_null()).then(pl.lit("unreadable_timestamp"))
        .when(wrong_weight).then(pl.lit("unreadable_weight"))
        .when(~possible).then(pl.lit("impossible_time"))
        .when(pl.col(_KNOWN).is_null()).then(pl.lit("item_not_in_catalogue"))
        .when(~pl.col(_KNOWN)).then(pl.lit("item_dropped"))
        .alias(REASON)
    )  # fmt: skip


def _blank(name: str) -> pl.Expr:
    return pl.col(name).is_null() | (pl.col(name).str.strip_chars() == "")


def _own_session() -> pl.Expr:
    """A user's events at one moment are one session where the shop names none."""
    return pl.format("{}@{}", "user_id", pl.col("timestamp").dt.to_string("%Y-%m-%dT%H:%M:%S%.fZ"))
