from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
import torch

from firstlight_encoder.case_tokens import case_tokens
from firstlight_encoder.cases import Case, cold_user_cases
from firstlight_encoder.errors import TrainingDataError
from firstlight_encoder.interactions import Interactions
from firstlight_encoder.labels import Labels, category_labels, tag_labels
from firstlight_encoder.prior import Counting, PriorTimeline, category_levels
from firstlight_encoder.space import Space
from firstlight_encoder.split import split_users
from firstlight_encoder.training.candidates import CandidateSampler
from firstlight_encoder.training.mixture import Mixture
from firstlight_encoder.training.objective import softmax_loss
from firstlight_encoder.training.sampler import CaseSampler
from firstlight_encoder.training.score_parts import ScoreParts
from firstlight_encoder.training.scoring import TextTable, membership
from firstlight_encoder.training.sharpen import sharpen
from firstlight_encoder.training.tower_settings import TowerSettings
from firstlight_encoder.training.train_settings import TrainSettings
from firstlight_encoder.training.trainer import StageA
from firstlight_encoder.training.training_domain import TrainingDomain

SETTINGS = TrainSettings(dimension=15, steps=60, batch=64, check_every=20, tower=TowerSettings(width=32))


@pytest.fixture(scope="module")
def train(log: Interactions, labels: Labels, texts: TextTable, categories: list[list[str]]) -> Callable[..., Space]:
    split = split_users(log, seed=0, test_share=0.2, time_quantile=None)
    prior = PriorTimeline.of(split.train, category_levels(categories), counting=Counting())
    domain = TrainingDomain(name="shop", split=split, labels=labels, texts=texts, prior=prior)

    def trained(steps: int = SETTINGS.steps) -> Space:
        stage = StageA(Mixture.only(domain), replace(SETTINGS, steps=steps))
        stage.train()
        return stage.space(0, served_prior=prior, text_fingerprint="texts")

    return trained


@pytest.fixture(scope="module")
def space(train: Callable[..., Space]) -> Space:
    return train()


def share_of_own_kind(space: Space, texts: TextTable, cases: list[Case]) -> float:
    """How many of the ten best items are of the user's kind; a third by chance."""
    items, labels = space.project(texts.vectors), space.project(texts.label_vectors)
    queries = space.queries([case_tokens(case, item_vectors=items, label_vectors=labels) for case in cases])
    best = np.argsort(-(queries[:, :-1] @ items.T), axis=1)[:, :10]
    return float(np.mean([(row % 3 == case.user % 3).mean() for row, case in zip(best, cases, strict=True)]))


@pytest.mark.parametrize("k", [1, 3])
def test_after_training_a_newcomer_s_events_find_their_kind_of_item(
    space: Space, log: Interactions, texts: TextTable, k: int
) -> None:
    test = split_users(log, seed=0, test_share=0.2, time_quantile=None).test
    assert share_of_own_kind(space, texts, cold_user_cases(test, k=k)) > 0.9


def test_a_space_trained_on_order_alone_reads_no_gaps(
    log: Interactions, labels: Labels, texts: TextTable, categories: list[list[str]]
) -> None:
    untimed = replace(log, times_h=np.zeros(len(log)))
    split = split_users(untimed, seed=0, test_share=0.2, time_quantile=None)
    prior = PriorTimeline.of(split.train, category_levels(categories), counting=Counting())
    domain = TrainingDomain(name="shop", split=split, labels=labels, texts=texts, prior=prior)
    stage = StageA(Mixture.only(domain), replace(SETTINGS, steps=20))
    stage.train()
    space = stage.space(0, served_prior=prior, text_fingerprint="texts")
    tokens = case_tokens(
        cold_user_cases(split.test, k=2)[0],
        item_vectors=space.project(texts.vectors),
        label_vectors=space.project(texts.label_vectors),
    )
    later = replace(tokens, gaps_h=tokens.gaps_h + 1_000)
    np.testing.assert_array_equal(space.query(tokens), space.query(later))


def test_after_training_a_declared_category_finds_its_items(
    space: Space, log: Interactions, labels: Labels, texts: TextTable
) -> None:
    test = split_users(log, seed=0, test_share=0.2, time_quantile=None).test
    assert share_of_own_kind(space, texts, cold_user_cases(test, k=0, labels=labels)) > 0.9


@pytest.fixture(scope="module")
def soon(train: Callable[..., Space]) -> Space:
    """After a few steps."""
    return train(steps=15)


@pytest.mark.parametrize("threads", [1, 3])
def test_the_same_seed_trains_the_same_space_on_any_number_of_threads(
    soon: Space, train: Callable[..., Space], threads: int
) -> None:
    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        assert train(steps=15).fingerprint == soon.fingerprint
        assert torch.get_num_threads() == threads
    finally:
        torch.set_num_threads(before)


