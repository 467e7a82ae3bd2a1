"""EASE against the formula worked out with dense matrices."""

import numpy as np
import pytest

from firstlight_evaluation.baselines.ease import ITEM_COUNTS, Ease, EaseFits, EaseOption, ease_options
from firstlight_evaluation.baselines.groups import GroupBy, ItemGroups
from tests.evaluation.synthetic_domain import case, log

# Item 5 is taken once, all others twice or more.
BASKETS = ([0, 1, 2], [0, 1], [1, 2, 3], [3, 4], [0, 3, 4], [2, 4, 5])
TRAIN = log([(user, 0, item) for user, items in enumerate(BASKETS) for item in items], item_count=7)
FITS = EaseFits(ItemGroups(TRAIN, GroupBy.USER))


def weights(items: int, ridge: float) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    rows = np.zeros((len(BASKETS), 7))
    for user, own in enumerate(BASKETS):
        rows[user, own] = 1
    inverse = np.linalg.inv(rows[:, :items].T @ rows[:, :items] + ridge * np.eye(items))
    return np.eye(items) - inverse / np.diag(inverse)


@pytest.mark.parametrize("decay", [1.0, 0.5])
def test_scores_are_the_decayed_sum_of_the_closed_form(decay: float) -> None:
    expected = decay * weights(7, 2.0)[1] + weights(7, 2.0)[3]

    scores = Ease(FITS, EaseOption(7, 2.0, decay)).score([case([0]), case([1, 3])])

    assert scores[1] == pytest.approx(expected, abs=1e-4)


def test_only_the_most_popular_items_are_fitted_and_the_rest_scores_nothing() -> None:
    scores = Ease(FITS, EaseOption(5, 2.0, 1.0)).score([case([5, 1]), case([5])])

    assert scores[0, :5] == pytest.approx(weights(5, 2.0)[1], abs=1e-4)
    assert scores[0, 5:].tolist() == [0, 0]
    assert not scores[1].any()


def test_a_small_catalogue_is_fitted_whole_once_a_setting() -> None:
    assert {option.items for option in ease_options(70)} == {70}
    assert {option.items for option in ease_options(1_000_000)} == set(ITEM_COUNTS)
    assert len(set(ease_options(70))) == len(ease_options(70))
