"""Rules on pages of two stages: each does what it says, by how much is told, and nothing is asked for free."""

import math
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from firstlight.v1 import recommendation_service_pb2 as pb
from firstlight.v1 import types_pb2
from firstlight_server.answer import Answer, ReasonKind, WarningCode
from firstlight_server.arrangement.pool import POOL
from firstlight_server.arrangement.rules import Boost, Pin, Reranking
from firstlight_server.loaded_snapshot import LoadedSnapshot
from firstlight_server.query import RecommendQuery
from firstlight_store import ItemFilter
from tests.server.running import Running
from tests.server.test_reranking import CASES, answer, case, query_of, rows_of

ASKED = query_of(CASES["five_events"], page_size=10, want_reasons=True)
TEA, JAM = ItemFilter(categories=("Tea",)), ItemFilter(categories=("Jam",))


def arranged(loaded: LoadedSnapshot, query: RecommendQuery = ASKED, **rules: object) -> Answer:
    return answer(loaded, replace(query, reranking=Reranking(**rules)))  # type: ignore[arg-type]


def pool(loaded: LoadedSnapshot) -> Answer:
    return answer(loaded, query_of(CASES["five_events"], page_size=POOL))


def units(loaded: LoadedSnapshot) -> tuple[float, float]:
    """The last score of the page as it is ranked, and its spread."""
    scores = [item.score for item in answer(loaded, ASKED).items]
    return scores[-1], scores[0] - scores[-1]


def shares(found: Answer, rule: str) -> dict[int, float]:
    """How far a rule moved the items that it moved, by their places."""
    return {
        place: reason.share
        for place, item in enumerate(found.items)
        for reason in item.reasons
        if reason.kind is ReasonKind.RULE and reason.rule == rule
    }


def leaves(found: Answer) -> Counter[str]:
    return Counter(item.item.category[-1] for item in found.items)


@pytest.mark.parametrize("diversity", [0.2, 0.7, 1.0])
def test_diversity_is_maximal_marginal_relevance(two_stages: LoadedSnapshot, diversity: float) -> None:
    candidates, (floor, spread) = pool(two_stages), units(two_stages)
    vectors = np.asarray(two_stages.snapshot.items_vectors())[rows_of(candidates)][:, :-1]
    relevance = [(item.score - floor) / spread for item in candidates.items]
    taken: list[int] = []
    scores: list[float] = []
    while len(taken) < 10:
        worth = {
            place: (1 - diversity) * relevance[place]
            - diversity * max((min(max(float(vectors[place] @ vectors[other]), 0), 1) for other in taken), default=0)
            for place in range(len(relevance))
            if place not in taken
        }
        taken.append(max(worth, key=worth.__getitem__))
        scores.append(floor + spread * worth[taken[-1]])
    found = arranged(two_stages, diversity=diversity)
    assert rows_of(found) == [rows_of(candidates)[place] for place in taken]
    assert [item.score for item in found.items] == pytest.approx(scores, abs=1e-4)
    assert len(shares(found, "diversity")) == 10


def test_a_page_of_rules_that_ask_for_nothing_is_the_page_as_ranked(two_stages: LoadedSnapshot) -> None:
    plain = answer(two_stages, ASKED)
    assert arranged(two_stages) == plain
    loose = arranged(two_stages, max_per_brand=10, boosts=(Boost(TEA, 0.0),), pins=())
    assert loose.items == plain.items


@pytest.mark.parametrize("most", [1, 2, 3])
def test_a_cap_lets_so_many_of_a_category_through_and_says_whom_it_moved(two_stages: LoadedSnapshot, most: int) -> None:
    plain, found = answer(two_stages, ASKED), arranged(two_stages, max_per_category=most)
    assert max(leaves(found).values()) == most < max(leaves(plain).values())
    moved = shares(found, "max_per_category")
    assert set(moved.values()) == {0.0}
    first_moved = next(place for place, (one, other) in enumerate(zip(found.items, plain.items, strict=False))
                       if one.item_id != other.item_id)  # fmt: skip
    assert min(moved) == first_moved


