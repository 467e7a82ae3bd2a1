"""Metrics beside accuracy against their definitions, worked out by hand."""

from math import log2

import numpy as np
import pytest

from firstlight_evaluation.material import Material
from firstlight_evaluation.yardstick import Yardstick
from tests.evaluation.synthetic_domain import case

# Items 0 and 1 are warm (3 and 8 events, and one more each in the weights), 2 and above are cold.
COUNTS = np.array([3, 8] + [0] * 38)
AXES = np.eye(40, dtype=np.float32)
YARDSTICK = Yardstick(COUNTS, AXES, {"cold": COUNTS == 0, "warm": COUNTS > 0})


def top(*rows: int) -> list[int]:
    """A list of twenty with ``rows`` at its head and items that nobody wants after them."""
    return [*rows, *range(20, 40 - len(rows))]


def test_cold_and_warm_targets_are_measured_apart() -> None:
    values = YARDSTICK.measure(np.array([top(2, 0), top(5, 1)]), [case(targets=[0, 2]), case(targets=[1])])

    assert values["ndcg@10 cold"].tolist() == pytest.approx([1.0, np.nan], nan_ok=True)
    assert values["ndcg@10 warm"].tolist() == pytest.approx([1 / log2(3)] * 2)
    assert values["recall@10 cold"].tolist() == pytest.approx([1.0, np.nan], nan_ok=True)


def test_a_cold_miss_is_a_zero_and_not_left_out() -> None:
    values = YARDSTICK.measure(np.array([top(0)]), [case(targets=[0, 2])])

    assert (values["ndcg@10 cold"][0], values["ndcg@10 warm"][0]) == (0.0, 1.0)


def test_debiased_recall_is_the_weight_of_hits_by_the_weight_of_targets_over_all_users() -> None:
    cases = [case(targets=[0]), case(targets=[1]), case(targets=[2])]

    values = YARDSTICK.measure(np.array([top(0), top(5), top(2)]), cases)["debiased recall@10"]

    # Weights: 1 / sqrt(3 + 1), 1 / sqrt(8 + 1), 1 / sqrt(0 + 1); the second target is missed.
    assert values.mean() == pytest.approx((1 / 2 + 1) / (1 / 2 + 1 / 3 + 1))


def test_diversity_is_one_minus_the_mean_cosine_of_pairs() -> None:
    vectors = AXES.copy()
    vectors[1] = vectors[0]
    yardstick = Yardstick(COUNTS, vectors, {})
    lists = np.array([[0, 1, 2] + [-1] * 17, [0, 1] + [-1] * 18, [2] + [-1] * 19])

    values = yardstick.measure(lists, [case(targets=[9])] * 3)["diversity@10"]

    assert values.tolist() == pytest.approx([1 - 1 / 3, 0.0, 0.0])


def test_a_list_that_ends_early_hits_no_group_with_its_empty_places() -> None:
    values = YARDSTICK.measure(np.full((1, 20), -1), [case(targets=[39])])

    assert values["recall@10 cold"].tolist() == [0.0]


def test_the_designed_experiments_items_are_a_group_of_their_own(shop: Material) -> None:
    held_out = np.arange(96) < 5

    groups = Yardstick.of(shop, held_out=held_out).groups

    assert list(groups) == ["cold", "warm", "held out", "others"]
    assert (groups["others"] == ~held_out).all()
    assert set(Yardstick.of(shop).groups) == {"cold", "warm"}
