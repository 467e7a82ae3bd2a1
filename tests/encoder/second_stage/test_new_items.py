import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.second_stage.neighbour_table import NOBODY
from firstlight_encoder.second_stage.new_items import OFFERED, NewItems
from firstlight_encoder.training.second_stage.find_new_items import find_new_items


def angles(*degrees: float) -> NDArray[np.float32]:
    radians = np.radians(degrees)
    return np.stack([np.cos(radians), np.sin(radians)], axis=1).astype(np.float32)


def test_every_event_offers_the_new_items_most_like_it_the_likest_first() -> None:
    found = find_new_items(angles(0, 90, 10, 30, 80), taken=np.array([3, 3, 0, 0, 0]))
    assert found.new.tolist() == [False, False, True, True, True]
    assert found.beside(np.array([0])).tolist() == [2, 3, 4]
    assert found.beside(np.array([1])).tolist() == [4, 3, 2]


def test_a_new_item_does_not_offer_itself() -> None:
    found = find_new_items(angles(0, 90, 10), taken=np.array([3, 0, 0]))
    assert found.beside(np.array([2])).tolist() == [1]


def test_the_latest_event_offers_most_and_old_ones_nothing() -> None:
    like = np.arange(100 * max(OFFERED), dtype=np.int32).reshape(100, -1)
    found = NewItems(np.ones(100, np.bool_), like).beside(np.arange(7))
    expected = [like[row, :count].tolist() for row, count in zip((6, 5, 4, 3), OFFERED, strict=True)]
    assert found.tolist() == [row for part in expected for row in part]


def test_where_nothing_is_new_or_known_nothing_is_offered() -> None:
    old = find_new_items(angles(0, 90), taken=np.array([1, 1]))
    assert old.beside(np.array([0, 1])).tolist() == []
    some = NewItems(np.array([True, False]), np.array([[NOBODY], [0]], np.int32))
    assert some.beside(np.zeros(0, np.int64)).tolist() == []
    assert some.beside(np.array([0])).tolist() == []
