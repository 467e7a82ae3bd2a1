"""Counted companions, against counting pair by pair, and by hand."""

from collections import Counter
from collections.abc import Callable
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firstlight_encoder.interactions import Interactions
from firstlight_encoder.second_stage.neighbour_table import NOBODY, NeighbourTable
from firstlight_encoder.tokens import TokenType
from firstlight_encoder.training.second_stage.companions import (
    BACKWARD,
    ORDER_SMOOTHING,
    SMOOTHING,
    TOGETHER,
    USER_DAMPING,
    WINDOW,
    following,
    whole_history,
)
from tests.encoder.second_stage.small_catalogue import log

ITEMS = 8
Count = Callable[[Interactions], NeighbourTable]
Pairs = dict[tuple[int, int], float]

BASKETS = st.lists(st.integers(0, ITEMS - 1), min_size=1, max_size=3)
LOGS = st.lists(st.lists(BASKETS, min_size=1, max_size=5), min_size=1, max_size=6).map(
    lambda users: log(
        [(user, day, item) for user, days in enumerate(users) for day, items in enumerate(days) for item in items],
        items=ITEMS,
    )
)


def pairs(table: NeighbourTable) -> Pairs:
    assert all((np.diff(row[row > 0]) <= 0).all() for row in table.probabilities)  # the most probable first
    return {
        (item, int(other)): float(value)
        for item, (others, values) in enumerate(zip(table.ids, table.probabilities, strict=True))
        for other, value in zip(others, values, strict=True)
        if other != NOBODY
    }


def baskets_of(events: Interactions) -> dict[int, dict[int, set[int]]]:
    found: dict[int, dict[int, set[int]]] = {}
    for user, basket, item in zip(events.users.tolist(), events.baskets.tolist(), events.items.tolist(), strict=True):
        found.setdefault(user, {}).setdefault(basket, set()).add(item)
    return found


def counted_whole(events: Interactions) -> Pairs:
    taken = [set[int]().union(*baskets.values()) for baskets in baskets_of(events).values()]
    usual = float(np.median([len(own) for own in taken]))
    users = Counter(item for own in taken for item in own)
    sums: Pairs = {}
    for own in taken:
        for one, other in product(own, own):
            sums[one, other] = sums.get((one, other), 0.0) + (len(own) / usual) ** -USER_DAMPING
    return {pair: value / (users[pair[0]] + SMOOTHING) for pair, value in sums.items() if pair[0] != pair[1]}


def counted_order(events: Interactions) -> Pairs:
    sums: dict[tuple[int, int], float] = {}
    totals = dict.fromkeys(range(ITEMS), ORDER_SMOOTHING)
    for baskets in baskets_of(events).values():
        ordered = [baskets[day] for day in sorted(baskets)]
        for (here, own), (there, others) in product(enumerate(ordered), enumerate(ordered)):
            apart = there - here
            worth = TOGETHER if apart == 0 else 1 / apart if apart > 0 else BACKWARD / -apart
            for one, other in product(own, others):
                sums[one, other] = sums.get((one, other), 0.0) + worth
            for one in own:
                totals[one] += worth * len(others)
    return {pair: value / totals[pair[0]] for pair, value in sums.items() if pair[0] != pair[1]}


@settings(max_examples=50, deadline=None)
@given(events=LOGS)
def test_whole_histories_are_counted_pair_by_pair(events: Interactions) -> None:
    assert pairs(whole_history(events)) == pytest.approx(counted_whole(events), rel=1e-5)


@settings(max_examples=50, deadline=None)
@given(events=LOGS)
def test_followers_are_counted_pair_by_pair(events: Interactions) -> None:
    assert pairs(following(events)) == pytest.approx(counted_order(events), rel=1e-5)


def test_what_follows_sooner_counts_more_and_backwards_less() -> None:
    found = pairs(following(log([(0, 0, 0), (0, 1, 1), (0, 2, 2)], items=4)))
    total = ORDER_SMOOTHING + TOGETHER + 1 + 1 / 2
    assert found[0, 1] == pytest.approx(1 / total)
    assert found[0, 2] == pytest.approx(0.5 / total)
    middle = ORDER_SMOOTHING + TOGETHER + 1 + BACKWARD
    assert found[1, 2] == pytest.approx(1 / middle)
    assert found[1, 0] == pytest.approx(BACKWARD / middle)
    assert {item for pair in found for item in pair} == {0, 1, 2}


def test_items_of_one_basket_accompany_each_other_alike() -> None:
    found = pairs(following(log([(0, 0, 0), (0, 0, 1)], items=2)))
    assert found[0, 1] == found[1, 0] == pytest.approx(TOGETHER / (ORDER_SMOOTHING + 2 * TOGETHER))


def test_users_and_far_baskets_are_never_paired() -> None:
    far = [(0, day, 1 if day else 0) for day in (0, *range(WINDOW + 1, WINDOW + 3))]
    assert (0, 1) in pairs(following(log(far, items=3)))  # days without a basket do not count
    long = [(0, 0, 0), *((0, day, 1) for day in range(1, WINDOW + 1)), (0, WINDOW + 1, 2), (1, 0, 3)]
    found = pairs(following(log(long, items=4)))
    assert (0, 2) not in found
    assert not [pair for pair in found if 3 in pair]


@pytest.mark.parametrize("count", [whole_history, following])
def test_events_against_an_item_pair_it_with_nothing(count: Count) -> None:
    kinds = (TokenType.VIEW, TokenType.DISLIKE, TokenType.CART)
    found = pairs(count(log([(0, 0, 0), (0, 1, 1), (0, 2, 2)], items=3, types=kinds)))
    assert set(found) == {(0, 2), (2, 0)}


def test_users_who_are_not_in_the_log_change_nothing() -> None:
    everyone = log([(0, 0, 0), (0, 1, 1), (1, 0, 0), (1, 1, 2), (1, 2, 3), (4, 0, 1), (4, 1, 0)], items=4)
    present = everyone.select_users(np.array([True, True, False, False, False]))
    alone = log([(0, 0, 0), (0, 1, 1), (1, 0, 0), (1, 1, 2), (1, 2, 3)], items=4)
    shifted = log([(3, 0, 0), (3, 1, 1), (7, 0, 0), (7, 1, 2), (7, 2, 3)], items=4)
    for other in (present, shifted):
        assert pairs(whole_history(other)) == pairs(whole_history(alone))
        assert pairs(following(other)) == pairs(following(alone))


@pytest.mark.parametrize("count", [whole_history, following])
def test_an_empty_log_gives_an_empty_table(count: Count) -> None:
    table = count(log([], items=3))
    assert table.ids.shape[0] == 3
    assert not pairs(table)
