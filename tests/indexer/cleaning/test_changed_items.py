"""What was changed online, folded into the cleaned catalogue."""

import polars as pl

from firstlight_store.catalogue_changes import CatalogueChange, ChangedItem
from tests.indexer.small_shop import Shop, dropped

JAM = ChangedItem(
    item_id="jam",
    title="Plum&nbsp;jam",
    description="<b>Sweet</b>",
    category=("Food", "Jam"),
    brand="Acme",
    price=4.0,
    available=False,
    attributes=(("size", "small"),),
)
CUP = ChangedItem(item_id="cup", title="White cup", price=9.0)
CHANGES = [
    CatalogueChange("jam", JAM, sequence=3),
    CatalogueChange("cup", CUP, sequence=4),
    CatalogueChange("pot", None, sequence=5),
]


def test_items_are_added_replaced_and_removed_and_every_row_is_accounted_for(shop: Shop) -> None:
    shop.write(
        catalogue="item_id,title,price,image\ntea,Green tea,3.50,t.png\ncup,White cup,8,c.png\npot,Iron pot,40,\n"
    )
    domain = shop.clean(changes=CHANGES)
    items = pl.read_parquet(domain.items)
    assert items["item_id"].to_list() == ["cup", "jam", "tea"]
    cup, jam, _ = items.to_dicts()
    assert (cup["price"], cup["image"]) == (9.0, "c.png")
    assert (jam["title"], jam["description"], jam["category"]) == ("Plum jam", "Sweet", ["Food", "Jam"])
    assert (jam["brand"], jam["price"], jam["available"]) == ("Acme", 4.0, False)
    assert jam["attributes"] == [{"key": "size", "value": "small"}]
    assert sorted(reason for _, reason in dropped(domain, "catalogue")) == ["changed_online", "removed_online"]


def test_events_of_removed_items_go_and_those_of_added_ones_stay(shop: Shop) -> None:
    lines = (
        "ann,tea,view,2024-03-01T10:00:00Z",
        "bob,pot,view,2024-03-02T09:00:00Z",
        "bob,jam,view,2024-03-03T09:00:00Z",
    )
    shop.write(events="user_id,item_id,event_type,timestamp\n" + "\n".join(lines) + "\n")
    domain = shop.clean(changes=CHANGES)
    assert pl.read_parquet(domain.events)["item_id"].to_list() == ["tea", "jam"]
    assert [reason for _, reason in dropped(domain, "events")] == ["item_dropped"]


def test_what_the_shop_says_as_well_is_settled(shop: Shop) -> None:
    shop.write()
    assert shop.clean(changes=CHANGES).settled_changes == ()
    shop.write(catalogue="item_id,title,price\ntea,Green tea,3.50\ncup,White cup,9\n")
    assert shop.clean(changes=CHANGES).settled_changes == (4, 5)
    assert shop.clean().settled_changes == ()


def test_the_same_changes_make_the_same_bytes(shop: Shop) -> None:
    shop.write()
    first, second = shop.clean("first", CHANGES), shop.clean("second", CHANGES)
    assert first.items.read_bytes() == second.items.read_bytes()
