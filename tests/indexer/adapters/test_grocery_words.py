import polars as pl
import pytest

from firstlight_indexer.adapters.grocery_titles import grocery_titles
from firstlight_indexer.adapters.grocery_words import readable


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("FRZN BAGGED VEGETABLES - PLAIN", "Frozen bagged vegetables - plain"),
        ("MEAT-PCKGD", "Meat-packaged"),
        ("FEM. HYGN.NAPKINS", "Feminine hygiene napkins"),
        ("BREAD:ITALIAN/FRENCH", "Bread: italian/french"),
        ("PREPARED BEANS - BAKED W/PORK", "Prepared beans - baked with pork"),
        ("SANDWICHES&HANDHELDS", "Sandwiches and handhelds"),
        ("POTATOES RUSSET (BULK&BAG)", "Potatoes russet (bulk and bag)"),
        ("SFT DRNK SNGL SRV BTL CARB (EX", "Soft drink single serve bottle carbonated"),
        ("FRZN SS PREMIUM ENTREES/DNRS/N", "Frozen single serve premium entrees/dinners"),
        ("BBQ SAUCE", "BBQ sauce"),
        ("COLD AND FLU - DXM", "Cold and flu - DXM"),
        ("CHRISTMAS  SEASONAL", "Christmas seasonal"),
        ("BANANAS", "Bananas"),
    ],
)
def test_a_tills_words_become_readable(written: str, expected: str) -> None:
    assert readable(pl.Series([written])).to_list() == [expected]


def test_nothing_stays_nothing() -> None:
    assert readable(pl.Series([None, "TUNA"])).to_list() == [None, "Tuna"]


@pytest.mark.parametrize(
    ("category", "kind", "size", "brand", "expected"),
    [
        ("Bag snacks", "Potato chips", "9 OZ", "National", "Potato chips, 9 oz"),
        ("Bag snacks", "Potato chips", None, "Private", "Potato chips (store brand)"),
        ("Beef", "Choice", "1 LB", "National", "Beef: choice, 1 lb"),
        ("Soup", None, None, "National", "Soup"),
        (None, "Tuna", None, "National", "Tuna"),
        (None, None, "1 LB", "Private", None),
    ],
)
def test_titles_say_what_how_much_and_whose(
    category: str | None, kind: str | None, size: str | None, brand: str, expected: str | None
) -> None:
    titles = grocery_titles(
        category=pl.Series([category]),
        product_type=pl.Series([kind]),
        package_size=pl.Series([size]),
        brand=pl.Series([brand]),
    )
    assert titles.to_list() == [expected]
