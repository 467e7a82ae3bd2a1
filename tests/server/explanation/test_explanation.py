"""Explanations of two stages' answers: of the very score that sorts them, whoever made it and however long the page."""

import math
from dataclasses import replace

import numpy as np
import pytest

from firstlight_server.answer import Answer, RankedItem, Reason, ReasonKind
from firstlight_server.arrangement.rules import Boost, Pin, Reranking
from firstlight_server.degradation.rung import Rung
from firstlight_server.evidence import Clue
from firstlight_server.explanation.counterfactual import DEPTH
from firstlight_server.loaded_snapshot import LoadedSnapshot
from firstlight_server.query import RecommendQuery
from firstlight_server.question import Newcomer
from firstlight_store import ItemFilter
from tests.server.test_reranking import CASES, ITEMS, answer, case, loaded_by, query_of

__all__ = ["loaded_by"]  # the fixture

RULES = Reranking(
    diversity=0.3,
    max_per_brand=4,
    calibration=0.2,
    boosts=(Boost(ItemFilter(categories=("Tea",)), 0.5),),
    pins=(Pin("i0390", 2),),
    impression_discount=0.1,
)


def total(item: RankedItem) -> float:
    return math.fsum(reason.share for reason in item.reasons)


def reason_of(item: RankedItem, index: int) -> Reason:
    (found,) = (one for one in item.reasons if one.kind is ReasonKind.EVENT and one.index == index)
    return found


@pytest.mark.parametrize("page_size", [10, ITEMS], ids=["a_page", "everything"])
@pytest.mark.parametrize("rules", [Reranking(), RULES], ids=["as_ranked", "arranged"])
@pytest.mark.parametrize("name", CASES)
def test_the_shares_of_every_item_add_up_to_its_score(
    loaded_by: LoadedSnapshot, name: str, rules: Reranking, page_size: int
) -> None:
    query = query_of(CASES[name], page_size=page_size, want_reasons=True)
    found = answer(loaded_by, replace(query, reranking=rules, untouched={"i0001": 2}))
    assert found.reasons_method == ("shapley-sampled" if name == "a_long_history" else "shapley-exact")
    for item in found.items:
        assert total(item) == pytest.approx(item.score, abs=1e-4)


def test_asking_for_reasons_changes_nothing_else(loaded_by: LoadedSnapshot) -> None:
    plain = answer(loaded_by, query_of(CASES["events_and_a_category"], page_size=20))
    told = answer(loaded_by, query_of(CASES["events_and_a_category"], page_size=20, want_reasons=True))
    assert [replace_reasons(item) for item in told.items] == list(plain.items)


def replace_reasons(item: RankedItem) -> RankedItem:
    return item._replace(reasons=())


def test_the_same_event_twice_has_the_same_share_but_for_its_age(two_stages: LoadedSnapshot) -> None:
    """A declaration has no age, so two alike are worth the same: symmetry."""
    query = query_of(CASES["a_category"], page_size=10, want_reasons=True)
    twice = replace(query, declarations=query.declarations * 2)
    for item in answer(two_stages, twice).items:
        first, second = (one.share for one in item.reasons if one.kind is ReasonKind.DECLARATION)
        assert first == pytest.approx(second, abs=1e-6)


def test_an_item_ranks_lower_without_its_strongest_event(two_stages: LoadedSnapshot) -> None:
    """Nearly always: trees need not be monotone, and another event may be worth more alone."""
    random, kept = np.random.default_rng(0), list[bool]()
    for _ in range(15):
        start, steps = int(random.integers(0, 300)), random.integers(1, 5, 4)
        query = query_of(case(*(start + 4 * np.cumsum(steps)).tolist()), page_size=10, want_reasons=True)
        for rank, item in enumerate(answer(two_stages, replace(query, want_counterfactuals=True)).items, start=1):
            events = [one for one in item.reasons if one.kind is ReasonKind.EVENT]
            kept.append((max(events, key=lambda one: one.share).rank_without or 0) >= rank)
    assert np.mean(kept) > 0.85


