"""Ordering one newcomer's shortlist by each method, and the catalogue under another prior."""

import math
from dataclasses import replace

import numpy as np
import pytest

from firstlight_encoder.calibration import BUCKETS
from firstlight_encoder.second_stage.features import FEATURES
from firstlight_encoder.second_stage.first_stage import FirstStage
from firstlight_encoder.second_stage.known import Known
from firstlight_encoder.second_stage.second_stage import FINALISTS, Method, SecondStage
from firstlight_encoder.second_stage.trees import Trees
from firstlight_encoder.training.second_stage.tree_fit import Shortlists, fit_trees
from tests.encoder.second_stage.small_catalogue import WIDTH, catalogue_side, mixture

ITEMS = 200
STAGE = SecondStage(side=catalogue_side(ITEMS), mixture=mixture(), trees=None, method=Method.MIX)
FIRST = FirstStage(np.linspace(-1, 1, WIDTH + 1, dtype=np.float32))
FOUND = np.argsort(-(STAGE.side.rows @ FIRST.query))
KNOWN = Known(np.array([3, 8]), declared=(("tea", 1.0),))


@pytest.mark.parametrize(
    ("dropped", "modulus"), [([], 1), ([3, 8], 1), ([3, 8, 12], 2)], ids=["everything", "seen", "seen_and_filtered"]
)
def test_a_shortlist_holds_nothing_dropped_and_nothing_filtered(dropped: list[int], modulus: int) -> None:
    allowed = np.arange(ITEMS) % modulus == 0
    every = STAGE.candidates(KNOWN, FIRST, FOUND, dropped=np.zeros(0, np.int64)).rows
    some = STAGE.candidates(KNOWN, FIRST, FOUND, dropped=np.array(dropped, np.int64), allowed=allowed).rows
    assert some.tolist() == [row for row in every.tolist() if row % modulus == 0 and row not in dropped]


def test_each_method_scores_by_its_own() -> None:
    candidates = STAGE.candidates(KNOWN, FIRST, FOUND, dropped=np.zeros(0, np.int64))
    np.testing.assert_array_equal(STAGE.scores(candidates), candidates.log_mixture)
    by_space = replace(STAGE, method=Method.SPACE)
    np.testing.assert_allclose(by_space.scores(candidates), STAGE.side.rows[candidates.rows] @ FIRST.query, rtol=1e-5)


def random_trees() -> Trees:
    random = np.random.default_rng(0).normal(size=(600, len(FEATURES))).astype(np.float32)
    return fit_trees(Shortlists(random, random[:, 0] > 1, np.full(30, 20)), seed=0)


def test_trees_order_the_most_probable_and_the_others_follow_as_the_mixture_has_them() -> None:
    candidates, trees = STAGE.candidates(KNOWN, FIRST, FOUND, dropped=np.zeros(0, np.int64)), random_trees()
    scores = replace(STAGE, method=Method.TREES, trees=trees).scores(candidates)
    by_mixture = sorted(range(len(scores)), key=lambda place: -candidates.log_mixture[place])
    finalists, others = by_mixture[:FINALISTS], by_mixture[FINALISTS:]
    assert len(others) > 2
    np.testing.assert_array_equal(scores[finalists], trees.scores(candidates.matrix)[finalists])
    assert scores[others].tolist() == sorted(scores[others].tolist(), reverse=True)
    assert scores[others].max() < scores[finalists].min()


def test_a_stage_is_surer_of_ten_items_the_more_probable_its_mixture_finds_them() -> None:
    rising = replace(STAGE, curves=np.tile(np.array([1.0, 2.0], np.float32), (BUCKETS, 1)))
    candidates = rising.candidates(KNOWN, FIRST, FOUND, dropped=np.zeros(0, np.int64))
    ten = np.argsort(candidates.log_mixture)[::-1][5:15]
    scores = np.zeros(len(candidates.rows), np.float32)
    scores[ten] = 7  # whatever orders them, and by however much
    odds = math.e * np.exp(candidates.log_mixture[ten].astype(np.float64)).sum() ** 2
    assert rising.confidence(KNOWN, candidates, scores) == pytest.approx(odds / (1 + odds))
    assert rising.confidence(KNOWN, candidates, candidates.log_mixture) > rising.confidence(KNOWN, candidates, scores)


def test_another_prior_changes_the_last_coordinate_and_who_is_most_probable() -> None:
    prior = np.linspace(-9, -1, ITEMS, dtype=np.float32)
    then = STAGE.with_prior(prior)
    assert then.side.most_probable.tolist() == list(range(ITEMS - 1, ITEMS - 21, -1))
    np.testing.assert_array_equal(then.side.log_prior, prior)
    np.testing.assert_array_equal(then.side.rows[:, :-1], STAGE.side.rows[:, :-1])
    assert STAGE.side.most_probable.tolist() != then.side.most_probable.tolist()
