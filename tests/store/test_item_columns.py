"""Columns that are written are mapped as they were, and what does not fit is refused by name."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from firstlight_store import (
    AttributeCondition,
    ItemColumns,
    ItemFilter,
    ItemTable,
    ItemTableInvalid,
    write_item_columns,
)
from firstlight_store.item_columns_file import open_item_columns
from tests.server.tiny_snapshot import TinySnapshot

ITEMS = 40
Damage = Callable[[Path], None]
Column = NDArray[Any]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    frame = TinySnapshot(items=ITEMS).catalogue()
    frame.write_parquet(tmp_path / "items.parquet")
    write_item_columns(ItemColumns.of(frame), tmp_path / "items")
    return tmp_path


def test_a_mapped_table_says_what_the_parquet_file_does(folder: Path) -> None:
    read = ItemTable.open(folder / "items.parquet", count=ITEMS)
    mapped = ItemTable.map(folder / "items", count=ITEMS)
    assert list(mapped.ids) == list(read.ids)
    for row in range(ITEMS):
        assert mapped.row(read.ids[row]) == row
        assert mapped.title(row) == read.title(row)
        assert mapped.category(row) == read.category(row)
        assert mapped.brand(row) == read.brand(row)
        assert mapped.price(row) == read.price(row)
    assert (mapped.log_priors == read.log_priors).all()
    for wanted in (ItemFilter(), ItemFilter(categories=("tea",), max_price=20.0), ItemFilter(brands=("Acme",))):
        assert mapped.mask(wanted).tolist() == read.mask(wanted).tolist()
    assert mapped.mask(ItemFilter(include_unavailable=True)).all()
    for text in ("Honey", "honey JAM", "no such word", ""):
        assert mapped.rows_with_words(text).tolist() == read.rows_with_words(text).tolist()
    assert len(mapped.rows_with_words("honey"))


def test_attributes_are_mapped_too(folder: Path) -> None:
    table = ItemTable.map(folder / "items", count=ITEMS)
    small = ItemFilter(attributes=(AttributeCondition("size", ("small",)),), include_unavailable=True)
    assert np.flatnonzero(table.mask(small)).tolist() == list(range(1, ITEMS, 2))
    assert table.unknown_values(ItemFilter(attributes=(AttributeCondition("size", ("small", "huge")),))) == [
        ("attributes[0].values[1]", "huge")
    ]


def _without(name: str) -> Damage:
    return lambda folder: (folder / name).unlink()


def _as(name: str, change: Callable[[Column], Column]) -> Damage:
    def damage(folder: Path) -> None:
        np.save(folder / f"{name}.npy", (change(np.load(folder / f"{name}.npy"))))

    return damage


def _renamed(folder: Path) -> None:
    names = json.loads((folder / "names.json").read_text(encoding="utf-8"))
    (folder / "names.json").write_text(json.dumps(names | {"brands": []}), encoding="utf-8")


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (_without("titles.npy"), "titles.npy"),
        (_without("names.json"), "names.json"),
        (_as("prices", lambda column: column.astype(np.float32)), "prices.npy is float32"),
        (_as("available", lambda column: column[:-1]), "'available': 39"),
        (_as("titles.ends", lambda column: column[::-1]), "ends of the texts"),
        (_as("ids.rows", lambda column: column + 1), "ids' rows"),
        (_as("ids.checksums", lambda column: column[::-1]), "ids' checksums"),
        (_as("categories", lambda column: column + 100), "categories up to"),
        (_as("log_priors", lambda column: column.reshape(2, -1)), "log_priors.npy is float32 \\(2, 20\\)"),
        (_as("words.starts", lambda column: column[:-1]), "words: the starts of the texts"),
        (_as("words.rows", lambda column: column + ITEMS), "words.rows up to"),
        (_as("attributes.starts", lambda column: column[::-1]), "attributes: the starts of the texts"),
        (_as("attributes.rows", lambda column: column + ITEMS), "attributes.rows up to"),
        (_renamed, "there are 0"),
    ],
)
def test_columns_that_do_not_fit_are_refused(folder: Path, damage: Damage, told: str) -> None:
    damage(folder / "items")
    with pytest.raises(ItemTableInvalid, match=told):
        open_item_columns(folder / "items", count=ITEMS)


def test_columns_of_another_number_of_items_are_refused(folder: Path) -> None:
    with pytest.raises(ItemTableInvalid, match="the manifest says 41"):
        open_item_columns(folder / "items", count=ITEMS + 1)


def test_pickled_columns_are_never_unpickled(folder: Path) -> None:
    np.save(folder / "items" / "prices.npy", np.array([object()] * ITEMS), allow_pickle=True)
    with pytest.raises(ItemTableInvalid, match="Python objects"):
        open_item_columns(folder / "items", count=ITEMS)
