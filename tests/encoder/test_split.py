import numpy as np
import pytest

from firstlight_encoder.errors import TrainingDataError
from firstlight_encoder.interactions import Interactions
from firstlight_encoder.split import split_users


def test_no_user_is_in_two_sets(log: Interactions) -> None:
    split = split_users(log, seed=3)
    train, validation, test = (set(part.users.tolist()) for part in (split.train, split.validation, split.test))
    assert min(len(train), len(validation), len(test)) > 0
    assert len(train) + len(validation) + len(test) == len(train | validation | test)


def test_training_ends_before_the_others_begin(log: Interactions) -> None:
    split = split_users(log, seed=3)
    assert split.train.times_h.max() < min(split.validation.times_h.min(), split.test.times_h.min())


def test_the_same_seed_gives_the_same_split_and_another_does_not(log: Interactions) -> None:
    first, again, other = (split_users(log, seed=seed).test.users for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert set(first.tolist()) != set(other.tolist())


def test_at_most_so_many_users_test_and_nobody_else_moves(log: Interactions) -> None:
    whole, capped, again = (split_users(log, seed=3, max_test_users=most) for most in (None, 2, 2))
    chosen = np.unique(capped.test.users)
    assert len(chosen) == 2 < len(np.unique(whole.test.users))
    assert set(chosen.tolist()) <= set(whole.test.users.tolist())
    np.testing.assert_array_equal(chosen, np.unique(again.test.users))
    np.testing.assert_array_equal(capped.train.users, whole.train.users)
    np.testing.assert_array_equal(capped.validation.users, whole.validation.users)


def test_an_empty_set_is_an_error_that_says_what_to_do(log: Interactions) -> None:
    with pytest.raises(TrainingDataError, match="time_quantile"):
        split_users(log.where(log.users == 0), seed=0)


def test_the_last_quarter_of_the_training_events_teaches_and_the_rest_is_its_past(log: Interactions) -> None:
    split = split_users(log, seed=3)
    assert split.past(split.train) is split.lessons(split.train) is split.train
    timed = split.with_lessons()
    past, lessons = timed.past(split.train), timed.lessons(split.train)
    assert past.times_h.max() < lessons.times_h.min()
    assert len(past) + len(lessons) == len(split.train)
    assert len(lessons) / len(split.train) == pytest.approx(0.25, abs=0.05)
    assert len(timed.lessons(split.validation)) == len(split.validation)


def test_a_long_time_customer_makes_several_newcomers(log: Interactions) -> None:
    newcomers = log.newcomers(baskets=2)
    assert len(newcomers.user_ids) == 3 * len(log.user_ids)
    assert len(newcomers) == len(log)
    np.testing.assert_array_equal(newcomers.items, log.items)
    owners = {(new, old) for new, old in zip(newcomers.users.tolist(), log.users.tolist(), strict=True)}
    assert len(owners) == len(newcomers.user_ids)
    assert np.unique(newcomers.basket_users, return_counts=True)[1].max() == 2


def test_no_events_make_no_newcomers(log: Interactions) -> None:
    nobody = log.where(np.zeros(len(log), np.bool_)).newcomers(baskets=2)
    assert nobody.user_ids == ()
