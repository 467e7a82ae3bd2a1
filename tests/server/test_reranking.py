"""Both stages in a server: as the evaluation ranks, and sound whatever is filtered, excluded or missing."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from firstlight_encoder.cases import Case
from firstlight_encoder.second_stage.case_known import case_known
from firstlight_encoder.second_stage.second_stage import Method
from firstlight_encoder.second_stage.second_stage_file import read_second_stage
from firstlight_encoder.space import Space
from firstlight_encoder.tokens import TokenType
from firstlight_evaluation.two_stage_scorer import TwoStageScorer
from firstlight_server.answer import Answer, ReasonKind
from firstlight_server.loaded_snapshot import LoadedSnapshot, Loading, load
from firstlight_server.query import Declaration, Event, InterestKind, RecommendQuery, Scope
from firstlight_server.question import Newcomer
from firstlight_server.reranking import known
from firstlight_store import ItemFilter, SnapshotStore
from tests.server.tiny_second_stage import tiny_labels
from tests.server.tiny_snapshot import TWO_STAGES, TinySnapshot

ITEMS = TWO_STAGES.items
LABELS = tiny_labels(TWO_STAGES.catalogue())
TEA, JAM = LABELS.names.index("Tea"), LABELS.names.index("Jam")


@pytest.fixture(scope="module", params=[Method.TREES, Method.MIX])
def loaded_by(
    request: pytest.FixtureRequest, two_stages: LoadedSnapshot, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[LoadedSnapshot]:
    """The snapshot of two stages, ranked by each method."""
    if request.param is Method.TREES:
        yield two_stages
        return
    one = published(replace(TWO_STAGES, ranker=request.param), tmp_path_factory.mktemp("mix"))
    yield one
    one.close()


def published(snapshot: TinySnapshot, data_dir: Path) -> LoadedSnapshot:
    snapshot.publish(data_dir)
    return load(SnapshotStore(data_dir).open(), Loading(min_recall=0.95, text_cache_entries=100))


def case(
    *history: int,
    declared: tuple[int, ...] = (),
    disliked: tuple[int, ...] = (),
    declined: tuple[int, ...] = (),
) -> Case:
    rows = (*history, *disliked)
    kinds = [int(TokenType.PURCHASE)] * len(history) + [int(TokenType.DISLIKE)] * len(disliked)
    return Case(
        user=0,
        history=np.array(rows, np.int64),
        types=np.array(kinds, np.int64),
        gaps_h=np.zeros(len(rows), np.float32),
        weights=np.ones(len(rows), np.float32),
        declared=declared,
        targets=np.array([0]),
        declined=declined,
    )


CASES = {
    "one_event": case(17),
    "two_events": case(17, 21),
    "five_events": case(4, 8, 16, 20, 24),
    "a_long_history": case(*range(1, 60, 2)),
    "a_category": case(declared=(TEA,)),
    "two_categories": case(declared=(TEA, JAM)),
    "events_and_a_category": case(6, 11, declared=(JAM,)),
    "a_category_and_one_declined": case(declared=(TEA,), declined=(JAM,)),
    "nothing_but_one_declined": case(declined=(JAM,)),
    "events_and_one_declined": case(6, 11, 17, declined=(TEA,)),
    "a_dislike": case(17, 21, disliked=(18, 25)),
    "nothing_but_a_dislike": case(disliked=(30,)),
}


def query_of(
    one: Case, *, page_size: int = ITEMS, scope: Scope | None = None, want_reasons: bool = False
) -> RecommendQuery:
    events = tuple(
        Event(f"i{row:04d}", TokenType(kind))
        for row, kind in zip(one.history.tolist(), one.types.tolist(), strict=True)
    )
    declared = tuple(Declaration(InterestKind.CATEGORY, LABELS.names[label], weight) for label, weight in one.said)
    return RecommendQuery(events, declared, scope or Scope(page_size=page_size), want_reasons=want_reasons)


def answer(loaded: LoadedSnapshot, query: RecommendQuery) -> Answer:
    evidence = loaded.reader.read(query, now_s=0.0)
    assert loaded.texts is not None
    texts = loaded.texts.encode(evidence.prompts)
    return loaded.recommender.recommend([Newcomer(query, evidence)], texts=texts)[0]


def rows_of(found: Answer) -> list[int]:
    return [int(item.item_id[1:]) for item in found.items]


def scorer_of(loaded: LoadedSnapshot) -> TwoStageScorer:
    snapshot = loaded.snapshot
    stage = read_second_stage(snapshot.path("second_stage"), rows=np.asarray(snapshot.items_vectors()))
    places = [snapshot.labels().row("category", name) for name in LABELS.names]
    vectors = snapshot.label_vectors()[np.array(places, np.int64)]
    return TwoStageScorer(Space.load(snapshot.path("space")), stage, labels=LABELS, label_vectors=vectors)


def ranked_offline(loaded: LoadedSnapshot, one: Case) -> tuple[list[int], NDArray[np.float32]]:
    scores = scorer_of(loaded).score([one])[0]
    scores[one.history] = -np.inf
    order = np.argsort(-scores, kind="stable")[: ITEMS - len(set(one.history.tolist()))]
    return order.tolist(), scores[order]


@pytest.mark.parametrize("one", CASES.values(), ids=CASES.keys())
def test_a_server_ranks_the_whole_catalogue_as_the_evaluation_does(loaded_by: LoadedSnapshot, one: Case) -> None:
    expected, _ = ranked_offline(loaded_by, one)
    assert rows_of(answer(loaded_by, query_of(one))) == expected


@pytest.mark.parametrize("one", CASES.values(), ids=CASES.keys())
def test_a_server_scores_a_shortlist_as_the_evaluation_does(loaded_by: LoadedSnapshot, one: Case) -> None:
    _, scores = ranked_offline(loaded_by, one)
    served = np.array([item.score for item in answer(loaded_by, query_of(one, page_size=20)).items])
    np.testing.assert_allclose(served - served[0], scores[:20] - scores[0], atol=2e-4)


@pytest.mark.parametrize("one", CASES.values(), ids=CASES.keys())
def test_a_server_reads_of_a_newcomer_what_training_reads(two_stages: LoadedSnapshot, one: Case) -> None:
    online, offline = known(two_stages.reader.read(query_of(one), now_s=0.0).clues), case_known(one, LABELS)
    assert online.history.tolist() == offline.history.tolist()
    assert online.disliked.tolist() == offline.disliked.tolist()
    assert online.declared == offline.declared


@pytest.mark.parametrize("one", [*CASES.values(), case()], ids=[*CASES.keys(), "nothing"])
def test_a_server_is_as_sure_as_the_evaluation_says_it_is(loaded_by: LoadedSnapshot, one: Case) -> None:
    (expected,) = scorer_of(loaded_by).confidences([one])
    served = answer(loaded_by, query_of(one, page_size=3)).confidence
    assert served == answer(loaded_by, query_of(one, page_size=ITEMS)).confidence
    assert served is None if np.isnan(expected) else served == pytest.approx(expected, abs=1e-4)


def test_the_second_stage_changes_the_order(two_stages: LoadedSnapshot, tmp_path: Path) -> None:
    plain = published(replace(TWO_STAGES, ranker=None), tmp_path)
    differ = [
        rows_of(answer(two_stages, query_of(one))) != rows_of(answer(plain, query_of(one))) for one in CASES.values()
    ]
    plain.close()
    assert all(differ)


@pytest.mark.parametrize("page_size", [1, 10, 100, 250, ITEMS])
def test_a_page_of_any_size_is_full_distinct_and_its_scores_never_rise(
    two_stages: LoadedSnapshot, page_size: int
) -> None:
    one = CASES["events_and_a_category"]
    found = answer(two_stages, query_of(one, page_size=page_size))
    rows, scores = rows_of(found), [item.score for item in found.items]
    assert len(rows) == len(set(rows)) == min(page_size, ITEMS - len(one.history))
    assert scores == sorted(scores, reverse=True)


@pytest.mark.parametrize("page_size", [10, 150])
def test_a_longer_page_begins_with_the_shorter(two_stages: LoadedSnapshot, page_size: int) -> None:
    every = rows_of(answer(two_stages, query_of(CASES["two_events"])))
    assert rows_of(answer(two_stages, query_of(CASES["two_events"], page_size=page_size))) == every[:page_size]


def test_nothing_filtered_seen_or_excluded_is_ever_ranked(two_stages: LoadedSnapshot) -> None:
    first = rows_of(answer(two_stages, query_of(CASES["two_events"], page_size=5)))
    scope = Scope(page_size=ITEMS, exclude_item_ids=(f"i{first[0]:04d}",), filter=ItemFilter(categories=("Jam",)))
    found = rows_of(answer(two_stages, query_of(CASES["two_events"], scope=scope)))
    assert set(found) == {row for row in range(ITEMS) if row % 4 == 1} - {17, 21, first[0]}


def test_a_filter_that_admits_one_item_returns_it(two_stages: LoadedSnapshot) -> None:
    scope = Scope(page_size=10, filter=ItemFilter(min_price=301, max_price=301))
    assert rows_of(answer(two_stages, query_of(CASES["one_event"], scope=scope))) == [300]


def test_seen_items_come_back_where_they_are_asked_for(two_stages: LoadedSnapshot) -> None:
    query = replace(query_of(CASES["two_events"]), include_seen=True)
    assert {17, 21} <= set(rows_of(answer(two_stages, query)))


def test_nothing_known_is_still_the_exact_order_of_the_prior(two_stages: LoadedSnapshot) -> None:
    prior = TWO_STAGES.catalogue()["log_prior"].to_numpy()
    assert rows_of(answer(two_stages, query_of(case()))) == np.argsort(-prior, kind="stable").tolist()


def test_reasons_name_the_events_that_brought_an_item(two_stages: LoadedSnapshot) -> None:
    found = answer(two_stages, query_of(CASES["five_events"], page_size=5, want_reasons=True))
    for item in found.items:
        kinds = [reason.kind for reason in item.reasons]
        assert kinds.count(ReasonKind.EVENT) == 5
        assert all(np.isfinite(reason.share) for reason in item.reasons)
    assert max(reason.share for item in found.items for reason in item.reasons if reason.kind is ReasonKind.EVENT) > 0


def test_a_snapshot_whose_first_stage_was_better_is_served_by_it_alone(
    two_stages: LoadedSnapshot, tmp_path: Path
) -> None:
    plain = published(replace(TWO_STAGES, ranker=None), tmp_path / "plain")
    by_space = published(replace(TWO_STAGES, ranker=Method.SPACE), tmp_path / "space")
    query = query_of(CASES["five_events"])
    assert answer(plain, query).items == answer(by_space, query).items
    plain.close()
    by_space.close()
