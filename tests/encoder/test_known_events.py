"""The shop of conftest has baskets of three: a span can end inside a basket or at its end."""

import numpy as np
import pytest

from firstlight_encoder.interactions import Interactions
from firstlight_encoder.training.known_events import KnownEvents, KnownEventsSampler
from tests.encoder.conftest import BASKET_SIZE, BASKETS

PREFIXES = [0, 1, 2, 4, 10, 50]


def draw(log: Interactions, k: int, size: int = 500) -> KnownEvents:
    return KnownEventsSampler(log, np.random.default_rng(0)).draw(size, k=k)


@pytest.mark.parametrize("k", PREFIXES)
def test_what_is_known_and_what_is_predicted_are_one_user_s(log: Interactions, k: int) -> None:
    known = draw(log, k)
    some = known.end > known.start
    owners = log.basket_users[known.target]
    np.testing.assert_array_equal(log.users[known.start][some], owners[some])
    np.testing.assert_array_equal(log.users[known.end - 1][some], owners[some])
    assert some.all() == (k > 0)


@pytest.mark.parametrize("k", PREFIXES)
def test_at_most_k_events_are_known_and_the_target_is_the_basket_after_them(log: Interactions, k: int) -> None:
    known = draw(log, k)
    count = known.end - known.start
    assert count.min() >= min(k, 1)
    assert count.max() == min(k, BASKET_SIZE * (BASKETS - 1))
    if k:
        np.testing.assert_array_equal(log.basket_of[known.end - 1] + 1, known.target)


def test_half_know_the_first_events_of_a_basket_and_half_the_last_of_one(log: Interactions) -> None:
    known = draw(log, 1, size=2_000)
    place = known.start - log.basket_starts[log.basket_of[known.start]]
    assert set(place.tolist()) == {0, BASKET_SIZE - 1}
    assert (place == 0).mean() == pytest.approx(0.5, abs=0.05)


def test_with_nothing_known_any_basket_may_come_first(log: Interactions) -> None:
    place_in_user = draw(log, 0, size=2_000).target % BASKETS
    assert set(place_in_user.tolist()) == set(range(BASKETS))


def test_every_user_is_drawn_as_often_however_long_their_log(log: Interactions) -> None:
    short = log.where((log.users > 0) | (log.baskets < 2))
    owners = short.basket_users[draw(short, 1, size=20_000).target]
    assert (owners == 0).sum() == pytest.approx(20_000 / len(log.user_ids), rel=0.4)
