import math
from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from firstlight_encoder.cases import Case
from firstlight_evaluation.points import Point
from firstlight_evaluation.reliability import reliability_bins, reliability_rows


class Oracle:
    """Ranks row 0 first for everybody and is as sure of it as it is told to be."""

    name = "oracle"

    def __init__(self, confidence: float) -> None:
        self._confidence = confidence

    def score(self, cases: Sequence[Case]) -> NDArray[np.float32]:
        return np.tile(-np.arange(30, dtype=np.float32), (len(cases), 1))

    def confidences(self, cases: Sequence[Case]) -> NDArray[np.float64]:
        return np.full(len(cases), self._confidence)


def cases(*targets: int) -> list[Case]:
    nothing, none = np.zeros(0, np.int64), np.zeros(0, np.float32)
    return [Case(user, nothing, nothing, none, none, (), np.array([row])) for user, row in enumerate(targets)]


@pytest.mark.parametrize(("confidence", "ece"), [(0.5, 0.0), (0.9, 0.4), (0.0, 0.5)])
def test_the_error_is_how_far_promises_are_from_what_comes(confidence: float, ece: float) -> None:
    (row,) = reliability_rows(Oracle(confidence), {Point(0): cases(*[0, 20] * 10)}, seed=0)
    assert (row.users, row.kept) == (20, 0.5)
    assert row.promised == pytest.approx(confidence)
    assert row.ece == pytest.approx(ece)


def test_a_model_that_does_not_say_how_sure_it_is_has_no_row() -> None:
    assert reliability_rows(Oracle(math.nan), {Point(0): cases(0, 20)}, seed=0) == []


def test_bins_hold_equally_many_users_the_least_confident_first() -> None:
    promised = np.linspace(1, 0, 100)
    bins = reliability_bins(promised, (promised > 0.5).astype(np.float64))
    assert [users for users, _, _ in bins] == [10] * 10
    assert [said for _, said, _ in bins] == sorted(said for _, said, _ in bins)
    assert (bins[0][2], bins[-1][2]) == (0.0, 1.0)


def test_fewer_users_than_bins_are_a_bin_each() -> None:
    assert len(reliability_bins(np.array([0.1, 0.2]), np.array([0.0, 1.0]))) == 2
