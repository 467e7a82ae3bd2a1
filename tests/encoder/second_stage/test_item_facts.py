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
