"""Popularity counts what people take, older events less where asked."""

import numpy as np
import pytest

from firstlight_encoder.prior import Counting, Damping, popularity
from firstlight_encoder.tokens import TokenType
from firstlight_evaluation.baselines.popularity import Popularity, RecentPopularity
from tests.evaluation.synthetic_domain import case, log


def test_every_event_counts_alike_without_a_half_life() -> None:
    train = log([(0, 0, 2), (0, 1, 2), (1, 0, 1)], item_count=4)

    assert popularity(train, Counting()).tolist() == [0, 1, 2, 0]


def test_an_event_one_half_life_before_the_last_counts_half() -> None:
    train = log([(0, 0, 0), (0, 7, 1), (1, 14, 2)], item_count=3)

    assert popularity(train, Counting(7 * 24.0)).tolist() == pytest.approx([0.25, 0.5, 1.0])


def test_dislikes_make_nothing_popular() -> None:
    train = log([(0, 0, 0), (0, 1, 1)], item_count=2, types=[TokenType.DISLIKE, TokenType.VIEW])

    assert popularity(train, Counting()).tolist() == [0, 1]


def test_everybody_gets_the_same_scores() -> None:
    model = Popularity(log([(0, 0, 1)], item_count=3), Counting())

    assert model.score([case(), case([1])]).tolist() == [[0, 1, 0], [0, 1, 0]]


def test_a_log_without_events_makes_all_items_equal() -> None:
    train = log([], item_count=3)

    assert popularity(train, Counting(7 * 24.0)).tolist() == [0, 0, 0]
    assert np.isfinite(Popularity(train, Counting(7 * 24.0)).score([case()])).all()


def test_recent_popularity_counts_the_last_seven_days_before_all_others() -> None:
    lines = [(0, 0, 0), (1, 0, 0), (2, 0, 0), (3, 1, 1), (4, 93, 2), (5, 99, 3), (6, 99, 3), (7, 93, 0)]
    scores = RecentPopularity(log(lines, item_count=5), Damping.NONE).score([case(), case([1])])

    # Items 0 and 2 were taken once this week each, but item 0 oftener before.
    assert np.argsort(-scores[0], kind="stable").tolist() == [3, 0, 2, 1, 4]
    assert (scores[0] == scores[1]).all()
