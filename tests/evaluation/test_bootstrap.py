"""Intervals cover what they should, and paired differences see real ones only."""

import numpy as np
import pytest

from firstlight_evaluation import bootstrap
from firstlight_evaluation.bootstrap import bootstrap_interval, bootstrap_intervals, paired_difference


def test_intervals_cover_the_true_mean_about_95_times_in_100() -> None:
    random = np.random.default_rng(0)
    samples = random.exponential(1.0, size=(300, 120))

    intervals = [bootstrap_interval(values, seed=1, resamples=400) for values in samples]

    covered = np.mean([interval.low <= 1.0 <= interval.high for interval in intervals])
    assert 0.89 <= covered <= 0.99


def test_the_interval_is_as_wide_as_the_normal_one_for_many_users() -> None:
    values = np.random.default_rng(2).normal(0.3, 0.2, size=1_000)

    interval = bootstrap_interval(values, seed=0)

    assert interval.value == pytest.approx(values.mean())
    assert interval.high - interval.low == pytest.approx(2 * 1.96 * values.std() / np.sqrt(1_000), rel=0.08)


def test_a_real_difference_is_seen_through_users_that_differ_more() -> None:
    random = np.random.default_rng(3)
    baseline = random.normal(0.0, 1.0, size=500)

    difference = paired_difference(baseline + random.normal(0.05, 0.1, size=500), baseline, seed=0)

    assert difference.excludes_zero
    assert difference.low > 0
    assert not bootstrap_interval(baseline, seed=0).excludes_zero


def test_a_null_difference_is_called_real_about_five_times_in_a_hundred() -> None:
    random = np.random.default_rng(4)
    pairs = random.normal(0.0, 1.0, size=(200, 2, 200))

    false_alarms = [paired_difference(a, b, seed=0, resamples=400).excludes_zero for a, b in pairs]

    assert np.mean(false_alarms) < 0.12


def test_users_without_spread_have_an_interval_of_no_width() -> None:
    interval = bootstrap_interval(np.full(10, 0.25), seed=0)

    assert (interval.value, interval.low, interval.high) == (0.25, 0.25, 0.25)


def test_resampling_in_pieces_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    values = np.random.default_rng(5).random(50)
    whole = bootstrap_interval(values, seed=9)

    monkeypatch.setattr(bootstrap, "_COUNTS_AT_ONCE", 50 * 7)

    assert bootstrap_interval(values, seed=9) == whole


def test_users_without_a_value_are_left_out_of_mean_and_interval() -> None:
    values = np.array([1.0, np.nan, 0.0, np.nan, 1.0, 0.0] * 20)

    interval = bootstrap_interval(values, seed=0)

    assert interval.value == 0.5
    assert 0.3 < interval.low < 0.5 < interval.high < 0.7


def test_columns_are_resampled_alike() -> None:
    values = np.random.default_rng(6).random((80, 2))

    for column, together in enumerate(bootstrap_intervals(values, seed=3)):
        alone = bootstrap_interval(values[:, column], seed=3)
        assert (together.low, together.value, together.high) == pytest.approx((alone.low, alone.value, alone.high))