def test_caps_look_further_than_the_pool_and_say_where_they_leave_too_little(two_stages: LoadedSnapshot) -> None:
    query = query_of(CASES["five_events"], page_size=60)
    found = arranged(two_stages, query, max_per_brand=10, max_per_category=15)
    assert len(found.items) == 60 or WarningCode.CAP_TOO_NARROW in {one.code for one in found.notices}
    (notice,) = arranged(two_stages, max_per_category=1).notices
    assert (notice.code, notice.field) == (WarningCode.CAP_TOO_NARROW, "reranking")
    assert notice.message == "4 items keep max_per_category = 1, 10 were asked for; raise the cap"
    two = query_of(case(6, 10, 14, 18, 22), page_size=10)
    assert len(arranged(two_stages, two, max_per_category=3).items) == 10


def test_a_boost_moves_items_by_spreads_of_the_page(two_stages: LoadedSnapshot) -> None:
    _, spread = units(two_stages)
    found = arranged(two_stages, boosts=(Boost(TEA, 2.0), Boost(JAM, -10.0)))
    plain = {item.item_id: item.score for item in pool(two_stages).items}
    for item in found.items:
        of_tea = item.item.category[-1] == "Tea"
        assert item.score == pytest.approx(plain[item.item_id] + (2 * spread if of_tea else 0), abs=1e-4)
    assert leaves(found)["Tea"] > leaves(answer(two_stages, ASKED))["Tea"]
    assert "Jam" not in leaves(found)


def test_what_was_shown_and_left_alone_falls_each_time(two_stages: LoadedSnapshot) -> None:
    _, spread = units(two_stages)
    plain = answer(two_stages, ASKED)
    ids = [item.item_id for item in plain.items]
    query = replace(ASKED, untouched={ids[0]: 3, ids[1]: 1})
    assert answer(two_stages, query).items == plain.items
    found = arranged(two_stages, query, impression_discount=0.1)
    told = {found.items[place].item_id: share for place, share in shares(found, "impression_discount").items()}
    assert told == pytest.approx({ids[0]: -0.3 * spread, ids[1]: -0.1 * spread}, abs=1e-4)


def test_pins_have_their_places_and_count_for_caps(two_stages: LoadedSnapshot) -> None:
    far, near = "i0399", answer(two_stages, ASKED).items[0].item_id
    found = arranged(two_stages, pins=(Pin(far, 1), Pin(near, 10)), max_per_category=3)
    assert (found.items[0].item_id, found.items[9].item_id) == (far, near)
    assert max(leaves(found).values()) == 3
    assert set(shares(found, "pin")) == {0, 9}
    assert found.items[0].score == found.items[1].score


@pytest.mark.parametrize(
    ("pins", "message"),
    [
        ((Pin("nobody", 1),), "'nobody' is not in the snapshot; check its id"),
        ((Pin("i0004", 1),), "'i0004' may not be returned: it is filtered, blocked, excluded, disliked, seen or not"),
        ((Pin("i0002", 1),), "'i0002' may not be returned: it is filtered, blocked"),
        ((Pin("i0001", 11),), "'i0001' is for place 11 of a page of 10; choose a place on it"),
        ((Pin("i0001", 1), Pin("i0001", 2)), "'i0001' has a place by an earlier pin; pin an item once"),
        ((Pin("i0001", 1), Pin("i0005", 1)), "'i0005' is for place 1, which an earlier pin holds"),
    ],
    ids=["unknown", "seen", "blocked", "beyond_the_page", "twice", "a_place_twice"],
)
def test_a_pin_that_cannot_be_kept_is_ignored_with_a_warning(
    two_stages: LoadedSnapshot, pins: tuple[Pin, ...], message: str
) -> None:
    found = arranged(two_stages, pins=pins, blocks=(TEA,))
    (notice,) = found.notices
    assert (notice.code, notice.field) == (WarningCode.PIN_IGNORED, f"reranking.pins[{len(pins) - 1}]")
    assert notice.message.startswith(message)
    assert len(found.items) == 10


def test_a_page_of_pins_alone_is_in_their_order(two_stages: LoadedSnapshot) -> None:
    ids = [f"i{row:04d}" for row in (390, 17, 201)]
    query = replace(ASKED, scope=replace(ASKED.scope, page_size=3))
    found = arranged(two_stages, query, pins=tuple(Pin(name, place) for place, name in enumerate(ids, start=1)))
    assert [item.item_id for item in found.items] == ids


def test_blocked_items_are_never_shown_and_leave_a_full_page(two_stages: LoadedSnapshot) -> None:
    found = arranged(two_stages, blocks=(TEA, ItemFilter(min_price=100.0)))
    assert len(found.items) == 10
    assert not any(item.item.category[-1] == "Tea" or (item.item.price or 0) >= 100 for item in found.items)


