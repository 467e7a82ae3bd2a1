import math
from collections.abc import Sequence

import numpy as np
import pytest

from firstlight_encoder.calibration import BUCKETS
from firstlight_encoder.cases import Case
from firstlight_encoder.confidence import best_mass, probability
from firstlight_encoder.space import Space
from firstlight_encoder.tokens import TokenSequence
from firstlight_encoder.training.fit_confidence import fit_confidence, fit_curves
from firstlight_encoder.training.torch_adaptor import TorchAdaptor
from firstlight_encoder.training.torch_tower import TorchTower

ITEMS, WIDTH = 40, 15

Scores = np.ndarray[tuple[int], np.dtype[np.float32]]


@pytest.fixture
def space() -> Space:
    texts = np.random.default_rng(0).normal(size=(ITEMS, 24)).astype(np.float32)
    return Space.of(TorchAdaptor(texts, WIDTH).arrays(), TorchTower(WIDTH).arrays(), text_fingerprint="texts")


def newcomers(count: int) -> list[Case]:
    """People of whom nothing is known, who take one item; the more probable the higher it is scored for them."""
    random = np.random.default_rng(1)
    nothing, none = np.zeros(0, np.int64), np.zeros(0, np.float32)
    return [Case(user, nothing, nothing, none, none, (), random.integers(0, ITEMS, 1)) for user in range(count)]


def score_of(case: Case) -> Scores:
    """Even users' answers hold the target for sure, odd users' by chance."""
    scores = np.random.default_rng(case.user).normal(size=ITEMS).astype(np.float32)
    if case.user % 2 == 0:
        scores[case.targets] += 8
    return scores


def scores_of(cases: Sequence[Case]) -> list[Scores]:
    return [score_of(case) for case in cases]


def test_only_the_ten_best_scores_count() -> None:
    scores = np.log(np.arange(1, 21) / 210)
    assert best_mass(scores) == pytest.approx(math.log(sum(range(11, 21)) / 210))
    assert best_mass(scores[::-1]) == pytest.approx(best_mass(scores))
    assert best_mass(np.zeros(0)) == -math.inf


def test_the_ten_best_are_those_of_the_order_that_is_given() -> None:
    logs = np.log(np.arange(1, 21) / 210)
    assert best_mass(logs, by=-logs) == pytest.approx(math.log(sum(range(1, 11)) / 210))
    assert best_mass(logs, by=np.zeros(20)) == pytest.approx(math.log(sum(range(1, 11)) / 210))


def test_an_empty_answer_holds_nothing() -> None:
    assert probability(np.array(-math.inf), np.array([2.0, 1.0])) == 0


def test_promises_come_true_for_the_sure_and_the_unsure_alike(space: Space) -> None:
    fitted = fit_confidence(space, newcomers(400), scores_of=scores_of)
    nobody = TokenSequence.empty(WIDTH)
    sure, unsure = (
        np.mean([fitted.confidence(nobody, score_of(case)) for case in newcomers(400)[start::2]]) for start in (0, 1)
    )
    assert sure == pytest.approx(1.0, abs=0.05)
    assert unsure == pytest.approx(10 / ITEMS, abs=0.08)


def test_answers_that_are_all_alike_promise_their_share_of_hits(space: Space) -> None:
    def alike(case: Case) -> Scores:
        scores = -np.arange(ITEMS) / 10 + 1e-6 * (case.user % 7)
        return scores.astype(np.float32)

    made = newcomers(400)
    fitted = fit_confidence(space, made, scores_of=lambda cases: map(alike, cases))
    share = np.mean([case.targets[0] < 10 for case in made])
    for shift in (-0.001, 0.0, 0.001):
        found = fitted.confidence(TokenSequence.empty(WIDTH), alike(made[0]) + np.float32(shift))
        assert found == pytest.approx(share, abs=0.01)


def test_a_bucket_of_few_cases_learns_the_slope_from_the_others_and_keeps_to_its_own_share_of_hits() -> None:
    random = np.random.default_rng(0)
    rows = np.repeat([1, 2, 3], [2000, 2000, 40])
    mass, level = random.normal(size=len(rows)), np.array([0.0, -1.0, 1.5])[rows - 1]
    hit = random.random(len(rows)) < 1 / (1 + np.exp(-(level + 1.2 * mass)))
    curves = fit_curves(mass, hit, rows=rows)
    assert len(set(curves[:, 1].tolist())) == 1
    np.testing.assert_allclose(curves[1:4, 1], 1.2, atol=0.1)
    np.testing.assert_allclose(curves[1:3, 0], [0.0, -1.0], atol=0.1)
    assert curves[3, 0] > 0.5
    np.testing.assert_array_equal(curves[4], curves[3])  # nobody there: the nearest bucket's
    assert curves.shape == (BUCKETS, 2)


def test_a_mass_that_tells_nothing_leaves_the_share_of_hits() -> None:
    random = np.random.default_rng(1)
    mass, hit = 5 * random.normal(size=1000), random.random(1000) < 0.2
    curves = fit_curves(mass, hit, rows=np.ones(1000, np.int64))
    np.testing.assert_allclose(probability(mass, curves[1]), 0.2, atol=0.05)


def test_all_hits_and_no_hits_are_never_promised_for_sure() -> None:
    for hit in (np.ones(5), np.zeros(5)):
        (sure,) = probability(np.zeros(1), fit_curves(np.arange(5.0), hit, rows=np.zeros(5, np.int64))[0])
        assert 0.02 < sure < 0.98
        assert bool(sure > 0.5) is bool(hit[0])


def test_a_space_that_was_never_fitted_promises_nothing(space: Space) -> None:
    assert math.isnan(space.confidence(TokenSequence.empty(WIDTH), score_of(newcomers(1)[0])))
    assert fit_confidence(space, [], scores_of=scores_of) is space
