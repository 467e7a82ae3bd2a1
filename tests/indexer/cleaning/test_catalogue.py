import json

import polars as pl
import pytest

from firstlight_indexer.contract import ITEMS_SCHEMA, CleanDomain
from tests.indexer.small_shop import CATALOGUE, Shop, dropped


def items(domain: CleanDomain) -> dict[str, dict[str, object]]:
    return {str(row["item_id"]): row for row in pl.read_parquet(domain.items).iter_rows(named=True)}


def test_every_column_of_the_contract_is_there_with_its_type(shop: Shop) -> None:
    frame = pl.read_parquet(shop.clean().items)
    assert dict(frame.schema) == ITEMS_SCHEMA
    assert frame["item_id"].to_list() == ["cup", "pot", "tea"]
    assert frame.row(0, named=True) == {
        "item_id": "cup", "title": "White cup", "description": None, "category": [], "brand": None, "price": 8.0,
        "image": None, "attributes": [], "available": True, "created_at": None,
    }  # fmt: skip


def test_of_rows_with_one_id_the_last_that_can_be_sold_is_kept(shop: Shop) -> None:
    shop.write(catalogue=CATALOGUE + "tea,Black tea,4\ntea,White tea,0\n")
    domain = shop.clean()
    assert items(domain)["tea"]["title"] == "Black tea"
    assert dropped(domain, "catalogue") == [(2, "duplicate_item"), (6, "price_not_positive")]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (",Tea,1", "missing_item_id"), ("x,,1", "missing_title"), ("x,??,1", "missing_title"),
        ("x,<br>,1", "missing_title"),
        ("x,Free,0", "price_not_positive"), ("x,Refund,-2", "price_not_positive"), ("x,POSTAGE,3", "not_for_sale"),
        ("x,Test product,3", "not_for_sale"), ("gift_10,Voucher 10,10", "not_for_sale"), ("x,Tea", "unreadable_row"),
    ],
)  # fmt: skip
def test_what_nobody_can_buy_is_dropped_with_its_reason(shop: Shop, row: str, reason: str) -> None:
    shop.write(catalogue=CATALOGUE + row + "\n", toml="[cleaning]\nnot_for_sale_ids = ['^gift_']\n")
    assert dropped(shop.clean(), "catalogue") == [(5, reason)]


def test_words_of_a_charge_inside_a_title_are_no_charge(shop: Shop) -> None:
    shop.write(catalogue=CATALOGUE + "x,Postage stamp album,3\ny,Manual coffee grinder,9\n")
    assert {"x", "y"} <= set(items(shop.clean()))


def test_odd_values_are_cleared_and_counted_and_the_item_stays(shop: Shop) -> None:
    rows = "item_id,title,price,available,created_at\n" + "".join(
        ["tea,Green  tea,call us,no,2024-01-01\n", "cup,White cup,1e9,maybe,soon\n", "pot,Iron pot,40,,2199-01-01\n"]
    )
    shop.write(catalogue=rows)
    domain = shop.clean()
    found = items(domain)
    assert [found[name]["price"] for name in ("tea", "cup", "pot")] == [None, None, 40.0]
    assert [found[name]["available"] for name in ("tea", "cup", "pot")] == [False, True, True]
    assert [found[name]["created_at"] is None for name in ("tea", "cup", "pot")] == [False, True, True]
    assert json.loads(domain.report_json.read_text())["tables"][0]["changes"] == {
        "not_available": 1, "text_normalised": 1, "price_absurd": 1, "price_unreadable": 1, "created_at_unreadable": 2,
        "available_unreadable": 1,
    }  # fmt: skip


def test_free_items_stay_when_asked_for_and_negative_prices_are_cleared(shop: Shop) -> None:
    shop.write(catalogue=CATALOGUE + "x,Sample,0\ny,Odd,-1\n", toml="[cleaning]\ndrop_free_items = false\n")
    found = items(shop.clean())
    assert (found["x"]["price"], found["y"]["price"]) == (0.0, None)


def test_parquet_lists_and_structs_are_read_as_they_are(shop: Shop) -> None:
    pl.DataFrame(
        {
            "item_id": [1, 2],
            "title": ["Tea", None],
            "category": [["Food", "Tea"], ["Food"]],
            "attributes": [{"size": "1"}, {"size": None}],
        }
    ).write_parquet(shop.folder / "catalogue.parquet")
    shop.write(
        events="user_id,item_id,event_type,timestamp\nann,1,view,2024-03-01\n",
        catalogue_table='path = "catalogue.parquet"',
    )
    domain = shop.clean()
    assert items(domain)["1"]["category"] == ["Food", "Tea"]
    assert items(domain)["1"]["attributes"] == [{"key": "size", "value": "1"}]
    values = json.loads(pl.read_parquet(domain.quarantine)["values"][0])
    assert values == {"item_id": "2", "title": None, "category": '["Food"]', "attributes": '{"size":null}'}