def stored(evidence_of: RecommendQuery, loaded: LoadedSnapshot) -> Answer:
    """The answer to the same events, the first of them stored."""
    evidence = loaded.reader.read(evidence_of, now_s=0.0)
    first, *others = evidence.clues
    kept: Clue = first._replace(kind=ReasonKind.STORED_EVENT, position=0, event_id="e1")
    newcomer = Newcomer(evidence_of, replace(evidence, clues=(kept, *others)))
    return loaded.recommender.recommend([newcomer], texts={})[0]


def test_a_stored_event_counts_and_is_told_like_one_of_the_request(two_stages: LoadedSnapshot) -> None:
    query = replace(query_of(CASES["five_events"], page_size=10, want_reasons=True), want_counterfactuals=True)
    sent, known = answer(two_stages, query), stored(query, two_stages)
    for one, other in zip(sent.items, known.items, strict=True):
        assert (one.item_id, one.score) == (other.item_id, other.score)
        (reason,) = (reason for reason in other.reasons if reason.kind is ReasonKind.STORED_EVENT)
        expected = reason_of(one, 0)
        assert reason == replace(expected, kind=ReasonKind.STORED_EVENT, event_id="e1")


def test_a_counterfactual_is_the_rank_in_the_answer_without_the_event(two_stages: LoadedSnapshot) -> None:
    query = replace(query_of(CASES["five_events"], page_size=10, want_reasons=True), want_counterfactuals=True)
    found = answer(two_stages, query)
    for index in range(5):
        fewer = replace(query, events=query.events[:index] + query.events[index + 1 :])
        without = answer(two_stages, replace(fewer, want_reasons=False, scope=replace(query.scope, page_size=DEPTH)))
        ids = [item.item_id for item in without.items]
        for item in found.items:
            expected = ids.index(item.item_id) + 1 if item.item_id in ids else DEPTH + 1
            assert reason_of(item, index).rank_without == expected


def test_an_item_beyond_the_depth_is_told_as_such(two_stages: LoadedSnapshot) -> None:
    """The last of all, pinned to the top, ranks beyond whatever is not known."""
    query = replace(query_of(CASES["two_events"], page_size=ITEMS), want_reasons=True, want_counterfactuals=True)
    last = answer(two_stages, query).items[-1]
    reasons = [one for one in last.reasons if one.kind is ReasonKind.EVENT]
    assert {one.rank_without for one in reasons} == {DEPTH + 1}
    assert all(one.text.endswith(" Without that this would not be among the first 200.") for one in reasons)
    chinese = answer(two_stages, replace(query, language="zh")).items[-1]
    texts = [one.text for one in chinese.reasons if one.kind is ReasonKind.EVENT]
    assert all(text.endswith("。没有这一条时，它不会进入前 200 位。") for text in texts)


@pytest.mark.parametrize("rung", [Rung.FIRST_STAGE, Rung.KNOWN_VECTORS, Rung.PRIOR])
def test_a_simpler_answer_is_explained_by_its_own_score(two_stages: LoadedSnapshot, rung: Rung) -> None:
    query = query_of(CASES["events_and_a_category"], page_size=10, want_reasons=True)
    evidence = two_stages.reader.read(query, now_s=0.0)
    kept = () if rung is Rung.PRIOR else evidence.clues
    (found,) = two_stages.recommender.recommend([Newcomer(query, replace(evidence, clues=kept), rung)], texts={})
    for item in found.items:
        assert total(item) == pytest.approx(item.score, abs=1e-4)


def test_what_is_told_apart_is_what_is_worth_most(two_stages: LoadedSnapshot) -> None:
    found = answer(two_stages, query_of(CASES["a_long_history"], page_size=10, want_reasons=True))
    for item in found.items:
        kinds = [reason.kind for reason in item.reasons]
        assert len(kinds) == 10
        assert kinds.count(ReasonKind.OTHERS) == kinds.count(ReasonKind.PRIOR) == 1
        (others,) = (reason for reason in item.reasons if reason.kind is ReasonKind.OTHERS)
        assert others.text == "All else that is known of you (22)."
