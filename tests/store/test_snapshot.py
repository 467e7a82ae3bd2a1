"""A snapshot with real parts: what the indexer writes is what the server opens."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from firstlight_store import (
    AllowedRows,
    ExactIndex,
    IndexSettings,
    ItemFilter,
    LayoutMismatch,
    SnapshotFacts,
    SnapshotStore,
    build_index,
    write_vectors,
)
from tests.store.catalogue_rows import CatalogueRows, catalogue_rows
from tests.store.tiny_snapshot import quick_store


@pytest.fixture(scope="module")
def catalogue() -> CatalogueRows:
    return catalogue_rows(count=6_000)


@pytest.fixture(scope="module")
def store(catalogue: CatalogueRows, tmp_path_factory: pytest.TempPathFactory) -> SnapshotStore:
    store = quick_store(tmp_path_factory.mktemp("snapshots"))
    with store.write() as writer:
        facts = fill(writer.path, catalogue)
        with writer.commit(facts) as snapshot:
            store.activate(snapshot.id)
    return store


def fill(directory: Path, catalogue: CatalogueRows) -> SnapshotFacts:
    count, width = catalogue.rows.shape
    stamp = {"encoder_fingerprint": "e", "space_fingerprint": "s"}
    built = build_index(catalogue.rows, catalogue.queries, settings=IndexSettings(kind="ivf_sq8"))
    built.index.write(directory / "index.faiss")
    write_vectors(directory / "vectors.safetensors", catalogue.rows, name="items", **stamp)
    write_vectors(directory / "labels.safetensors", catalogue.rows[:2, :-1], name="labels", **stamp)
    labels = {"kind": ["category", "brand"], "name": ["Even", "Acme"], "row": [0, 1]}
    pl.DataFrame(labels).write_parquet(directory / "labels.parquet")
    items(catalogue).write_parquet(directory / "items.parquet")
    return SnapshotFacts(
        domain="toys",
        dimension=width,
        item_count=count,
        label_count=2,
        index=built.report.facts(),
        inputs_fingerprint="i",
        **stamp,
    )


def items(catalogue: CatalogueRows) -> pl.DataFrame:
    count = len(catalogue.rows)
    return pl.DataFrame({"item_id": [f"item-{row}" for row in range(count)]}).with_columns(
        title=pl.col("item_id"),
        category=pl.Series([["Even" if row % 2 == 0 else "Odd"] for row in range(count)]),
        brand=pl.lit(None, dtype=pl.String),
        price=pl.lit(None, dtype=pl.Float64),
        available=pl.lit(True),
        attributes=pl.lit([], dtype=pl.List(pl.Struct({"key": pl.String, "value": pl.String}))),
        log_prior=pl.Series(catalogue.rows[:, -1]),
    )


def test_a_filtered_search_over_an_opened_snapshot_finds_the_exact_answer(
    store: SnapshotStore, catalogue: CatalogueRows
) -> None:
    with store.open() as snapshot:
        index, table = snapshot.index(), snapshot.items()
        allowed = AllowedRows(table.mask(ItemFilter(categories=("even",))))
        hits = index.search(catalogue.queries, k=5, allowed=allowed)
        best = ExactIndex(catalogue.rows).search(catalogue.queries, k=5, allowed=allowed)
    assert bool((hits.rows % 2 == 0).all())
    np.testing.assert_array_equal(hits.scores, best.scores)
    assert table.row(table.ids[int(hits.rows[0, 0])]) == int(hits.rows[0, 0])


def test_declared_interests_are_found_beside_their_vectors(store: SnapshotStore, catalogue: CatalogueRows) -> None:
    with store.open() as snapshot:
        assert snapshot.labels().row("brand", "acme") == 1
        np.testing.assert_array_equal(snapshot.label_vectors(), catalogue.rows[:2, :-1])


def test_writing_the_same_catalogue_again_yields_the_same_snapshot(
    store: SnapshotStore, catalogue: CatalogueRows
) -> None:
    with store.write() as writer, writer.commit(fill(writer.path, catalogue)) as snapshot:
        assert snapshot.id == store.current_id()


def test_an_index_over_other_rows_is_refused_when_it_is_opened(catalogue: CatalogueRows, tmp_path: Path) -> None:
    store = quick_store(tmp_path)
    with store.write() as writer:
        facts = fill(writer.path, catalogue)
        build_index(catalogue.rows[:-1], catalogue.queries).index.write(writer.path / "index.faiss")
        with writer.commit(facts) as snapshot, pytest.raises(LayoutMismatch, match="rows, dimension, metric"):
            snapshot.index()
