"""Five newcomers are found in any catalogue, from its own popular items."""

import polars as pl
import pytest

from examples.newcomers import CatalogueTooSmallError, five_newcomers, popular_kinds

DEPARTMENTS = ("Garden", "Kitchen", "Music", "Office", "Sport", "Toys")


def _catalogue(*, categories: bool = True) -> pl.DataFrame:
    """Ten items a department, of which the later ones and the later departments are the less popular."""
    rows = [
        {
            "item_id": f"{department}-{number}",
            "title": f"Item {number} {department}",
            "category": [department] if categories else [],
            "available": True,
            "log_prior": -float(place) - number / 100,
        }
        for place, department in enumerate(DEPARTMENTS)
        for number in range(10)
    ]
    return pl.DataFrame(rows, schema_overrides={"category": pl.List(pl.String)})


@pytest.mark.parametrize("categories", [True, False], ids=["with categories", "without categories"])
def test_the_five_know_nothing_two_wishes_a_sentence_one_event_and_five_events(categories: bool) -> None:
    newcomers = five_newcomers(_catalogue(categories=categories), words="something warm")
    assert [(len(newcomer.declarations), len(newcomer.events)) for newcomer in newcomers] == [
        (0, 0),
        (2, 0),
        (1, 0),
        (0, 1),
        (0, 5),
    ]
    assert [declaration.value for declaration in newcomers[1].declarations] == ["Kitchen", "Music"]
    assert newcomers[2].declarations[0].value == "something warm"


def test_every_line_of_what_is_known_stands_for_one_event_or_declaration() -> None:
    for newcomer in five_newcomers(_catalogue(), words="something warm"):
        assert len(newcomer.known) == len(newcomer.events) + len(newcomer.declarations)


def test_examples_are_the_popular_and_available_items() -> None:
    catalogue = _catalogue().with_columns(available=pl.col("item_id") != "Office-0")
    one_event = five_newcomers(catalogue, words="something warm")[3]
    assert one_event.events[0].item_id == "Office-1"


def test_kinds_are_the_second_level_of_the_path_and_come_the_most_wanted_first() -> None:
    deeper = pl.concat_list(pl.lit("Shop"), pl.col("category").list.first(), pl.lit("Leaf"))
    kinds = popular_kinds(_catalogue().with_columns(category=deeper))
    assert [kind.name for kind in kinds] == list(DEPARTMENTS)
    assert kinds[0].items[0] == ("Garden-0", "Item 0 Garden")


def test_items_that_look_alike_are_shown_once() -> None:
    kinds = popular_kinds(_catalogue().with_columns(title=pl.col("title").str.replace("Item 1", "Item 0")))
    assert [item_id for item_id, _ in kinds[0].items[:2]] == ["Garden-0", "Garden-2"]


def test_a_catalogue_of_too_few_kinds_is_refused_with_their_number() -> None:
    with pytest.raises(CatalogueTooSmallError, match="4 kinds"):
        five_newcomers(_catalogue().head(40), words="something warm")
