"""The curve: who is judged where, and what an empty log says."""

import numpy as np
import pytest

from firstlight_encoder.labels import category_labels
from firstlight_evaluation.contender import ALWAYS, Contender
from firstlight_evaluation.curve import curve_cases, measure_curve, steps
from firstlight_evaluation.errors import NoCasesError
from firstlight_evaluation.measurement import mean_over_seeds, same_users
from firstlight_evaluation.points import Evidence, Point
from firstlight_evaluation.report.summary import Summary
from tests.evaluation.known_scorers import Oracle
from tests.evaluation.synthetic_domain import log

# User 0 has three baskets of one item, user 1 has two, user 2 has one.
LOG = log([(0, 0, 0), (0, 1, 1), (0, 2, 2), (1, 0, 3), (1, 1, 4), (2, 0, 0)], item_count=30)
LABELS = category_labels([("all",)] * 30)
POINTS = (Point(0), Point(1), Point(2))


def test_a_point_has_the_users_with_enough_events() -> None:
    cases = curve_cases(LOG, labels=LABELS, points=POINTS)

    assert {point.k: [case.user for case in own] for point, own in cases.items()} == {0: [0, 1, 2], 1: [0, 1], 2: [0]}


def test_a_point_that_nobody_reaches_is_left_out() -> None:
    assert Point(10) not in curve_cases(LOG, labels=LABELS, points=(*POINTS, Point(10)))


def test_a_log_that_nobody_can_be_judged_by_is_refused_with_the_points_asked_for() -> None:
    with pytest.raises(NoCasesError, match=r"none of the 1 users .* 5, 10; give a longer event log"):
        curve_cases(log([(0, 0, 0)], item_count=3), labels=LABELS, points=(Point(5), Point(10)))


def test_a_contender_is_measured_only_where_it_answers() -> None:
    cases = curve_cases(LOG, labels=LABELS, points=POINTS)
    similar = Contender(Oracle(30, name="similar"), frozenset({Evidence.EVENTS}))
    told: list[int] = []

    measured = measure_curve([similar, Contender(Oracle(30), ALWAYS)], cases, seed=0, measured=told.append)

    assert [(one.model, one.point.k) for one in measured] == [
        ("similar", 1), ("similar", 2), ("oracle", 0), ("oracle", 1), ("oracle", 2),
    ]  # fmt: skip
    assert told == [1, 2, 3, 4, 5]
    assert steps([similar], cases) == 2


def test_the_same_users_are_those_of_every_point() -> None:
    cases = curve_cases(LOG, labels=LABELS, points=POINTS[:2])
    measured = measure_curve([Contender(Oracle(30), ALWAYS)], cases, seed=0)

    cut = same_users(measured)

    assert [one.users.tolist() for one in cut] == [[0, 1], [0, 1]]
    assert [len(one.values["ndcg@10"]) for one in cut] == [2, 2]


def test_no_shared_user_leaves_no_measurement(summary: Summary) -> None:
    first, second = summary.measurements[:2]
    other = second.of_users(np.array([-1]))

    assert same_users([first, other]) == []


def test_seeds_are_averaged_user_by_user(summary: Summary) -> None:
    place = ("popularity", Point(3))
    seeds = [one for one in summary.measurements if (one.model, one.point) == place]
    mean = next(one for one in mean_over_seeds(summary.measurements) if (one.model, one.point) == place)

    assert [one.seed for one in seeds] == [0, 1]
    assert mean.values["ndcg@10"] == pytest.approx((seeds[0].values["ndcg@10"] + seeds[1].values["ndcg@10"]) / 2)
