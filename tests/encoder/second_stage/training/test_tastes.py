from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from firstlight_encoder.interactions import Interactions
from firstlight_encoder.training.second_stage.loans import Loans
from firstlight_encoder.training.second_stage.tastes import AXES, tastes
from tests.encoder.second_stage.small_catalogue import log, shoppers

ITEMS = 40


def found(events: Interactions) -> NDArray[np.float32]:
    return tastes(events, Loans.none(events.item_count))


def test_items_that_the_same_people_take_lie_close_and_others_do_not() -> None:
    own = found(shoppers(200, items=ITEMS))
    cosines = own @ own.T
    same_kind = np.arange(ITEMS)[:, None] % 2 == np.arange(ITEMS) % 2
    assert cosines[same_kind].mean() > cosines[~same_kind].mean() + 0.01


def test_items_that_share_no_user_are_close_by_way_of_others() -> None:
    # Two rings of items, and users who take three in a row: 0 and 3 never meet, and nobody leaves their ring.
    size = 2 * AXES
    rows = [(ring, first) for ring in range(2) for first in range(size)]
    events = [
        (user, 0, ring * size + (first + step) % size) for user, (ring, first) in enumerate(rows) for step in range(3)
    ]
    own = found(log(events, items=2 * size))
    assert own[0] @ own[3] > (own[size:] @ own[0]).max() + 0.1


def test_rows_are_of_length_1_and_as_wide_as_promised() -> None:
    own = found(shoppers(200, items=ITEMS))
    assert own.shape == (ITEMS, AXES)
    assert own.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(own, axis=1), 1, rtol=1e-5)


def test_the_same_log_gives_the_same_tastes() -> None:
    np.testing.assert_array_equal(found(shoppers(50, items=ITEMS)), found(shoppers(50, items=ITEMS)))


def test_a_new_item_has_the_tastes_of_those_like_it() -> None:
    vectors = np.random.default_rng(0).normal(size=(ITEMS + 1, 6)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    vectors[ITEMS] = vectors[0]
    events = replace(shoppers(2_000, items=ITEMS), item_count=ITEMS + 1)
    taken = np.bincount(events.items, minlength=ITEMS + 1)
    own = tastes(events, Loans.of(vectors, taken=taken))
    assert own[ITEMS] @ own[0] == max(own[ITEMS] @ own[item] for item in range(ITEMS))


@pytest.mark.parametrize("lines", [[], [(0, 0, 1)], [(0, 0, 1), (1, 1, 2)]], ids=["nothing", "one_event", "no_pair"])
def test_a_log_that_says_nothing_of_tastes_gives_none(lines: list[tuple[int, int, int]]) -> None:
    assert not found(log(lines, items=3)).any()
