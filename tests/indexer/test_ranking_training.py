"""Who trains the ranker: users that trained nothing else, where there are enough."""

import numpy as np

from firstlight_encoder.split import UserSplit
from firstlight_encoder.training.second_stage.ranker_training import FEWEST_USERS
from firstlight_indexer.ranking_training import RANKING_SHARE, set_apart
from tests.encoder.second_stage.small_catalogue import shoppers

ENOUGH = round(FEWEST_USERS / RANKING_SHARE)


def split(validation_users: int) -> UserSplit:
    train = shoppers(10, items=20)
    return UserSplit(train, shoppers(validation_users, items=20, seed=1), train, None)


def test_users_of_the_ranker_tune_nothing_and_nobody_is_lost() -> None:
    whole = split(ENOUGH + 9)
    tuning, ranking = set_apart(whole)
    tuners, rankers = (set(part.validation.users.tolist()) for part in (tuning, ranking))
    assert not tuners & rankers
    assert tuners | rankers == set(range(ENOUGH + 9))
    assert len(rankers) == round(RANKING_SHARE * (ENOUGH + 9)) >= FEWEST_USERS
    assert tuning.train is ranking.train is whole.train


def test_too_few_users_to_part_do_both() -> None:
    whole = split(ENOUGH - 2)
    assert set_apart(whole) == (whole, whole)


def test_the_same_users_are_set_apart_every_time() -> None:
    first, second = (set_apart(split(ENOUGH + 9))[1].validation.users for _ in range(2))
    np.testing.assert_array_equal(first, second)
