"""What holds for every reply, whatever was asked."""

import math
import time
from collections import Counter
from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from firstlight_encoder import TokenType
from firstlight_server.answer import Answer, RankedItem, WarningCode
from firstlight_server.arrangement.rules import AS_RANKED, Boost, Pin, Reranking
from firstlight_server.loaded_snapshot import LoadedSnapshot
from firstlight_server.query import Declaration, Event, InterestKind, RecommendQuery, Scope
from firstlight_server.question import Newcomer
from firstlight_store import EVERYTHING, AttributeCondition, ItemFilter

NOW_S = time.time()
ITEM_IDS = st.one_of(st.integers(0, 59).map(lambda row: f"i{row:04d}"), st.sampled_from(["", "nobody"]))
WEIGHTS = st.floats(-100, 100)
WORDS = st.one_of(st.sampled_from(["Jam", "tea", "Grocery > Drinks", "Acme"]), st.text(min_size=1, max_size=20))
EVENTS = st.builds(
    Event,
    item_id=ITEM_IDS,
    type=st.sampled_from([kind for kind in TokenType if kind is not TokenType.DECLARED]),
    at_s=st.none() | st.floats(631_152_000, 4_102_444_800),
    weight=WEIGHTS,
    text=st.sampled_from(["", "honey jam", "\0", "שלום 🫖"]),
)
DECLARATIONS = st.builds(Declaration, kind=st.sampled_from(InterestKind), words=WORDS, weight=WEIGHTS)
FILTERS = st.builds(
    ItemFilter,
    categories=st.lists(st.sampled_from(["jam", "Grocery", "Nowhere"]), max_size=2).map(tuple),
    brands=st.lists(st.sampled_from(["Acme", "borealis"]), max_size=2).map(tuple),
    min_price=st.none() | st.floats(-5, 70),
    max_price=st.none() | st.floats(-5, 70),
    include_unavailable=st.booleans(),
    attributes=st.sampled_from([(), (AttributeCondition("size", ("small",)),)]),
)
BLOCKS = FILTERS.filter(lambda block: replace(block, include_unavailable=False) != EVERYTHING)
SHARES = st.sampled_from([0.0, 0.0, 0.3, 1.0])
CAPS = st.none() | st.integers(1, 5)
RULES = st.just(AS_RANKED) | st.builds(
    Reranking,
    diversity=SHARES,
    max_per_category=CAPS,
    max_per_brand=CAPS,
    calibration=SHARES,
    boosts=st.lists(st.builds(Boost, BLOCKS, st.floats(-10, 10)), max_size=2).map(tuple),
    pins=st.lists(st.builds(Pin, ITEM_IDS, st.integers(1, 80)), max_size=3).map(tuple),
    blocks=st.lists(BLOCKS, max_size=1).map(tuple),
    impression_discount=SHARES,
)
QUERIES = st.builds(
    RecommendQuery,
    events=st.lists(EVENTS, max_size=60).map(tuple),
    declarations=st.lists(DECLARATIONS, max_size=5).map(tuple),
    scope=st.builds(
        Scope,
        page_size=st.integers(1, 70),
        exclude_item_ids=st.lists(ITEM_IDS, max_size=40).map(tuple),
        filter=FILTERS,
    ),
    want_reasons=st.booleans(),
    include_seen=st.booleans(),
    language=st.sampled_from(["", "zh-CN"]),
    want_counterfactuals=st.sampled_from([False, False, False, True]),
    reranking=RULES,
    untouched=st.dictionaries(ITEM_IDS, st.integers(1, 5), max_size=10),
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(query=QUERIES)
def test_every_answer_is_sound(loaded: LoadedSnapshot, query: RecommendQuery) -> None:
    assert broken_rules(loaded, query) == []


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(query=QUERIES)
def test_every_answer_of_two_stages_is_sound(two_stages: LoadedSnapshot, query: RecommendQuery) -> None:
    assert broken_rules(two_stages, query) == []


def rules_kept(loaded: LoadedSnapshot, query: RecommendQuery, answer: Answer) -> dict[str, bool]:
    """Which of the request's own rules the answer keeps."""
    rules, items = query.reranking, loaded.snapshot.items()
    rows = [items.row(item.item_id) for item in answer.items]
    blocked = [items.mask(replace(block, include_unavailable=True)) for block in rules.blocks]
    pinned = {pin.item_id for pin in rules.pins}
    free = [item.item for item in answer.items if item.item_id not in pinned]
    categories = Counter(item.category for item in free)
    brands = Counter(item.brand for item in free if item.brand)
    return {
        "nothing blocked": not any(mask[row] for mask in blocked for row in rows),
        "no more of a category": max(categories.values(), default=0) <= (rules.max_per_category or len(free)),
        "no more of a brand": max(brands.values(), default=0) <= (rules.max_per_brand or len(free)),
    }


def _adds_up(item: RankedItem) -> bool:
    share = math.fsum(reason.share for reason in item.reasons)
    return math.isclose(share, item.score, rel_tol=1e-6, abs_tol=1e-4)


def broken_rules(loaded: LoadedSnapshot, query: RecommendQuery) -> list[str]:
    """The rules that the answer to ``query`` breaks; none where it is sound."""
    evidence = loaded.reader.read(query, now_s=NOW_S)
    assert loaded.texts is not None
    texts = loaded.texts.encode(evidence.prompts)
    answer = loaded.recommender.recommend([Newcomer(query, evidence)], texts=texts)[0]

    ids = [item.item_id for item in answer.items]
    known = set(loaded.snapshot.items().ids)
    disliked = {event.item_id for event in query.events if event.type is TokenType.DISLIKE}
    seen: set[str] = set() if query.include_seen else {event.item_id for event in query.events}
    scores = [item.score for item in answer.items]
    notices = {notice.code for notice in answer.notices}
    too_narrow = bool(notices & {WarningCode.FILTER_TOO_NARROW, WarningCode.CAP_TOO_NARROW})
    kept = {
        "no item twice": len(set(ids)) == len(ids),
        "items of the snapshot only": set(ids) <= known,
        "nothing excluded, disliked or seen": not set(ids) & (set(query.scope.exclude_item_ids) | disliked | seen),
        "finite scores": all(math.isfinite(score) for score in scores),
        "falling scores": scores == sorted(scores, reverse=True),
        "a full page, or a warning": (len(ids) < query.scope.page_size) == too_narrow,
        "reasons where they are asked for": all(bool(item.reasons) == query.want_reasons for item in answer.items),
        "shares that add up to the score": all(_adds_up(item) for item in answer.items if item.reasons),
    }
    kept |= rules_kept(loaded, query, answer)
    return [rule for rule, holds in kept.items() if not holds]
