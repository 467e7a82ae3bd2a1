from dataclasses import replace

import numpy as np
import pytest

from firstlight_encoder.errors import TrainingDataError
from firstlight_encoder.interactions import Interactions
from firstlight_encoder.tokens import TokenType
from firstlight_encoder.training.stage_b.followers import FollowerSampler, Pairs
from firstlight_encoder.training.stage_b.taken_items import TakenItems


@pytest.fixture
def numbered(colour_log: Interactions) -> Interactions:
    """Every event is of an item of its own, so that an item tells its event."""
    return replace(colour_log, items=np.arange(len(colour_log)), item_count=len(colour_log))


@pytest.mark.parametrize("reach", [1, 3])
def test_a_follower_comes_at_most_reach_baskets_after_its_item_of_the_same_user(
    numbered: Interactions, reach: int
) -> None:
    pairs = FollowerSampler(numbered, reach=reach, seed=0).draw(500, number=0)
    steps = pairs.followers - pairs.items
    assert len(steps) == 500
    assert set(steps.tolist()) == set(range(1, reach + 1))
    assert (numbered.users[pairs.items] == pairs.users).all()
    assert (numbered.users[pairs.followers] == pairs.users).all()


def test_items_of_one_basket_are_no_pair(numbered: Interactions) -> None:
    by_two = replace(numbered, baskets=numbered.baskets // 2)
    pairs = FollowerSampler(by_two, reach=1, seed=0).draw(500, number=0)
    assert (by_two.baskets[pairs.followers] == by_two.baskets[pairs.items] + 1).all()


def test_an_item_does_not_follow_itself_and_the_unwanted_is_no_pair(colour_log: Interactions) -> None:
    types = np.where(colour_log.items < 6, int(TokenType.DISLIKE), colour_log.types)
    pairs = FollowerSampler(replace(colour_log, types=types), reach=3, seed=0).draw(300, number=0)
    assert len(pairs.items) > 100
    assert (pairs.items != pairs.followers).all()
    assert min(pairs.items.min(), pairs.followers.min()) >= 6


def test_a_batch_is_told_by_its_number_alone(colour_log: Interactions) -> None:
    first, second = FollowerSampler(colour_log, reach=3, seed=1), FollowerSampler(colour_log, reach=3, seed=1)
    second.draw(50, number=3)
    np.testing.assert_array_equal(first.draw(50, number=4), second.draw(50, number=4))
    assert not np.array_equal(first.draw(50, number=4).items, first.draw(50, number=5).items)


def test_a_log_without_second_baskets_has_no_pair(colour_log: Interactions) -> None:
    with pytest.raises(TrainingDataError, match="no item follows another"):
        FollowerSampler(replace(colour_log, baskets=colour_log.users), reach=3, seed=0)


def test_what_the_user_took_and_what_reads_alike_is_no_negative(colour_log: Interactions) -> None:
    taken = TakenItems(replace(colour_log, users=np.array([0, 0, 0, 1, 1]), items=np.array([0, 1, 2, 3, 4]),
                               types=colour_log.types[:5], weights=colour_log.weights[:5]))  # fmt: skip
    pairs = Pairs(users=np.array([0, 1, 1]), items=np.array([0, 3, 3]), followers=np.array([1, 4, 2]))
    looks = np.arange(colour_log.item_count)
    assert taken.false_negatives(pairs, looks).tolist() == [
        [False, False, True],  # user 0 took item 2
        [False, False, False],
        [False, True, False],  # user 1 took item 4
    ]
    looks[4] = looks[1]
    assert taken.false_negatives(pairs, looks)[0].tolist() == [False, True, True]
