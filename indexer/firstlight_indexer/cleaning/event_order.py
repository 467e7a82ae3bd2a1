"""Second pass over the event log: sorts the rows by user and time and marks exact duplicates, in parts that fit memory.

A part holds whole users, in ascending order, so that the parts one after the other are the sorted log.
"""

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from firstlight_indexer.cleaning.dropped_rows import REASON
from firstlight_indexer.contract import EVENTS_SCHEMA
from firstlight_indexer.progress import Progress
from firstlight_indexer.reading import FILE, ROW

_PART = "__part"


def order_events(staged: Path, folder: Path, *, rows_in_memory: int, progress: Progress) -> tuple[Path, ...]:
    """Write the rows of `staged` that have no reason yet as sorted parts under `folder`.

    Columns of a part: those of EVENTS_SCHEMA, FILE, ROW, and REASON ("duplicate_event" or null).

    Returns:
        The parts, in order of user.
    """
    right = pl.scan_parquet(staged).filter(pl.col(REASON).is_null()).select(*EVENTS_SCHEMA, FILE, ROW)
    unsorted = _split(right, folder / "unsorted", rows_in_memory=rows_in_memory)
    parts: list[Path] = []
    for number, (count, part) in enumerate(unsorted):
        progress("sort events", number, count)
        path = folder / f"sorted-{number:05d}.parquet"
        _sorted(part.collect(engine="streaming")).write_parquet(path, compression="lz4")
        parts.append(path)
    progress("sort events", len(parts), len(parts))
    return tuple(parts)


def _split(rows: pl.LazyFrame, folder: Path, *, rows_in_memory: int) -> Iterator[tuple[int, pl.LazyFrame]]:
    """Yield (number of parts, one part) in order of user, about `rows_in_memory` rows each."""
    users = rows.group_by("user_id").agg(pl.len().alias("rows")).collect(engine="streaming").sort("user_id")
    if users["rows"].sum() <= rows_in_memory:
        yield 1, rows
        return
    part_of = users.select("user_id", ((pl.col("rows").cum_sum() - 1) // rows_in_memory).alias(_PART))
    numbers = part_of[_PART].unique().sort().to_list()
    rows.join(part_of.lazy(), on="user_id", how="left").sink_parquet(
        pl.PartitionBy(folder, key=_PART, include_key=False), compression="lz4", mkdir=True
    )
    for number in numbers:
        yield len(numbers), pl.scan_parquet(folder / f"{_PART}={number}")


def _sorted(rows: pl.DataFrame) -> pl.DataFrame:
    """Sort by user, time and original order, and mark all but the first of identical events."""
    ordered = rows.sort("user_id", "timestamp", FILE, ROW)
    repeated = ~pl.struct(*EVENTS_SCHEMA).is_first_distinct()
    return ordered.with_columns(pl.when(repeated).then(pl.lit("duplicate_event")).alias(REASON))
