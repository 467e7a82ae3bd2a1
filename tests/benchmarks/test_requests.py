"""What serving is measured with."""

import polars as pl

from benchmarks.requests import VARIANTS, Scenario, scenarios

ITEMS = pl.DataFrame(
    {
        "item_id": [f"i{number}" for number in range(600)],
        "title": [f"Thing {number}" for number in range(600)],
        "category": [["Shop", f"Shelf {number % 30}"] for number in range(600)],
        "available": [True] * 600,
        "log_prior": [-float(number) for number in range(600)],
    }
)


def _named(name: str) -> Scenario:
    return next(scenario for scenario in scenarios(ITEMS) if scenario.name == name)


def test_the_same_catalogue_gives_the_same_requests() -> None:
    assert scenarios(ITEMS) == scenarios(ITEMS)


def test_five_known_events_are_five_different_items_in_every_variant() -> None:
    queries = _named("five known events").timed
    assert len(queries) == VARIANTS
    assert all(len({event.item_id for event in query.events}) == 5 for query in queries)


def test_new_free_text_was_never_sent_before_it_is_timed() -> None:
    scenario = _named("new free text")
    texts = [query.text for query in scenario.timed]
    assert len(set(texts)) == len(texts)
    assert not set(texts) & {query.text for query in scenario.checked}


def test_everything_timed_over_and_over_is_checked_first() -> None:
    repeated = [scenario for scenario in scenarios(ITEMS) if scenario.name != "new free text"]
    assert all(scenario.checked == scenario.timed for scenario in repeated)
