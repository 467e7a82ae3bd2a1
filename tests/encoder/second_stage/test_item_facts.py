import numpy as np

from firstlight_encoder.second_stage.item_facts import UNKNOWN, ItemFacts


def test_equal_paths_and_brands_have_equal_numbers_and_missing_ones_none() -> None:
    facts = ItemFacts.of(
        categories=[["Home", "Tea"], ["Drinks", "Tea"], [], ["Home", "Tea"]],
        brands=["Acme", None, "Acme", "Borealis"],
        prices=[1.0, None, 0.0, -2.0],
    )
    assert facts.category.tolist() == [0, 1, UNKNOWN, 0]
    assert facts.brand.tolist() == [0, UNKNOWN, 0, 1]
    assert facts.log_price[0] == 0.0
    assert np.isnan(facts.log_price[1:]).all()


def test_facts_lie_side_by_side_and_what_is_unknown_is_like_nothing() -> None:
    facts = ItemFacts.of(categories=[["Tea"], []], brands=[None, "Acme"], prices=[1.0, None])
    np.testing.assert_array_equal(facts.side_by_side, [[0, np.nan, 0], [np.nan, 0, np.nan]])
    assert not facts.silent


def test_a_catalogue_of_nothing_but_titles_is_silent() -> None:
    assert ItemFacts.of(categories=[(), ()], brands=[None, None], prices=[None, 0.0]).silent
