import numpy as np

from firstlight_encoder.item_lift import ItemLift
from firstlight_encoder.second_stage.first_stage import FirstStage


def test_scores_are_inner_products_and_what_declarations_add() -> None:
    first = FirstStage(np.array([2, 1], np.float32), ItemLift(np.array([7]), np.array([0.5], np.float32)))
    vectors = np.array([[1, 3], [0, -1]], np.float32)
    assert first.scores(np.array([4, 7]), vectors).tolist() == [5.0, -0.5]


def test_without_declarations_the_query_alone_scores() -> None:
    assert FirstStage(np.array([2, 1], np.float32)).scores(np.array([4]), np.ones((1, 2), np.float32)).tolist() == [3.0]
