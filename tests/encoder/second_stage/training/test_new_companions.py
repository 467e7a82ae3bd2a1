import numpy as np
import pytest

from firstlight_encoder.training.second_stage.new_companions import (
    SHARPNESS,
    WORTH,
    shares_of_new_items,
    with_new_items,
)
from tests.encoder.second_stage.training.test_lent_companions import angles, companions, table

COSINE = np.cos(np.pi / 18)  # of ten degrees


def test_a_new_item_stands_beside_what_the_item_like_it_stands_beside() -> None:
    shares = shares_of_new_items(angles(0, 90, 100), taken=np.array([9, 9, 0]))
    found = with_new_items(table({1: 0.4}, {}, {}), shares)
    assert companions(found, 0) == pytest.approx({1: 0.4, 2: 0.4 * WORTH * COSINE**SHARPNESS}, rel=1e-3)


def test_a_new_item_stands_beside_the_item_it_is_like_as_its_best_companion_does() -> None:
    shares = shares_of_new_items(angles(0, 90, 10), taken=np.array([9, 9, 0]))
    found = with_new_items(table({1: 0.4}, {}, {}), shares)
    assert companions(found, 0)[2] == pytest.approx(0.4 * WORTH * COSINE**SHARPNESS, rel=1e-3)


def test_among_people_who_took_nothing_like_it_nobody_is_offered_a_new_item() -> None:
    shares = shares_of_new_items(angles(0, 90, 180), taken=np.array([9, 9, 0]))
    assert companions(with_new_items(table({}, {0: 0.4}, {}), shares), 1) == {0: pytest.approx(0.4)}


def test_without_new_items_a_table_stays_as_it_is() -> None:
    before = table({1: 0.4}, {0: 0.2})
    assert with_new_items(before, shares_of_new_items(angles(0, 1), taken=np.array([9, 9]))) is before


def test_a_table_keeps_its_most_probable_when_new_items_come() -> None:
    shares = shares_of_new_items(angles(0, 90, 90), taken=np.array([9, 9, 0]))
    found = with_new_items(table({1: 0.4}, {}, {}, width=1), shares)
    assert companions(found, 0) == pytest.approx({1: 0.4})