def test_a_block_that_leaves_too_little_says_so(two_stages: LoadedSnapshot) -> None:
    query = replace(ASKED, scope=replace(ASKED.scope, page_size=20))
    found = arranged(two_stages, query, blocks=(ItemFilter(min_price=4.0), TEA, JAM, ItemFilter(categories=("Home",))))
    (notice,) = found.notices
    assert notice.code is WarningCode.FILTER_TOO_NARROW
    assert leaves(found) == {"Cold cereal": 10}  # those without a price


def test_names_that_no_item_has_are_told_by_their_rule(two_stages: LoadedSnapshot) -> None:
    unknown = ItemFilter(brands=("Nobody",))
    found = arranged(two_stages, blocks=(TEA, unknown), boosts=(Boost(unknown, 1.0),))
    assert [notice.field for notice in found.notices] == [
        "reranking.blocks[1].brands[0]",
        "reranking.boosts[0].filter.brands[0]",
    ]


@pytest.mark.parametrize("name", ["five_events", "events_and_one_declined", "a_category"])
def test_a_wholly_calibrated_page_has_the_users_mix(two_stages: LoadedSnapshot, name: str) -> None:
    query = query_of(CASES[name], page_size=20, want_reasons=True)
    found = arranged(two_stages, query, calibration=1.0)
    history: list[int] = CASES[name].history.tolist()
    leaf_of = ("Cold cereal", "Jam", "Tea", "Candles")
    mix = {leaf: count / len(history) for leaf, count in Counter(leaf_of[row % 4] for row in history).items()}
    if not mix:
        assert [item.item_id for item in found.items] == [item.item_id for item in answer(two_stages, query).items]
        return
    counts = leaves(found)
    for leaf, share in mix.items():
        assert abs(counts[leaf] - 20 * share) <= 1
    assert len(shares(found, "calibration")) == 20


def test_a_page_comes_nearer_to_the_users_mix_with_calibration(two_stages: LoadedSnapshot) -> None:
    query = query_of(case(5, 9, 6, 13), page_size=20)
    wanted = {"Jam": 3 / 4, "Tea": 1 / 4}

    def divergence(found: Answer) -> float:
        counts = leaves(found)
        smoothed = {leaf: 0.99 * counts[leaf] / 20 + 0.01 * share for leaf, share in wanted.items()}
        return sum(share * math.log(share / smoothed[leaf]) for leaf, share in wanted.items())

    by_degree = [divergence(arranged(two_stages, query, calibration=degree)) for degree in (0.0, 0.5, 1.0)]
    assert by_degree == sorted(by_degree, reverse=True)
    assert by_degree[0] > by_degree[2] + 0.01


def test_rules_are_told_in_the_callers_language(two_stages: LoadedSnapshot) -> None:
    found = arranged(two_stages, replace(ASKED, language="zh"), diversity=0.5, max_per_category=2)
    texts = {reason.text for item in found.items for reason in item.reasons if reason.kind is ReasonKind.RULE}
    assert texts == {"让本页的内容更丰富。", "按每个类别的数量上限调整了位置。"}


@pytest.mark.asyncio(loop_scope="session")
async def test_every_rule_travels_over_the_wire(server: Running) -> None:
    rules = types_pb2.Reranking(
        diversity=0.2,
        max_per_category=4,
        max_per_brand=5,
        calibration=0.1,
        boosts=[types_pb2.Boost(filter=types_pb2.Filter(categories=["Jam"]), amount=0.5)],
        pins=[types_pb2.Pin(item_id="i0010", place=3), types_pb2.Pin(item_id="nobody", place=4)],
        blocks=[types_pb2.Filter(categories=["Home"])],
        impression_discount=0.1,
    )
    request = pb.RecommendRequest(events=[types_pb2.Event(item_id="i0002")], reranking=rules, want_reasons=True)
    reply = await server.recommendations.Recommend(request)
    told = {reason.rule for item in reply.items for reason in item.reasons} - {""}
    assert told >= {"boost", "pin", "diversity", "calibration"}
    assert reply.items[2].item_id == "i0010"
    assert [(one.code, one.field) for one in reply.warnings] == [
        (types_pb2.WARNING_CODE_PIN_IGNORED, "reranking.pins[1]")
    ]
    for item in reply.items:
        assert item.category[0] != "Home"
        assert math.fsum(reason.share for reason in item.reasons) == pytest.approx(item.score, abs=1e-4)
