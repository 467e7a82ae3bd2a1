from collections.abc import Sequence

import polars as pl
import pytest

from firstlight_indexer.catalogue import Catalogue
from firstlight_indexer.contract import ATTRIBUTES_TYPE, CategoryMeaning
from firstlight_indexer.errors import DomainFileError
from firstlight_indexer.tagging.tagged_catalogue import require_free
from firstlight_indexer.tagging.tags_table import TagsTable

Item = tuple[str, Sequence[str], str | None]
"""Title, category path (or tags) and brand."""


def catalogue(*items: Item, meaning: CategoryMeaning = "path") -> Catalogue:
    columns = {
        "item_id": [f"i{number}" for number in range(len(items))],
        "title": [title for title, _, _ in items],
        "description": [None] * len(items),
        "brand": [brand for _, _, brand in items],
        "category": [list(path) for _, path, _ in items],
    }
    schema: dict[str, pl.DataType] = {name: pl.String() for name in ("item_id", "title", "description", "brand")}
    bare = pl.DataFrame(columns, schema=schema | {"category": pl.List(pl.String)})
    return Catalogue(bare.with_columns(pl.Series("attributes", [[] for _ in items], ATTRIBUTES_TYPE)), meaning)


def test_item_texts_are_in_row_order() -> None:
    shop = catalogue(("Green tea", ["Food", "Tea"], "Acme"), ("Iron pot", (), None))
    assert len(shop) == 2
    assert shop.texts == ["Green tea. Acme. Tea < Food", "Iron pot"]


def test_newcomers_declare_categories_where_the_shop_has_them() -> None:
    shop = catalogue(("Green tea", ["Food", "Tea"], None), ("Iron pot", (), None))
    assert shop.labels.names == ("Food", "Tea")


def test_newcomers_declare_phrases_of_titles_where_the_shop_has_no_categories() -> None:
    shop = catalogue(*((f"Green tea {word}", (), None) for word in ("one", "two", "three", "four", "five")))
    assert shop.labels.names == shop.labels.prompts == ("green tea",)


def test_every_level_is_declarable_by_its_name_and_by_its_path() -> None:
    shop = catalogue(("Green tea", ["Food", "Tea"], "Acme"))
    known = [(name.kind, name.name, name.prompt) for name in shop.declarable]
    assert known == [
        ("category", "Food", "category: Food"),
        ("category", "Tea", "category: Tea"),
        ("category", "Food > Tea", "category: Food > Tea"),
        ("brand", "Acme", "brand: Acme"),
    ]


def test_a_name_is_declarable_once_however_many_items_carry_it() -> None:
    shop = catalogue(("a", ["Food"], "Acme"), ("b", ["Food"], None), ("c", ["Food"], "Acme"))
    assert [name.name for name in shop.declarable] == ["Food", "Acme"]


def test_categories_of_one_name_in_two_places_have_one_name_and_two_paths() -> None:
    shop = catalogue(("a", ["Food", "Gifts"], None), ("b", ["Home", "Gifts"], None))
    assert [name.name for name in shop.declarable] == ["Food", "Gifts", "Home", "Food > Gifts", "Home > Gifts"]


def test_training_knows_every_declarable_name_and_judged_newcomers_names_keep_their_numbers() -> None:
    shop = catalogue(("a", ["Food", "Tea"], "Acme"), ("b", ["Food"], "ACME"), ("c", [], "Bold"))
    assert shop.names.names == (*shop.labels.names, "Food > Tea", "Acme", "Bold")
    assert [shop.names.names[label] for item in range(3) for label in shop.names.of(item)] == [
        *("Food", "Tea", "Food > Tea", "Acme"), *("Food", "Acme"), "Bold"
    ]  # fmt: skip
    assert [shop.names.declared(item).tolist() for item in range(3)] == [[1], [0], []]
    assert [name.label for name in shop.declarable] == list(range(len(shop.names.names)))


def test_phrases_of_titles_are_trained_and_not_kept_by_name() -> None:
    shop = catalogue(*((f"Green tea {word}", (), "Acme") for word in ("one", "two", "three", "four", "five")))
    assert shop.names.names == ("green tea", "Acme")
    assert [(name.name, name.label) for name in shop.declarable] == [("Acme", 1)]


def test_the_prior_backs_off_through_every_level() -> None:
    shop = catalogue(("a", ["Food", "Tea"], None), ("b", ["Food"], None), ("c", ["Home"], None))
    assert [level.tolist() for level in shop.levels] == [[0, 0, 1], [0, 1, 2]]


def test_tags_are_read_as_alternatives() -> None:
    shop = catalogue(("Heat", ["Action", "Crime"], None), ("Fargo", ["Crime"], None), meaning="tags")
    assert shop.texts == ["Heat. Action, Crime", "Fargo. Crime"]
    assert [name.name for name in shop.declarable] == ["Action", "Crime"]
    assert shop.labels.alternatives


def test_the_prior_backs_off_to_items_of_the_same_tags_whatever_their_order() -> None:
    shop = catalogue(
        ("a", ["Action", "Crime"], None), ("b", ["Crime", "Action"], None), ("c", ["Crime"], None), meaning="tags"
    )
    assert [level.tolist() for level in shop.levels] == [[0, 0, 1]]


def test_an_attribute_of_several_values_stands_beside_the_shops_own() -> None:
    shop = catalogue(("Green tea", (), None), ("Iron pot", (), None)).with_attribute("colour", [["green"], []])
    tagged = shop.with_attribute("tag", [["drink", "hot"], []])
    pairs = [[(pair["key"], pair["value"]) for pair in of_item] for of_item in tagged.frame["attributes"].to_list()]
    assert pairs == [[("colour", "green"), ("tag", "drink"), ("tag", "hot")], []]
    assert tagged.texts == shop.texts


def test_tags_are_not_mixed_with_an_attribute_of_the_shop() -> None:
    shop = catalogue(("Green tea", (), None), ("Iron pot", (), None)).with_attribute("tag", [["sale"], []])
    require_free(shop, TagsTable(names=("drink",), attribute="use"))
    require_free(shop, TagsTable())
    with pytest.raises(DomainFileError, match=r"\[tags\] attribute = 'tag': the catalogue has one"):
        require_free(shop, TagsTable(names=("drink",)))
