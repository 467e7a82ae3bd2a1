"""The judge: known models get their known worth, and unusable scores are refused by name."""

import numpy as np
import pytest

from firstlight_evaluation.errors import ScorerOutputError
from firstlight_evaluation.judge import judge
from tests.evaluation.known_scorers import Constant, Oracle
from tests.evaluation.synthetic_domain import case


def test_a_model_that_knows_the_targets_scores_one() -> None:
    cases = [case([0, 1], targets=[2, 3]), case([4], targets=[5])]

    values = judge(Oracle(30), cases, seed=0)

    assert values["ndcg@10"].tolist() == pytest.approx([1.0, 1.0])
    assert values["recall@10"].tolist() == pytest.approx([1.0, 1.0])


def test_a_model_without_opinion_recalls_by_chance() -> None:
    cases = [case([0], targets=[50])] * 4_000

    values = judge(Constant([0.0] * 101), cases, seed=0)

    # 100 open items, ten places: one chance in ten.
    assert values["recall@10"].mean() == pytest.approx(0.1, abs=5 * np.sqrt(0.09 / 4_000))


def test_masked_history_makes_room_for_the_next_best() -> None:
    scores = [float(score) for score in range(20)]

    values = judge(Constant(scores), [case(list(range(10, 20)), targets=[0])], seed=0)

    assert values["recall@10"].tolist() == [1.0]


def test_many_batches_give_one_value_a_case_in_order() -> None:
    cases = [case(targets=[number % 40], user=number) for number in range(700)]

    values = judge(Constant([float(item) for item in range(40)]), cases, seed=0)

    assert values["recall@10"].tolist() == [float(number % 40 >= 30) for number in range(700)]


@pytest.mark.parametrize("wrong", [float("nan"), float("inf"), float("-inf")])
def test_a_score_that_is_not_finite_is_refused_with_the_model_and_the_item(wrong: float) -> None:
    with pytest.raises(ScorerOutputError, match=r"'constant' gave user 3 the score .* for item row 1"):
        judge(Constant([0.0, wrong, 0.0]), [case(user=3)], seed=0)


def test_scores_of_another_shape_are_refused() -> None:
    class OneRow(Oracle):
        def score(self, cases: object) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
            return np.zeros((1, 5), np.float32)

    with pytest.raises(ScorerOutputError, match=r"shape \(1, 5\) for 2 cases"):
        judge(OneRow(5), [case(), case()], seed=0)
