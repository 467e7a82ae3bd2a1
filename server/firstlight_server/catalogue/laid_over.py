"""Lays changed items over a snapshot's parts: what results answers as a snapshot that was built with them would.

Items that nobody took yet get the prior of their category and no companions, as a build gives them. Pure computation;
nothing is changed, and little is copied. Knows nothing of where changes are kept.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from firstlight_server.catalogue.laid_over_stage import NewRows, stage_with
from firstlight_server.catalogue.shelves import Shelves
from firstlight_server.snapshot_parts import SnapshotParts
from firstlight_store import ItemTable
from firstlight_store.catalogue_changes import ChangedItem
from firstlight_store.overlay import OverlaidIndex, OverlaidItems, appended

_SAME_TEXT = 1e-3
"""Squared distance below which two vectors are taken for those of one text: a server rounds as the build did not, by
up to 2e-4 on the domains measured."""

_SCHEMA = {
    "item_id": pl.String(),
    "title": pl.String(),
    "brand": pl.String(),
    "price": pl.Float64(),
    "available": pl.Boolean(),
    "log_prior": pl.Float32(),
}


@dataclass(frozen=True)
class ItemChange:
    """One item as it is now.

    Attributes:
        item_id: its id.
        item: what is said of it; None where it was removed.
        vector: ``(d,)`` float32 unit vector of the space; None where it was removed.
    """

    item_id: str
    item: ChangedItem | None
    vector: NDArray[np.float32] | None


@dataclass(frozen=True)
class _Placed:
    """An item and its row: its own where it keeps one, else the one it takes the place of, or None for a new item."""

    item: ChangedItem
    vector: NDArray[np.float32]
    row: int | None
    log_prior: float


def of_one_text(left: NDArray[np.float32], right: NDArray[np.float32]) -> bool:
    """Whether two ``(d,)`` unit vectors may be those of one text."""
    return bool(np.square(left - right).sum() < _SAME_TEXT)


def laid_over(parts: SnapshotParts, changes: Sequence[ItemChange], *, shelves: Shelves) -> SnapshotParts:
    """``parts`` with ``changes`` of different items in them; ``shelves`` are those of ``parts``."""
    gone, kept, added = _sorted(parts, changes, shelves)
    count = len(parts.rows)
    rows = np.array([one.row for one in kept] + list(range(count, count + len(added))), np.int64)
    items = OverlaidItems(parts.items, _table([*kept, *added]), rows=rows, gone=gone)
    fresh = [np.append(one.vector, np.float32(one.log_prior)) for one in added]
    whole = appended(parts.rows, np.array(fresh, np.float32).reshape(len(added), parts.rows.shape[1]))
    stage = parts.stage
    if stage is not None:
        changed = [(row, one.item) for row, one in zip(rows.tolist(), [*kept, *added], strict=True)]
        stage = stage_with(stage, NewRows(whole, changed, [one.row for one in added]), shelves=shelves)
    return replace(parts, items=items, rows=whole, index=OverlaidIndex(parts.index, whole, gone=gone), stage=stage)


def _sorted(
    parts: SnapshotParts, changes: Sequence[ItemChange], shelves: Shelves
) -> tuple[NDArray[np.int64], list[_Placed], list[_Placed]]:
    """Rows that are no item any more, items that keep their row, and items that get one."""
    gone, kept, added = list[int](), list[_Placed](), list[_Placed]()
    for change in changes:
        row = parts.items.row(change.item_id)
        if change.item is None or change.vector is None:
            gone += [] if row is None else [row]
        elif row is None:
            added.append(_Placed(change.item, change.vector, None, shelves.log_prior(change.item.category)))
        else:
            placed = _Placed(change.item, change.vector, row, float(parts.rows[row, -1]))
            keeps = of_one_text(parts.rows[row, :-1], change.vector)
            (kept if keeps else added).append(placed)
            gone += [] if keeps else [row]
    return np.array(sorted(gone), np.int64), kept, added


def _table(placed: Sequence[_Placed]) -> ItemTable:
    items = [one.item for one in placed]
    columns = {
        "item_id": [item.item_id for item in items],
        "title": [item.title for item in items],
        "brand": [item.brand for item in items],
        "price": [item.price for item in items],
        "available": [item.available for item in items],
        "log_prior": [one.log_prior for one in placed],
    }
    frame = pl.DataFrame(columns, schema=_SCHEMA)
    names = [(row, name) for row, item in enumerate(items) for name in item.category]
    pairs = [(row, *pair) for row, item in enumerate(items) for pair in item.attributes]
    levels = pl.DataFrame(names, schema={"row": pl.UInt32(), "category": pl.String()}, orient="row")
    values = pl.DataFrame(pairs, schema={"row": pl.UInt32(), "key": pl.String(), "value": pl.String()}, orient="row")
    structs = values.select("row", pl.struct("key", "value").alias("attributes"))
    return ItemTable.of(
        frame.with_columns(_lists(levels, "category", len(items)), _lists(structs, "attributes", len(items)))
    )


def _lists(flat: pl.DataFrame, name: str, count: int) -> pl.Series:
    """A list for each of ``count`` rows of what ``flat`` says of it; polars takes 20 times as long to read lists."""
    grouped = flat.group_by("row", maintain_order=True).agg(name)
    rows = pl.DataFrame({"row": range(count)}, schema={"row": pl.UInt32()})
    joined = rows.join(grouped, on="row", how="left", maintain_order="left")[name]
    return joined.fill_null(pl.Series([[]], dtype=joined.dtype))
