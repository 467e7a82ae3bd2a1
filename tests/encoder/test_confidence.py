import math

import numpy as np
import pytest

from firstlight_encoder.cases import Case
from firstlight_encoder.confidence import best_mass, best_share, probability
from firstlight_encoder.space import Space
from firstlight_encoder.tokens import TokenSequence
from firstlight_encoder.training.fit_confidence import fit_confidence
from firstlight_encoder.training.torch_adaptor import TorchAdaptor
from firstlight_encoder.training.torch_tower import TorchTower

ITEMS, WIDTH = 40, 15


@pytest.fixture
def space() -> Space:
    texts = np.random.default_rng(0).normal(size=(ITEMS, 24)).astype(np.float32)
    return Space.of(TorchAdaptor(texts, WIDTH).arrays(), TorchTower(WIDTH).arrays(), text_fingerprint="texts")


def newcomers(count: int) -> list[Case]:
    """People of whom nothing is known, who take one item; the more probable the higher it is scored for them."""
    random = np.random.default_rng(1)
    nothing, none = np.zeros(0, np.int64), np.zeros(0, np.float32)
    return [Case(user, nothing, nothing, none, none, (), random.integers(0, ITEMS, 1)) for user in range(count)]


def scores_of(case: Case) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    """Even users' answers hold the target for sure, odd users' by chance."""
    scores = np.random.default_rng(case.user).normal(size=ITEMS).astype(np.float32)
    if case.user % 2 == 0:
        scores[case.targets] += 8
    return scores


def test_only_the_ten_best_scores_count() -> None:
    scores = np.log(np.arange(1, 21) / 210)
    assert best_mass(scores) == pytest.approx(math.log(sum(range(11, 21)) / 210))
    assert best_mass(scores[::-1]) == pytest.approx(best_mass(scores))
    assert best_mass(np.zeros(0)) == -math.inf


def test_the_ten_bests_share_of_a_shortlist_does_not_change_with_a_shift_of_all_scores() -> None:
    scores = np.log(np.arange(1, 21))
    assert best_share(scores) == pytest.approx(math.log(sum(range(11, 21)) / 210))
    assert best_share(scores + 300) == pytest.approx(best_share(scores))
    assert best_share(scores[:10]) == pytest.approx(0)
    assert best_share(np.zeros(0)) == -math.inf


def test_an_empty_answer_holds_nothing() -> None:
    assert probability(np.array(-math.inf), np.array([2.0, 1.0])) == 0


def test_promises_come_true_for_the_sure_and_the_unsure_alike(space: Space) -> None:
    fitted = fit_confidence(space, newcomers(400), scores_of=scores_of)
    nobody = TokenSequence.empty(WIDTH)
    sure, unsure = (
        np.mean([fitted.confidence(nobody, scores_of(case)) for case in newcomers(400)[start::2]]) for start in (0, 1)
    )
    assert sure == pytest.approx(1.0, abs=0.05)
    assert unsure == pytest.approx(10 / ITEMS, abs=0.08)


def test_answers_that_are_all_alike_promise_their_share_of_hits(space: Space) -> None:
    def alike(case: Case) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
        scores = -np.arange(ITEMS) / 10 + 1e-6 * (case.user % 7)
        return scores.astype(np.float32)

    made = newcomers(400)
    fitted = fit_confidence(space, made, scores_of=alike)
    share = np.mean([case.targets[0] < 10 for case in made])
    for shift in (-0.001, 0.0, 0.001):
        found = fitted.confidence(TokenSequence.empty(WIDTH), alike(made[0]) + np.float32(shift))
        assert found == pytest.approx(share, abs=0.01)


def test_a_space_that_was_never_fitted_promises_nothing(space: Space) -> None:
    assert math.isnan(space.confidence(TokenSequence.empty(WIDTH), scores_of(newcomers(1)[0])))
    assert fit_confidence(space, [], scores_of=scores_of) is space
