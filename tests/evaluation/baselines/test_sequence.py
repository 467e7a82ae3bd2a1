"""The ordered neighbours against pairs counted one by one."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from firstlight_encoder.interactions import Interactions
from firstlight_encoder.tokens import TokenType
from firstlight_evaluation.baselines.sequence import (
    WINDOWS,
    SequenceNeighbours,
    SequenceOption,
    Step,
    sequence_options,
)
from tests.evaluation.synthetic_domain import case, log

ITEMS = 6
LINES = st.lists(
    st.tuples(st.integers(0, 2), st.integers(0, 5), st.integers(0, ITEMS - 1)), min_size=1, max_size=30
).map(sorted)


def expected(train: Interactions, option: SequenceOption, history: list[int]) -> list[float]:
    table = np.zeros((ITEMS, ITEMS))
    places = train.basket_of if option.step is Step.BASKET else np.arange(len(train))
    for first, second in combinations(range(len(train)), 2):
        distance = int(places[second] - places[first])
        if train.users[first] == train.users[second] and 0 < distance <= WINDOWS[option.step]:
            # Distances count within one user, whose places are consecutive.
            table[train.items[first], train.items[second]] += 1 / distance
            table[train.items[second], train.items[first]] += option.backward / distance
    share = np.bincount(train.items, minlength=ITEMS) / len(train)
    smoothed = (table + option.smoothing * share) / (table.sum(axis=1, keepdims=True) + option.smoothing)
    total = sum(option.decay**age * smoothed[item] for age, item in enumerate(reversed(history)))
    return [float(value) for value in np.asarray(total)]


@given(lines=LINES, step=st.sampled_from(Step), smoothing=st.sampled_from([2.0, 50.0]))
def test_scores_are_the_decayed_sum_of_smoothed_shares(
    lines: list[tuple[int, int, int]], step: Step, smoothing: float
) -> None:
    train = log(lines, item_count=ITEMS)
    option = SequenceOption(step, 0.8, smoothing, 0.5)

    scores = SequenceNeighbours(train, option).score([case([3]), case([1, 0])])

    assert scores[1].tolist() == pytest.approx(expected(train, option, [1, 0]), abs=1e-5)


def test_what_comes_after_counts_more_than_what_came_before() -> None:
    train = log([(0, 0, 0), (0, 1, 1), (0, 2, 2), (1, 0, 0), (1, 1, 1), (1, 2, 2)], item_count=4)

    scores = SequenceNeighbours(train, SequenceOption(Step.EVENT, 0.8, 2.0, 0.5)).score([case([1])])[0]

    assert scores[2] > scores[0] > scores[3] == 0


def test_a_pair_farther_apart_than_the_window_does_not_count() -> None:
    train = log([(0, place, place) for place in range(13)], item_count=13)

    scores = SequenceNeighbours(train, SequenceOption(Step.EVENT, 0.8, 0.0, 0.5)).score([case([0])])[0]

    assert np.flatnonzero(scores).tolist() == list(range(1, 11))


def test_dislikes_follow_nothing() -> None:
    train = log([(0, 0, 0), (0, 1, 1)], item_count=3, types=[TokenType.VIEW, TokenType.DISLIKE])

    assert SequenceNeighbours(train, SequenceOption(Step.EVENT, 0.8, 0.0001, 0.5)).score([case([0])])[0, 1] == 0


def test_baskets_are_steps_only_where_some_hold_several_events() -> None:
    single, several = log([(0, 0, 0), (0, 1, 1)], item_count=3), log([(0, 0, 0), (0, 0, 1)], item_count=3)

    assert {option.step for option in sequence_options(single)} == {Step.EVENT}
    assert {option.step for option in sequence_options(several)} == set(Step)
