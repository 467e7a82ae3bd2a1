"""Tuning keeps the best option on validation, within the budget everyone has."""

import pytest

from firstlight_evaluation.baselines.tuning import MAX_OPTIONS, tune
from tests.evaluation.known_scorers import Constant, Oracle
from tests.evaluation.synthetic_domain import case

CASES = [case(targets=[number % 30], user=number) for number in range(60)]


def test_the_option_that_ranks_best_wins() -> None:
    tuned = tune(lambda noise: Oracle(200, noise=noise), [5.0, 1.5, 0.1, 3.0], cases=CASES, seed=0)

    assert tuned.option == 0.1
    assert tuned.value == pytest.approx(1.0)


def test_of_equal_options_the_plainest_wins() -> None:
    tuned = tune(lambda level: Constant([float(level)] * 200), [3, 1, 2], cases=CASES, seed=0)

    assert tuned.option == 3


def test_without_validation_cases_the_plainest_option_is_taken_untested() -> None:
    tuned = tune(lambda level: Constant([float(level)] * 200), [3, 1], cases=[], seed=0)

    assert (tuned.option, tuned.value) == (3, None)


@pytest.mark.parametrize("count", [0, MAX_OPTIONS + 1])
def test_no_options_or_more_than_the_budget_are_refused(count: int) -> None:
    with pytest.raises(ValueError, match=f"{count} given, a baseline tries 1 to {MAX_OPTIONS}"):
        tune(lambda option: Constant([0.0]), list(range(count)), cases=CASES, seed=0)
