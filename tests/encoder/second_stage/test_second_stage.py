"""Ordering one newcomer's shortlist by each method, and the catalogue under another prior."""

import math
from dataclasses import replace

import numpy as np
import pytest

from firstlight_encoder.calibration import BUCKETS
from firstlight_encoder.second_stage.features import FEATURES
from firstlight_encoder.second_stage.first_stage import FirstStage
from firstlight_encoder.second_stage.known import Known
from firstlight_encoder.second_stage.second_stage import FINALISTS, Method, Ordered, SecondStage
from firstlight_encoder.second_stage.seeker import Seeker
from firstlight_encoder.second_stage.trees import Trees
from firstlight_encoder.training.second_stage.tree_fit import Shortlists, fit_trees
from tests.encoder.second_stage.small_catalogue import WIDTH, catalogue_side, mixture

ITEMS = 200
STAGE = SecondStage(side=catalogue_side(ITEMS), mixture=mixture(), trees=None, method=Method.MIX)
FIRST = FirstStage(np.linspace(-1, 1, WIDTH + 1, dtype=np.float32))
FOUND = np.argsort(-(STAGE.side.rows @ FIRST.query))
KNOWN = Known(np.array([3, 8]), declared=(("tea", 1.0),))


SEEKER = Seeker(KNOWN, FIRST, FOUND)
OTHERS = [
    Seeker(Known(), FIRST, FOUND[:3], allowed=np.arange(ITEMS) == FOUND[0]),
    Seeker(Known(np.arange(25), np.array([30])), FirstStage(-FIRST.query), FOUND[::-1]),
]


def random_trees() -> Trees:
    random = np.random.default_rng(0).normal(size=(600, len(FEATURES))).astype(np.float32)
    return fit_trees(Shortlists(random, random[:, 0] > 1, np.full(30, 20)), seed=0)


TREES = random_trees()
BY_TREES = replace(STAGE, method=Method.TREES, trees=TREES)


def scores_of(found: Ordered) -> dict[int, float]:
    return dict(zip(found.rows.tolist(), found.scores.tolist(), strict=True))


@pytest.mark.parametrize(
    ("dropped", "modulus"), [([], 1), ([3, 8], 1), ([3, 8, 12], 2)], ids=["everything", "seen", "seen_and_filtered"]
)
def test_a_shortlist_holds_nothing_dropped_and_nothing_filtered(dropped: list[int], modulus: int) -> None:
    allowed = np.arange(ITEMS) % modulus == 0
    every, some = STAGE.candidates([SEEKER, replace(SEEKER, dropped=np.array(dropped, np.int64), allowed=allowed)])
    assert some.rows.tolist() == [row for row in every.rows.tolist() if row % modulus == 0 and row not in dropped]


def test_each_method_scores_by_its_own_best_first() -> None:
    (candidates,) = STAGE.candidates([SEEKER])
    (by_mixture,), (by_space,) = STAGE.ordered([SEEKER]), replace(STAGE, method=Method.SPACE).ordered([SEEKER])
    assert scores_of(by_mixture) == dict(zip(candidates.rows.tolist(), candidates.log_mixture.tolist(), strict=True))
    np.testing.assert_allclose(by_space.scores, STAGE.side.rows[by_space.rows] @ FIRST.query, rtol=1e-5)
    for found in (by_mixture, by_space):
        assert found.scores.tolist() == sorted(found.scores.tolist(), reverse=True)


def test_trees_order_the_most_probable_and_the_others_follow_as_the_mixture_has_them() -> None:
    (candidates,), (ordered,) = STAGE.candidates([SEEKER]), BY_TREES.ordered([SEEKER])
    found = scores_of(ordered)
    scores = np.array([found[row] for row in candidates.rows.tolist()])
    by_mixture = sorted(range(len(scores)), key=lambda place: -candidates.log_mixture[place])
    finalists, others = by_mixture[:FINALISTS], by_mixture[FINALISTS:]
    assert len(others) > 2
    np.testing.assert_allclose(scores[finalists], TREES.scores(candidates.matrix)[finalists], atol=1e-6)
    assert scores[others].tolist() == sorted(scores[others].tolist(), reverse=True)
    assert scores[others].max() == pytest.approx(scores[finalists].min() - 1, abs=1e-4)


@pytest.mark.parametrize("stage", [STAGE, BY_TREES], ids=["mixture", "trees"])
def test_newcomers_together_are_answered_as_they_are_alone(stage: SecondStage) -> None:
    curved = replace(stage, curves=np.tile(np.array([1.0, 2.0], np.float32), (BUCKETS, 1)))
    seekers = [SEEKER, *OTHERS]
    for seeker, found in zip(seekers, curved.ordered(seekers), strict=True):
        (alone,) = curved.ordered([seeker])
        assert found.rows.tolist() == alone.rows.tolist()
        np.testing.assert_allclose(found.scores, alone.scores, atol=1e-5)
        assert found.confidence == pytest.approx(alone.confidence, abs=1e-6)


def test_a_stage_is_surer_of_ten_items_the_more_probable_its_mixture_finds_them() -> None:
    curves = np.tile(np.array([1.0, 2.0], np.float32), (BUCKETS, 1))
    (candidates,) = STAGE.candidates([SEEKER])
    (by_mixture,), (by_trees,) = (replace(one, curves=curves).ordered([SEEKER]) for one in (STAGE, BY_TREES))
    logs = dict(zip(candidates.rows.tolist(), candidates.log_mixture.tolist(), strict=True))
    for found in (by_mixture, by_trees):
        odds = math.e * sum(math.exp(logs[row]) for row in found.rows[:10].tolist()) ** 2
        assert found.confidence == pytest.approx(odds / (1 + odds), rel=1e-5)
    assert by_mixture.confidence > by_trees.confidence


def test_another_prior_changes_the_last_coordinate_and_who_is_most_probable() -> None:
    prior = np.linspace(-9, -1, ITEMS, dtype=np.float32)
    then = STAGE.with_prior(prior)
    assert then.side.most_probable.tolist() == list(range(ITEMS - 1, ITEMS - 21, -1))
    np.testing.assert_array_equal(then.side.log_prior, prior)
    np.testing.assert_array_equal(then.side.rows[:, :-1], STAGE.side.rows[:, :-1])
    assert STAGE.side.most_probable.tolist() != then.side.most_probable.tolist()
