"""How several runs become one row."""

import pytest

from benchmarks.measure import percentile, summarise


def test_the_value_is_the_median_and_the_spread_is_the_smallest_and_the_largest_run() -> None:
    row = summarise("search", [3.0, 1.0, 2.0, 9.0, 2.5], unit="ms")
    assert (row.value, row.low, row.high, row.runs, row.unit) == (2.5, 1.0, 9.0, 5, "ms")


def test_without_a_baseline_there_is_no_ratio() -> None:
    row = summarise("search", [1.0], unit="ms")
    assert (row.baseline, row.ratio) == (None, None)


def test_the_ratio_is_the_median_of_each_runs_own_so_that_a_slow_run_of_both_does_not_count() -> None:
    row = summarise("encode", [10.0, 100.0, 30.0], unit="texts/s", baselines=[5.0, 50.0, 10.0])
    assert (row.baseline, row.ratio) == (10.0, 2.0)


def test_every_run_needs_its_own_baseline() -> None:
    with pytest.raises(ValueError, match="shorter"):
        summarise("encode", [1.0, 2.0], unit="texts/s", baselines=[1.0])


def test_nothing_measured_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="search: no run"):
        summarise("search", [], unit="ms")


@pytest.mark.parametrize(("share", "value"), [(0.0, 1), (0.5, 50), (0.99, 99), (1.0, 100)])
def test_a_percentile_is_the_smallest_value_that_enough_values_do_not_exceed(share: float, value: int) -> None:
    assert percentile([*range(100, 0, -1)], share) == value
