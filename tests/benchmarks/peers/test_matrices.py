"""Users and newcomers as rows over the catalogue."""

import numpy as np
import pytest

from benchmarks.peers.exchange import TrainingLog
from benchmarks.peers.matrices import confidence, newcomer_rows, user_rows
from tests.benchmarks.peers.newcomers import newcomer


def test_a_users_row_counts_their_events() -> None:
    log = TrainingLog(np.array([0, 0, 1]), np.array([2, 2, 0]), user_count=2, item_count=3)
    assert user_rows(log).toarray().tolist() == [[0, 0, 2], [1, 0, 0]]


def test_a_newcomer_without_events_has_an_empty_row() -> None:
    assert newcomer_rows([newcomer(), newcomer([1])], item_count=3).toarray().tolist() == [[0, 0, 0], [0, 1, 0]]


def test_confidence_grows_with_the_logarithm_of_the_count() -> None:
    counts = newcomer_rows([newcomer([0, 1, 1])], item_count=3)
    weights = confidence(counts, alpha=10.0).toarray()[0]
    assert weights.tolist() == pytest.approx([10.0, 10.0 * (1 + np.log(2)), 0.0])
    assert counts.toarray().tolist() == [[1, 2, 0]]
