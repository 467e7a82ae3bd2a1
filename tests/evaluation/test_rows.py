"""Rows: means with intervals, and differences to the best baseline."""

import numpy as np
import pytest

from firstlight_evaluation.measurement import Measurement
from firstlight_evaluation.points import Point
from firstlight_evaluation.rows import DifferenceRow, Verdict, curve_rows, difference_rows
from firstlight_evaluation.shown import Shown

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


@pytest.mark.parametrize(
    ("low", "high", "verdict"),
    [(0.001, 0.01, Verdict.ABOVE), (-0.001, 0.01, Verdict.NOT_BELOW), (-0.01, -0.001, Verdict.BELOW)],
)
def test_the_verdict_is_read_off_the_interval(low: float, high: float, verdict: Verdict) -> None:
    row = DifferenceRow(
        model="a",
        baseline="b",
        k=1,
        declared=False,
        metric="ndcg@10",
        value=(low + high) / 2,
        low=low,
        high=high,
        relative=None,
        users=100,
    )

    assert row.verdict is verdict
    assert row.fields["verdict"] == verdict.value


def test_users_that_a_metric_says_nothing_of_are_not_counted() -> None:
    cold = np.where(np.arange(400) < 30, LEVEL, np.nan)
    values = {"ndcg@10 cold": cold, "ndcg@10 other": np.full(400, np.nan)}

    rows = curve_rows([Measurement("a", True, Point(1), 0, np.arange(400), values)])

    assert [(row.metric, row.users) for row in rows] == [("ndcg@10 cold", 30)]
    assert rows[0].value == pytest.approx(LEVEL[:30].mean())


def test_coverage_is_the_share_of_the_catalogue_in_any_list_averaged_over_runs() -> None:
    shown = Shown(10, (np.array([[0, 1], [1, -1]], np.int32), np.array([[3, 4], [5, 3]], np.int32)))

    rows = curve_rows([Measurement("a", True, Point(1), 0, np.arange(2), {}, shown)])

    assert [(row.metric, row.value, row.low, row.high) for row in rows] == [("coverage@10", 0.25, 0.25, 0.25)]


def test_a_baseline_that_never_hits_has_no_relative_difference() -> None:
    zero = Measurement("nothing", True, Point(1), 0, np.arange(400), {"ndcg@10": np.zeros(400)})

    assert difference_rows([measurement("firstlight", 0.0, baseline=False), zero])[0].relative is None
