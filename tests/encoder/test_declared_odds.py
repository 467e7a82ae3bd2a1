from dataclasses import replace

import numpy as np
import pytest

from firstlight_encoder.calibration import BUCKETS
from firstlight_encoder.cases import Case
from firstlight_encoder.label_shares import LabelShares
from firstlight_encoder.labels import Labels
from firstlight_encoder.prior import PriorTimeline
from firstlight_encoder.space import DECLARED_ODDS, Space
from firstlight_encoder.tokens import TokenSequence, TokenType
from firstlight_encoder.training.declared_odds import ODDS, tune_declarations
from firstlight_encoder.training.one_standard_error import as_good_as_best
from firstlight_encoder.training.torch_adaptor import TorchAdaptor
from firstlight_encoder.training.torch_tower import TorchTower

ITEMS, WIDTH = 60, 15


@pytest.fixture
def space() -> Space:
    texts = np.random.default_rng(0).normal(size=(ITEMS, 24)).astype(np.float32)
    return Space.of(TorchAdaptor(texts, WIDTH).arrays(), TorchTower(WIDTH).arrays(), text_fingerprint="texts")


@pytest.fixture
def prior() -> PriorTimeline:
    share = 1 / np.arange(1, ITEMS + 1)
    return PriorTimeline(np.zeros(0), np.log(share / share.sum())[None, :].astype(np.float32))


def cases(labels: Labels, *, keep_their_word: bool) -> list[Case]:
    """Newcomers who declare a kind, and take unpopular items: of that kind, or of another."""
    random = np.random.default_rng(1)
    made: list[Case] = []
    for user in range(120):
        kind = user % 3
        taken = 30 + 3 * random.integers(0, 10, 2) + (kind if keep_their_word else (kind + 1) % 3)
        nothing = np.zeros(0, np.int64)
        none = np.zeros(0, np.float32)
        declared = (labels.names.index(f"Kind {kind}"),)
        made.append(Case(user, nothing, nothing, none, none, declared, np.unique(taken)))
    return made


def tuned(space: Space, prior: PriorTimeline, labels: Labels, made: list[Case]) -> Space:
    noise = np.random.default_rng(2).normal(size=(ITEMS + len(labels.names), WIDTH)).astype(np.float32) * 1e-3
    return tune_declarations(
        space,
        made,
        shares=LabelShares(labels, prior.tables),
        item_vectors=noise[:ITEMS],
        label_vectors=noise[ITEMS:],
        prior=prior,
    )


def declaring(count: int) -> TokenSequence:
    blank = np.zeros(count, np.float32)
    return TokenSequence(np.ones((count, WIDTH), np.float32), np.full(count, int(TokenType.DECLARED)), blank, blank + 1)


def test_words_that_are_kept_are_trusted(space: Space, prior: PriorTimeline, labels: Labels) -> None:
    made = cases(labels, keep_their_word=True)
    assert tuned(space, prior, labels, made).odds(declaring(1)) == ODDS[-1]


def test_words_that_mislead_are_trusted_less(space: Space, prior: PriorTimeline, labels: Labels) -> None:
    others = [np.setdiff1d(np.arange(6), np.arange(kind, 6, 3)) for kind in range(3)]
    head = [replace(case, targets=others[case.user % 3]) for case in cases(labels, keep_their_word=False)]
    assert tuned(space, prior, labels, head).odds(declaring(1)) <= ODDS[-3]


def test_a_space_that_was_never_tuned_is_moved_by_no_words(space: Space) -> None:
    assert space.odds(declaring(2)) == 0


def test_nothing_declared_has_no_odds(space: Space, prior: PriorTimeline, labels: Labels) -> None:
    assert tuned(space, prior, labels, cases(labels, keep_their_word=True)).odds(TokenSequence.empty(WIDTH)) == 0


def test_every_number_of_events_gets_odds(space: Space, prior: PriorTimeline, labels: Labels) -> None:
    odds = tuned(space, prior, labels, cases(labels, keep_their_word=True)).tower_parameters[DECLARED_ODDS]
    assert odds.shape == (BUCKETS,)
    assert set(odds.tolist()) <= {np.float32(value) for value in ODDS}


def test_an_option_that_loses_for_everybody_is_not_as_good_as_the_best() -> None:
    random = np.random.default_rng(0)
    best = random.random(400)
    quality = np.stack([best, best - 0.05, best + random.normal(scale=0.2, size=400) - 0.001], axis=1)
    assert as_good_as_best(quality, np.ones(400), np.arange(400)).tolist() == [True, False, True]
