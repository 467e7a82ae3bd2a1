"""Training a second stage over a tiny first one: which method ranks, and that training sees what serving computes."""

import numpy as np
import pytest

from firstlight_encoder.case_tokens import case_tokens
from firstlight_encoder.cases import Case, cold_user_cases
from firstlight_encoder.ranking_quality import best_first
from firstlight_encoder.second_stage.case_known import case_known
from firstlight_encoder.second_stage.features import FEATURES
from firstlight_encoder.second_stage.first_stage import first_stages
from firstlight_encoder.second_stage.mixture import mixture_row
from firstlight_encoder.second_stage.second_stage import Method, SecondStage
from firstlight_encoder.second_stage.seeker import Seeker
from firstlight_encoder.tokens import TokenType
from firstlight_encoder.training.second_stage.cross_ranking import half_of_users
from firstlight_encoder.training.second_stage.described_cases import described_cases, seeking
from firstlight_encoder.training.second_stage.ranker_cases import RankerCase
from firstlight_encoder.training.second_stage.ranker_training import (
    FEWEST_USERS,
    Ranked,
    further_lessons,
    ranker_lessons,
    taught,
    train_second_stage,
)
from firstlight_encoder.training.second_stage.ranking_material import RankingMaterial
from firstlight_encoder.training.second_stage.teachers import Teachers
from tests.encoder.second_stage.small_catalogue import log, mixture
from tests.server.tiny_encoder import write_tiny_encoder
from tests.server.tiny_second_stage import shoppers, tiny_labels, tiny_material
from tests.server.tiny_snapshot import TinySnapshot
from tests.server.tiny_space import tiny_space

ITEMS = 200


@pytest.fixture(scope="module")
def material(tmp_path_factory: pytest.TempPathFactory) -> RankingMaterial:
    items, space = TinySnapshot(items=ITEMS).catalogue(), tiny_space()
    texts = items["title"].to_list()
    encoder = write_tiny_encoder(tmp_path_factory.mktemp("text"), [*texts, *tiny_labels(items).prompts])
    vectors = space.project(encoder.encode(texts))
    rows = np.concatenate([vectors, items["log_prior"].to_numpy()[:, None]], axis=1).astype(np.float32)
    return tiny_material(items, rows, space=space, encoder=encoder)


def trained(material: RankingMaterial, *, users: int, method: Method | None = None, seed: int = 0) -> Ranked:
    log = shoppers(users, items=ITEMS, seed=2)
    return train_second_stage(material, log, method=method, seed=seed, progress=lambda done, total: None)


def first_hits(stage: SecondStage, material: RankingMaterial) -> float:
    """Share of new users' next items, among those on the shortlist, that ``stage`` puts first."""
    cases = cold_user_cases(shoppers(80, items=ITEMS, seed=9), k=2)
    found = stage.ordered(seeking(cases, material, stage))
    hits = [np.isin(one.rows, case.targets) for case, one in zip(cases, found, strict=True)]
    return float(np.mean([own[0] for own in hits if own.any()]))


def test_too_few_users_for_trees_leave_the_ranking_to_the_mixture(material: RankingMaterial) -> None:
    ranked = trained(material, users=FEWEST_USERS - 1)
    assert ranked.stage.method is Method.MIX
    assert ranked.stage.trees is None
    assert ranked.why.startswith(f"{FEWEST_USERS - 1} users to learn from, trees need {FEWEST_USERS}")


def test_enough_users_let_their_own_cases_choose(material: RankingMaterial) -> None:
    ranked = trained(material, users=FEWEST_USERS + 4)
    told = {part.split()[0]: float(part.split()[1]) for part in ranked.why.split(": ")[1].split(", ")}
    assert ranked.why.startswith("NDCG@10 on held-out users")
    assert set(told) == set(Method)
    assert ranked.stage.method == max(told, key=lambda name: told[name])
    assert ranked.stage.method is not Method.SPACE  # the space of this test is untrained
    assert (ranked.stage.trees is not None) is (ranked.stage.method is Method.TREES)


@pytest.mark.parametrize("method", Method)
def test_a_configured_method_is_obeyed_however_few_users_there_are(material: RankingMaterial, method: Method) -> None:
    ranked = trained(material, users=12, method=method)
    assert (ranked.stage.method, ranked.why) == (method, "as configured")
    assert (ranked.stage.trees is not None) is (method is Method.TREES)


def test_nobody_to_learn_from_leaves_the_first_stages_order(material: RankingMaterial) -> None:
    ranked = train_second_stage(
        material, log([(0, 0, 1)], items=ITEMS), method=None, seed=0, progress=lambda done, total: None
    )
    assert (ranked.stage.method, ranked.stage.trees) == (Method.SPACE, None)
    assert ranked.why == "no held-out user took anything on a shortlist"


def test_trees_put_the_next_item_first_oftener_than_the_first_stage(material: RankingMaterial) -> None:
    by_trees, by_space = (trained(material, users=30, method=method) for method in (Method.TREES, Method.SPACE))
    assert by_trees.stage.curves is not None
    rates = [first_hits(ranked.stage, material) for ranked in (by_trees, by_space)]
    assert rates[0] > rates[1] + 0.05


