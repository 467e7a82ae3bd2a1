"""A snapshot of as many items as are wanted, made up from a real one. Knows nothing of what is measured on it."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from benchmarks.copied import copy_files
from benchmarks.made_up_items import made_up_items
from firstlight_encoder import Space
from firstlight_store import ItemColumns, Snapshot, SnapshotStore, build_index, write_item_columns, write_vectors

_OF_ITEMS = ("items.parquet", "items/", "vectors.safetensors", "index.faiss", "second_stage/")


def publish_made_up(real: Snapshot, queries: NDArray[np.float32], *, count: int, data_dir: Path, tenant: str) -> str:
    """Publishes ``count`` items with vectors spread as those of ``real`` are, and returns the snapshot's id.

    The first stage alone ranks them. Titles, categories and prices are real items', ids are numbers.

    Args:
        real: whose space, text encoder and labels are taken over.
        queries: ``(q, d + 1)`` float32, on which the index is tuned.
        count: how many items.
        data_dir: where it is published.
        tenant: for whom.
    """
    rows = made_up_items(np.asarray(real.items_vectors()), count, seed=count)
    store = SnapshotStore(data_dir, tenant)
    with store.write() as writer:
        copy_files(real, writer.path, without=_OF_ITEMS)
        items = _items(real, rows)
        items.write_parquet(writer.path / "items.parquet")
        write_item_columns(ItemColumns.of(items), writer.path / "items")
        space = Space.load(real.path("space"))
        stamps = {
            "encoder_fingerprint": real.manifest.facts.encoder_fingerprint,
            "space_fingerprint": space.fingerprint,
        }
        write_vectors(writer.path / "vectors.safetensors", rows, name="items", **stamps)
        built = build_index(rows, queries)
        built.index.write(writer.path / "index.faiss")
        facts = replace(real.manifest.facts, item_count=count, index=built.report.facts())
        with writer.commit(facts) as published:
            store.activate(published.id)
            return published.id


def _items(real: Snapshot, rows: NDArray[np.float32]) -> pl.DataFrame:
    items = pl.read_parquet(real.path("items.parquet"))
    drawn = items[np.random.default_rng(len(rows)).integers(0, len(items), len(rows))]
    ids = pl.Series("item_id", np.arange(len(rows))).cast(pl.String)
    return drawn.with_columns(ids, pl.Series("log_prior", rows[:, -1]))
