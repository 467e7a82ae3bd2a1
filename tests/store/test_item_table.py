from pathlib import Path

import numpy as np
import polars as pl
import pytest

from firstlight_store import AttributeCondition, ItemFilter, ItemTable, ItemTableInvalid

ITEMS = pl.DataFrame(
    {
        "item_id": ["corn-flakes", "muesli", "milk", "socks", "mystery"],
        "title": ["Corn flakes", "Müsli", "Milk", "Socks", "?"],
        "description": [None, "with nuts", None, None, None],
        "category": [
            ["Grocery", "Breakfast", "Cold cereal"],
            ["Grocery", "Breakfast", "Cold cereal"],
            ["Grocery", "Dairy"],
            ["Clothes", "Breakfast"],
            [],
        ],
        "brand": ["Kellogg's", "STRASSE", "Acme", "acme", None],
        "price": [3.5, 5.0, 1.2, 7.0, None],
        "available": [True, True, True, False, True],
        "attributes": [
            [{"key": "size", "value": "L"}, {"key": "organic", "value": "no"}],
            [{"key": "size", "value": "S"}, {"key": "organic", "value": "yes"}],
            [{"key": "organic", "value": "yes"}],
            [{"key": "size", "value": "L"}, {"key": "size", "value": "XL"}],
            [],
        ],
        "log_prior": [-2.0, -3.0, -1.0, -4.0, -9.0],
    },
    schema_overrides={"log_prior": pl.Float32},
)


def written(frame: pl.DataFrame, directory: Path) -> Path:
    frame.write_parquet(directory / "items.parquet")
    return directory / "items.parquet"


@pytest.fixture
def table(tmp_path: Path) -> ItemTable:
    return ItemTable.open(written(ITEMS, tmp_path), count=5)


def passing(table: ItemTable, wanted: ItemFilter) -> list[str]:
    return [table.ids[int(row)] for row in np.flatnonzero(table.mask(wanted))]


def test_items_are_found_by_id_and_described_by_row(table: ItemTable) -> None:
    row = table.row("muesli")
    assert row == 1
    assert (table.title(1), table.brand(1), table.price(1)) == ("Müsli", "STRASSE", 5.0)
    assert table.category(1) == ("Grocery", "Breakfast", "Cold cereal")
    assert (table.brand(4), table.price(4), table.category(4)) == (None, None, ())
    assert table.row("absent") is None
    assert table.log_priors.tolist() == [-2.0, -3.0, -1.0, -4.0, -9.0]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (ItemFilter(), ["corn-flakes", "muesli", "milk", "mystery"]),
        (ItemFilter(include_unavailable=True), ["corn-flakes", "muesli", "milk", "socks", "mystery"]),
        (ItemFilter(categories=("cold CEREAL",)), ["corn-flakes", "muesli"]),
        (ItemFilter(categories=("Grocery",)), ["corn-flakes", "muesli", "milk"]),
        (ItemFilter(categories=("Breakfast",), include_unavailable=True), ["corn-flakes", "muesli", "socks"]),
        (ItemFilter(categories=("grocery > breakfast",), include_unavailable=True), ["corn-flakes", "muesli"]),
        (ItemFilter(categories=("Breakfast > Cold cereal",)), []),
        (ItemFilter(categories=("Dairy", "Cold cereal")), ["corn-flakes", "muesli", "milk"]),
        (ItemFilter(categories=("Toys",)), []),
        (ItemFilter(brands=("ACME",), include_unavailable=True), ["milk", "socks"]),
        (ItemFilter(brands=("straße",)), ["muesli"]),
        (ItemFilter(min_price=3.5), ["corn-flakes", "muesli"]),
        (ItemFilter(max_price=3.5), ["corn-flakes", "milk"]),
        (ItemFilter(min_price=2.0, max_price=4.0), ["corn-flakes"]),
        (ItemFilter(attributes=(AttributeCondition("organic", ("yes",)),)), ["muesli", "milk"]),
        (ItemFilter(attributes=(AttributeCondition("size", ("L", "S")),)), ["corn-flakes", "muesli"]),
        (ItemFilter(attributes=(AttributeCondition("size", ("XL",)),), include_unavailable=True), ["socks"]),
        (
            ItemFilter(attributes=(AttributeCondition("size", ("L", "S")), AttributeCondition("organic", ("yes",)))),
            ["muesli"],
        ),
        (ItemFilter(categories=("Grocery",), brands=("acme",), max_price=2.0), ["milk"]),
    ],
)
def test_an_item_passes_when_every_condition_holds(table: ItemTable, wanted: ItemFilter, expected: list[str]) -> None:
    assert passing(table, wanted) == expected


