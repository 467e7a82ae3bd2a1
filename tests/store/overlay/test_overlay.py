"""A catalogue with changes laid over it answers as one that was built with them."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray

from firstlight_store import (
    AllowedRows,
    AttributeCondition,
    ExactIndex,
    IndexKind,
    IndexSettings,
    ItemFilter,
    ItemTable,
    build_index,
)
from firstlight_store.overlay import OverlaidIndex, OverlaidItems, appended
from tests.server.tiny_snapshot import TinySnapshot

COUNT, ADDED = 600, 40


def rows(count: int, seed: int) -> NDArray[np.float32]:
    return np.random.default_rng(seed).normal(size=(count, 9)).astype(np.float32)


@pytest.mark.parametrize("gone_count", [0, 7, 300], ids=["none gone", "few gone", "many gone"])
@pytest.mark.parametrize("kind", ["flat", "ivf_sq8"])
@pytest.mark.parametrize("filtered", [False, True], ids=["all", "filtered"])
def test_a_search_beside_an_index_finds_what_exact_search_finds(
    gone_count: int, kind: IndexKind, filtered: bool
) -> None:
    whole, queries = rows(COUNT + ADDED, 1), rows(5, 2)
    gone = np.sort(np.random.default_rng(3).choice(COUNT, gone_count, replace=False))
    base = build_index(whole[:COUNT], queries, settings=IndexSettings(kind=kind)).index
    mask = np.ones(len(whole), np.bool_)
    mask[gone] = False
    if filtered:
        mask &= np.random.default_rng(4).random(len(whole)) < 0.5
    found = OverlaidIndex(base, whole, gone=gone).search(queries, k=20, allowed=AllowedRows(mask) if filtered else None)
    expected = ExactIndex(whole).search(queries, k=20, allowed=AllowedRows(mask))
    if kind == "flat":
        np.testing.assert_array_equal(found.rows, expected.rows)
    shared = [len(set(a) & set(b)) for a, b in zip(found.rows.tolist(), expected.rows.tolist(), strict=True)]
    assert sum(shared) >= 0.9 * 100
    assert mask[found.rows].all()
    assert not set(gone.tolist()) & set(found.rows.ravel().tolist())


def test_fewer_rows_than_asked_for_are_all_found() -> None:
    whole = rows(12, 5)
    gone = np.arange(9)
    index = OverlaidIndex(ExactIndex(whole[:10]), whole, gone=gone)
    found = index.search(whole[:1], k=5)
    assert sorted(found.rows[0].tolist()) == [-1, -1, 9, 10, 11]
    mask = np.zeros(12, np.bool_)
    mask[11] = True
    assert index.search(whole[:1], k=2, allowed=AllowedRows(mask)).rows.tolist() == [[11, -1]]


FILTERS = (
    ItemFilter(),
    ItemFilter(include_unavailable=True),
    ItemFilter(categories=("Tea",)),
    ItemFilter(brands=("acme", "nuovo"), include_unavailable=True),
    ItemFilter(min_price=10, max_price=100),
    ItemFilter(attributes=(AttributeCondition("size", ("small", "huge")),)),
    ItemFilter(attributes=(AttributeCondition("colour", ("red",)),)),
)


def laid_over() -> tuple[OverlaidItems, pl.DataFrame]:
    """Sixty items, of which one changed in place, one under a new row and one went, and one came; and what is left."""
    base = TinySnapshot().catalogue()
    ids = ["i0001", "i0002", "new"]
    side = base[[1, 2, 4]].with_columns(
        item_id=pl.Series(ids),
        title=pl.Series(["Huge Jam", "Red kettle", "Blue kettle"]),
        brand=pl.Series(["Nuovo", None, "Acme"]),
        price=pl.Series([55.0, None, 7.0]),
        attributes=pl.Series(
            [[{"key": "size", "value": "huge"}], [], [{"key": "colour", "value": "red"}]],
            dtype=base.schema["attributes"],
        ),
    )
    items = OverlaidItems(ItemTable.of(base), ItemTable.of(side), rows=np.array([1, 60, 61]), gone=np.array([2, 9]))
    return items, pl.concat([base.filter(~pl.col("item_id").is_in([*ids, "i0009"])), side])


def test_items_are_those_of_a_table_built_with_the_changes() -> None:
    items, frame = laid_over()
    built = ItemTable.of(frame)
    for item_id in frame["item_id"]:
        row, other = items.row(item_id), built.row(item_id)
        assert row is not None
        assert other is not None
        assert items.ids[row] == item_id
        for told in (items.title, items.brand, items.price, items.category, items.attributes):
            assert told(row) == getattr(built, told.__name__)(other)
        assert items.log_priors[row] == built.log_priors[other]
    assert items.row("i0009") is None
    assert items.count == 62


@pytest.mark.parametrize("wanted", FILTERS, ids=repr)
def test_filters_pass_the_same_items(wanted: ItemFilter) -> None:
    items, frame = laid_over()
    built = ItemTable.of(frame)
    found = {items.ids[int(row)] for row in np.flatnonzero(items.mask(wanted))}
    assert found == {built.ids[int(row)] for row in np.flatnonzero(built.mask(wanted))}
    assert items.unknown_values(wanted) == built.unknown_values(wanted)


@pytest.mark.parametrize("words", ["kettle", "jam", "huge jam", "Plain tea", "nothing"])
def test_words_name_the_same_items(words: str) -> None:
    items, frame = laid_over()
    built = ItemTable.of(frame)
    assert [items.ids[int(row)] for row in items.rows_with_words(words)] == sorted(
        (built.ids[int(row)] for row in built.rows_with_words(words)), key=lambda one: items.row(one) or 0
    )


def test_rows_are_appended_to_a_mapped_file_without_a_copy_or_a_trace(tmp_path: Path) -> None:
    array, more = rows(1_000, 6), rows(3, 7)
    np.save(tmp_path / "array.npy", array)
    mapped = np.load(tmp_path / "array.npy", mmap_mode="r")
    for part in (mapped, np.asarray(mapped), np.asarray(mapped)[17:900], array):
        whole = appended(part, more)
        np.testing.assert_array_equal(whole, np.concatenate([part, more]))
        assert not whole.flags.writeable
    del part, mapped
    np.testing.assert_array_equal(np.load(tmp_path / "array.npy"), array)
    (tmp_path / "array.npy").unlink()
    np.testing.assert_array_equal(whole[-3:], more)