def test_sharpening_silences_a_tower_that_knows_nothing(space: Space, log: Interactions, labels: Labels) -> None:
    cases = [case for k in (1, 2, 3) for case in cold_user_cases(log, k=k)]
    random = np.random.default_rng(0)
    noise = random.normal(size=(60, 15)).astype(np.float32)
    noise /= np.linalg.norm(noise, axis=1, keepdims=True)
    prior = np.log(np.bincount(log.items, minlength=60) / len(log)).astype(np.float32)
    timeless = PriorTimeline(np.zeros(0), prior[None, :])
    sharpened = sharpen(space, cases, item_vectors=noise, label_vectors=noise[:4], prior=timeless)
    moved = sharpened.tower_parameters["log_scale"] - space.tower_parameters["log_scale"]
    assert moved[1:4].max() < -1


def test_a_log_without_second_baskets_cannot_train(log: Interactions, labels: Labels) -> None:
    with pytest.raises(TrainingDataError, match="two baskets"):
        CaseSampler(log.where(log.baskets == 0), labels, seed=0)


@pytest.mark.parametrize(("k", "declared"), [(0, 2), (1, 0), (5, 0), (20, 1)])
def test_drawn_cases_keep_to_one_user_and_to_time(log: Interactions, labels: Labels, k: int, declared: int) -> None:
    batch = CaseSampler(log, labels, seed=0).draw(200, k=k, declared=declared, positives=3)
    known = [set(row[row >= 0] % 3) for row in np.concatenate([batch.history, batch.positives], axis=1)]
    assert max(map(len, known)) == 1
    assert not any(
        np.isin(targets[targets >= 0], history).any()
        for targets, history in zip(batch.positives, batch.history, strict=True)
    )
    assert (batch.gaps_h >= 0).all()
    assert (batch.positives >= 0).any(axis=1).mean() > 0.5
    if k:
        assert (batch.history[:, -1] >= 0).mean() > 0.8


def test_drawn_declarations_come_from_after_the_target_never_from_it(log: Interactions) -> None:
    by_basket = replace(log, items=log.baskets, item_count=5)
    labels = category_labels([[f"basket {basket}"] for basket in range(5)])
    batch = CaseSampler(by_basket, labels, seed=0).draw(300, k=2, declared=3, positives=1)
    target = batch.positives[:, :1]
    said = batch.declared.labels >= 0
    assert said.mean() > 0.5
    assert (batch.declared.labels > target)[said].all()
    assert (target[~said.any(axis=1)] == 4).all()


def test_drawn_histories_are_the_user_s_events_in_order(log: Interactions, labels: Labels) -> None:
    of_user = [log.items[log.users == user].tolist() for user in range(len(log.user_ids))]
    sequences = {tuple(items[start : start + 3]) for items in of_user for start in range(len(items) - 2)}
    batch = CaseSampler(log, labels, seed=1).draw(100, k=3, declared=0, positives=1)
    whole = batch.history[(batch.history >= 0).all(axis=1)]
    assert len(whole) > 20
    assert {tuple(row) for row in whole.tolist()} <= sequences


def test_sampled_candidates_estimate_the_full_softmax() -> None:
    random = np.random.default_rng(0)
    counts = random.zipf(1.5, 20_000).astype(np.float64)
    scores = random.normal(size=20_000) * 2
    sampler = CandidateSampler(counts, size=4_096, seed=0)
    estimates: list[float] = []
    for _ in range(20):
        drawn = sampler.draw()
        estimates.append(np.exp(scores[drawn.rows] - drawn.log_expected).sum())
    assert np.mean(estimates) == pytest.approx(np.exp(scores).sum(), rel=0.05)


def test_the_loss_of_a_full_catalogue_is_the_cross_entropy() -> None:
    scores = torch.randn(4, 9, generator=torch.Generator().manual_seed(0))
    masked = torch.zeros(4, 9, dtype=torch.bool)
    masked[:, 2] = True
    parts = ScoreParts(
        scores[:, 2:3], torch.zeros(4, 1), scores, torch.zeros(4, 9), torch.ones(4, 1), torch.zeros(9), masked,
        torch.ones(4, 1, dtype=torch.bool),
    )  # fmt: skip
    expected = torch.nn.functional.cross_entropy(scores, torch.full((4,), 2))
    assert softmax_loss(parts).item() == pytest.approx(expected.item(), abs=1e-5)


def test_membership_finds_the_known_among_the_candidates() -> None:
    found = membership(np.array([3, 5, 8]), np.array([[5, -1], [8, 3], [9, 4]]))
    assert found.tolist() == [[False, True, False], [True, False, True], [False, False, False]]


def test_what_is_drawn_several_times_is_one_candidate() -> None:
    rows = CandidateSampler(np.array([1e6, *[0.0] * 2_999]), size=64, seed=0).draw().rows
    assert rows[0] == 0
    assert (np.diff(rows) > 0).all()
    assert len(rows) < 64


def test_cases_declare_any_tag_of_later_items_alike(log: Interactions) -> None:
    tags = tag_labels([["Action", "Crime", "Drama"]] * log.item_count)
    drawn = CaseSampler(log, tags, seed=0).draw(600, k=1, declared=1, positives=1).declared.labels
    shares = np.bincount(drawn[drawn >= 0], minlength=3) / (drawn >= 0).sum()
    np.testing.assert_allclose(shares, 1 / 3, atol=0.08)
