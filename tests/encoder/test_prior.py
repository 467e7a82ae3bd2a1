from dataclasses import replace

import numpy as np
import pytest

from firstlight_encoder.counting_choice import choose_counting
from firstlight_encoder.interactions import Interactions
from firstlight_encoder.prior import Counting, Damping, PriorTimeline, category_levels, log_prior, popularity
from firstlight_encoder.split import split_users


def test_the_prior_is_a_distribution(log: Interactions, categories: list[list[str]]) -> None:
    prior = log_prior(popularity(log, Counting()), category_levels(categories))
    assert np.exp(prior.astype(np.float64)).sum() == pytest.approx(1.0, abs=1e-5)


def test_more_events_mean_a_higher_prior_inside_a_category() -> None:
    counts = np.array([5.0, 3.0, 0.0, 1.0])
    prior = log_prior(counts, category_levels([["A"]] * 4))
    assert np.argsort(-prior).tolist() == [0, 1, 3, 2]


def test_a_new_item_inherits_what_its_category_is_worth() -> None:
    counts = np.array([50.0, 0.0, 1.0, 0.0])
    prior = log_prior(counts, category_levels([["Bread"], ["Bread"], ["Nails"], ["Nails"]]))
    assert prior[1] > prior[3]


def test_an_item_without_any_event_or_category_has_a_finite_prior() -> None:
    assert np.isfinite(log_prior(np.zeros(3), category_levels([[], [], []]))).all()


def test_an_event_one_half_life_old_counts_half() -> None:
    two = Interactions(
        item_count=2,
        user_ids=("u",),
        users=np.zeros(2, np.int64),
        items=np.array([0, 1]),
        types=np.full(2, 2),
        times_h=np.array([0.0, 24.0]),
        weights=np.ones(2, np.float32),
        baskets=np.arange(2),
    )
    assert popularity(two, Counting(24.0)).tolist() == [0.5, 1.0]


def test_the_timeline_never_counts_the_future(log: Interactions, categories: list[list[str]]) -> None:
    levels = category_levels(categories)
    timeline = PriorTimeline.of(log, levels, counting=Counting(), count=4)
    for time_h in np.quantile(log.times_h, [0.1, 0.4, 0.9]):
        table = int(timeline.at(np.array([time_h]))[0])
        begins = timeline.edges_h[table - 1] if table else log.times_h.min()
        seen = log_prior(popularity(log.before(begins), Counting()), levels)
        assert begins <= time_h
        np.testing.assert_array_equal(timeline.tables[table], seen)


def test_after_the_end_of_the_log_the_timeline_has_counted_everything(
    log: Interactions, categories: list[list[str]]
) -> None:
    levels = category_levels(categories)
    timeline = PriorTimeline.of(log, levels, counting=Counting())
    whole = log_prior(popularity(log, Counting()), levels)
    np.testing.assert_array_equal(timeline.tables[int(timeline.at(log.times_h.max() + 1))], whole)


def test_a_log_that_knows_order_only_has_one_prior(log: Interactions, categories: list[list[str]]) -> None:
    levels = category_levels(categories)
    untimed = replace(log, times_h=np.zeros(len(log)))
    timeline = PriorTimeline.of(untimed, levels, counting=Counting(half_life_h=24.0))
    assert timeline.at(np.array([-1.0, 0.0, 1e9])).tolist() == [0, 0, 0]
    np.testing.assert_array_equal(timeline.tables, [log_prior(popularity(log, Counting()), levels)])


def test_a_shop_whose_fashion_changes_gets_a_short_half_life_and_a_steady_one_gets_plain_counts() -> None:
    week, random = 7 * 24.0, np.random.default_rng(5)
    users, baskets = 1_200, 4
    owner = np.repeat(np.arange(users), baskets)
    times = (week * 24 * random.random(users))[owner] + np.tile(np.arange(baskets), users)
    season = (times // (8 * week)).astype(np.int64)
    chosen = {}
    for fashion in (0, 1):
        items = 10 * fashion * season + np.minimum(random.geometric(0.4, len(owner)), 10) - 1
        log = Interactions(
            30, tuple(map(str, range(users))), owner, items, np.full(len(owner), 2), times,
            np.ones(len(owner), np.float32), np.tile(np.arange(baskets), users),
        )  # fmt: skip
        split = split_users(log, seed=0, test_share=0.0, time_quantile=None)
        chosen[fashion] = choose_counting(split.train, split.validation).half_life_h
    assert chosen[1] is not None
    assert chosen[1] <= 4 * week
    assert chosen[0] is None or chosen[0] > chosen[1]


def test_damping_lets_many_small_customers_outweigh_a_large_one() -> None:
    owners = np.array([0] * 9 + [1, 2, 3, 4])
    items = np.array([0] * 9 + [1, 1, 1, 1])
    log = Interactions(
        2, tuple("abcde"), owners, items, np.full(13, 2), np.zeros(13), np.ones(13, np.float32), np.arange(13)
    )
    assert popularity(log, Counting()).tolist() == [9.0, 4.0]
    for damping in (Damping.USER, Damping.USER_ITEM):
        np.testing.assert_allclose(popularity(log, Counting(None, damping)), [3.0, 4.0])
