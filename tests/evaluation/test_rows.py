"""Rows: means with intervals, and differences to the best baseline."""

import numpy as np
import pytest

from firstlight_evaluation.measurement import Measurement
from firstlight_evaluation.points import Point
from firstlight_evaluation.rows import curve_rows, difference_rows

RANDOM = np.random.default_rng(0)
LEVEL = RANDOM.random(400)


def measurement(model: str, shift: float, *, baseline: bool = True, k: int = 1) -> Measurement:
    values = LEVEL + shift + RANDOM.normal(0, 0.05, size=400)
    return Measurement(model, baseline, Point(k), 0, np.arange(400), {"ndcg@10": values})


def test_a_row_holds_the_mean_and_an_interval_around_it() -> None:
    row = curve_rows([measurement("popularity", 0.0)])[0]

    assert (row.model, row.k, row.declared, row.metric, row.users, row.seed) == (
        "popularity", 1, False, "ndcg@10", 400, 0,
    )  # fmt: skip
    assert row.low < row.value < row.high
    assert row.value == pytest.approx(LEVEL.mean(), abs=0.01)


def test_a_model_is_compared_with_the_best_baseline_of_its_point() -> None:
    rows = difference_rows(
        [
            measurement("firstlight", 0.1, baseline=False),
            measurement("popularity", 0.02),
            measurement("item-kNN", 0.05),
            measurement("popularity", 0.5, k=2),
        ]
    )

    assert [(row.model, row.baseline, row.k) for row in rows] == [("firstlight", "item-kNN", 1)]
    assert rows[0].low < 0.05 < rows[0].high
    assert rows[0].relative == pytest.approx(rows[0].value / (LEVEL.mean() + 0.05), rel=0.05)
    assert rows[0].interval.excludes_zero


def test_an_equal_model_is_not_called_better() -> None:
    rows = difference_rows([measurement("firstlight", 0.0, baseline=False), measurement("popularity", 0.0)])

    assert not rows[0].interval.excludes_zero


def test_a_baseline_that_never_hits_has_no_relative_difference() -> None:
    zero = Measurement("nothing", True, Point(1), 0, np.arange(400), {"ndcg@10": np.zeros(400)})

    assert difference_rows([measurement("firstlight", 0.0, baseline=False), zero])[0].relative is None
