"""A peer tunes by the very number that it is judged by."""

import numpy as np
import pytest

from benchmarks.peers.quality import mean_ndcg
from firstlight_evaluation.metrics import hits, ndcg
from tests.benchmarks.peers.newcomers import newcomer


def test_it_is_the_evaluations_ndcg_at_10() -> None:
    random = np.random.default_rng(0)
    rows = np.stack([random.permutation(40)[:25] for _ in range(50)])
    targets = [random.choice(40, size=random.integers(1, 20), replace=False) for _ in range(50)]
    counts = np.array([len(own) for own in targets])
    evaluation = ndcg(hits(rows[:, :10], targets), counts).mean()
    assert mean_ndcg(rows, [newcomer(targets=own.tolist()) for own in targets]) == pytest.approx(evaluation)


def test_a_list_shorter_than_ten_is_judged_as_it_is() -> None:
    assert mean_ndcg(np.array([[7, 3]]), [newcomer(targets=[7])]) == 1.0
