import numpy as np

from firstlight_encoder.item_lift import ItemLift


def test_a_lift_reaches_the_items_it_names_and_no_others() -> None:
    lift = ItemLift(np.array([2, 5]), np.array([0.5, -1.0], np.float32))
    assert lift.at(np.array([5, 1, 2, 9])).tolist() == [-1.0, 0.0, 0.5, 0.0]


def test_by_default_nothing_is_lifted() -> None:
    assert ItemLift().at(np.array([1, 2])).tolist() == [0, 0]