def test_a_mask_can_be_changed_without_changing_the_table(table: ItemTable) -> None:
    table.mask(ItemFilter())[:] = False
    assert table.available.tolist() == [True, True, True, False, True]
    with pytest.raises(ValueError, match="read-only"):
        table.available[0] = False


def test_values_that_no_item_has_are_named_with_their_field(table: ItemTable) -> None:
    wanted = ItemFilter(
        categories=("Grocery", "Grocery > Toys"),
        brands=("Acme", "Nobody"),
        attributes=(AttributeCondition("size", ("L", "XXS")), AttributeCondition("colour", ("red",))),
    )
    assert table.unknown_values(wanted) == [
        ("categories[1]", "Grocery > Toys"),
        ("brands[1]", "Nobody"),
        ("attributes[0].values[1]", "XXS"),
        ("attributes[1].key", "colour"),
    ]


def test_a_catalogue_without_brands_categories_or_attributes_is_served(tmp_path: Path) -> None:
    bare = ITEMS.with_columns(
        category=pl.lit([], dtype=pl.List(pl.String)),
        brand=pl.lit(None, dtype=pl.String),
        attributes=ITEMS["attributes"].clear(5).fill_null([]),
    )
    table = ItemTable.open(written(bare, tmp_path))
    assert passing(table, ItemFilter(categories=("Grocery",))) == []
    assert passing(table, ItemFilter(attributes=(AttributeCondition("size", ("L",)),))) == []
    assert table.unknown_values(ItemFilter(brands=("Acme",))) == [("brands[0]", "Acme")]


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        (ITEMS.drop("price"), "no column 'price'"),
        (ITEMS.with_columns(pl.col("price").cast(pl.Float32)), "column 'price' is Float32, not Float64"),
        (ITEMS.with_columns(item_id=pl.lit("milk")), "item_id 'milk' is in items.parquet more than once"),
        (ITEMS.with_columns(title=pl.lit(None, dtype=pl.String)), "column 'title': 5 rows are null"),
        (ITEMS.head(4), "has 4 rows, the manifest says 5"),
    ],
    ids=["a column missing", "another type", "an id repeated", "a title missing", "a row missing"],
)
def test_a_table_that_breaks_its_contract_is_refused(tmp_path: Path, frame: pl.DataFrame, message: str) -> None:
    with pytest.raises(ItemTableInvalid, match=message):
        ItemTable.open(written(frame, tmp_path), count=5)


def test_a_file_that_is_no_parquet_is_refused(tmp_path: Path) -> None:
    (tmp_path / "items.parquet").write_bytes(b"PAR1 but not really")
    with pytest.raises(ItemTableInvalid, match="cannot be read as Parquet"):
        ItemTable.open(tmp_path / "items.parquet")


def test_items_of_a_kind_have_one_number_and_those_of_none_have_none(table: ItemTable, tmp_path: Path) -> None:
    cereal, muesli, milk, _, mystery = table.category_kinds(np.arange(5)).tolist()
    assert cereal == muesli != milk
    assert mystery == table.brand_kinds(np.array([4]))[0] == -1
    assert (table.category_count, table.brand_count) == (None, None)
    named = ItemTable.open(written(ITEMS.head(3), tmp_path), count=3)
    assert (named.category_count, named.brand_count) == (2, 3)