def test_the_same_seed_trains_the_same_stage(material: RankingMaterial) -> None:
    one, same, other = (trained(material, users=10, method=Method.TREES, seed=seed).stage for seed in (0, 0, 1))
    assert one.trees is not None
    assert same.trees is not None
    assert other.trees is not None
    assert one.trees.model == same.trees.model != other.trees.model
    np.testing.assert_array_equal(one.mixture.weights, same.mixture.weights)


def test_what_trees_do_not_read_does_not_move_their_scores(material: RankingMaterial) -> None:
    lessons = ranker_lessons(material, shoppers(20, items=ITEMS, seed=2), seed=0, progress=lambda done, total: None)
    blind, seeing = (
        taught(lessons, material.side, method=Method.TREES, seed=0, unread=names, sure=False).stage
        for names in (FEATURES[1:], ())
    )
    for stage, moved in ((blind, False), (seeing, True)):
        assert stage.trees is not None
        matrix = lessons[0].candidates.matrix
        other = np.concatenate([matrix[:, :1], matrix[:, 1:] - 5], axis=1)
        assert bool((stage.trees.scores(matrix) != stage.trees.scores(other)).any()) is moved


def test_a_stage_is_as_sure_as_it_is_right(material: RankingMaterial) -> None:
    stage = trained(material, users=FEWEST_USERS, method=Method.MIX).stage
    cases = cold_user_cases(shoppers(200, items=ITEMS, seed=9), k=2)
    found = stage.ordered(seeking(cases, material, stage))
    kept = np.mean([np.isin(one.rows[:10], case.targets).any() for case, one in zip(cases, found, strict=True)])
    assert 0.1 < kept < 0.95
    assert np.mean([one.confidence for one in found]) == pytest.approx(kept, abs=0.12)


def test_a_first_stage_that_ranks_alone_has_curves_of_its_own(material: RankingMaterial) -> None:
    assert trained(material, users=12, method=Method.SPACE).stage.curves is None


DISLIKED = Case(
    user=0,
    history=np.array([5, 9, 13]),
    types=np.array([int(TokenType.VIEW), int(TokenType.DISLIKE), int(TokenType.VIEW)]),
    gaps_h=np.zeros(3, np.float32),
    weights=np.ones(3, np.float32),
    declared=(1,),
    targets=np.arange(17, ITEMS),
)


def test_training_describes_a_case_as_serving_does_its_dislikes_included(material: RankingMaterial) -> None:
    stage = SecondStage(side=material.side, mixture=mixture(), trees=None, method=Method.MIX)
    silent = [RankerCase(DISLIKED, 0, None)]
    (found,) = described_cases(silent, material, stage, progress=lambda done, total: None)
    known = case_known(DISLIKED, material.labels)
    tokens = case_tokens(DISLIKED, item_vectors=material.side.rows[:, :-1], label_vectors=material.label_vectors)
    (first,) = first_stages(material.space, [DISLIKED], [tokens], shares=material.shares)
    scores = first.scores(np.arange(ITEMS), material.side.rows)
    scores[DISLIKED.history] = -np.inf
    seeker = Seeker(known, first, best_first(scores, count=60), dropped=DISLIKED.history)
    (served,) = stage.candidates([seeker])
    np.testing.assert_array_equal(found.candidates.rows, served.rows)
    np.testing.assert_allclose(found.candidates.matrix, served.matrix, atol=1e-4)
    assert mixture_row(found.known) == mixture_row(known)
    assert len(found.known.history) == 2


@pytest.mark.parametrize("seed", range(3))
def test_a_half_of_the_users_is_a_half_whatever_draw_chose_them(seed: int) -> None:
    # The users that an index build holds out: chosen by the very seed that the ranker trains with.
    owners = np.repeat(np.flatnonzero(np.random.default_rng(seed).random(400) < 0.1), 3)
    first = half_of_users(owners, seed=seed)
    assert len(np.unique(owners[first])) == len(np.unique(owners)) // 2
    assert not set(owners[first]) & set(owners[~first])


def test_further_teachers_teach_as_others_do_but_only_what_shortlists_hold(material: RankingMaterial) -> None:
    users, others = shoppers(20, items=ITEMS, seed=2), shoppers(30, items=ITEMS, seed=3)
    lessons = ranker_lessons(material, users, seed=0, progress=lambda done, total: None)
    further = further_lessons([Teachers(material, others)], seed=0, progress=lambda done, total: None)
    assert further
    assert all(one.hits.any() and not one.complete for one in further)
    both = train_second_stage(
        material, users, method=Method.MIX, seed=0, progress=lambda done, total: None, also=[Teachers(material, others)]
    )
    by_hand = taught([*lessons, *further], material.side, method=Method.MIX, seed=0)
    alone = taught(lessons, material.side, method=Method.MIX, seed=0)
    np.testing.assert_array_equal(both.stage.mixture.weights, by_hand.stage.mixture.weights)
    assert (both.stage.mixture.weights != alone.stage.mixture.weights).any()
