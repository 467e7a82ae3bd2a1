"""Reasons: shares are leave-one-out differences of the very score that ranks, sentences name what people know."""

import math

import pytest

from firstlight.v1 import index_service_pb2, types_pb2
from firstlight.v1 import recommendation_service_pb2 as pb
from firstlight.v1.types_pb2 import Declaration, Event
from tests.server.running import Running
from tests.server.tiny_space import PRIOR_WEIGHT

pytestmark = pytest.mark.asyncio(loop_scope="session")

EVENTS = [
    Event(item_id="i0001", type=types_pb2.EVENT_TYPE_PURCHASE),
    Event(item_id="i0002", type=types_pb2.EVENT_TYPE_DISLIKE),
]
DECLARATIONS = [Declaration(category="Tea"), Declaration(text="winter", weight=-0.5)]


async def scores(server: Running, events: list[Event], declarations: list[Declaration]) -> dict[str, float]:
    banned = [event.item_id for event in EVENTS]
    request = pb.RecommendRequest(page_size=52, events=events, declarations=declarations, exclude_item_ids=banned)
    return {item.item_id: item.score for item in (await server.recommendations.Recommend(request)).items}


async def explained(server: Running) -> list[types_pb2.RecommendedItem]:
    request = pb.RecommendRequest(page_size=52, events=EVENTS, declarations=DECLARATIONS, want_reasons=True)
    return list((await server.recommendations.Recommend(request)).items)


async def test_a_share_is_what_the_score_loses_without_it(server: Running) -> None:
    whole = await scores(server, EVENTS, DECLARATIONS)
    for index in range(2):
        other = 1 - index
        kinds = {
            types_pb2.REASON_KIND_EVENT: await scores(server, [EVENTS[other]], DECLARATIONS),
            types_pb2.REASON_KIND_DECLARATION: await scores(server, EVENTS, [DECLARATIONS[other]]),
        }
        for item in await explained(server):
            for kind, without in kinds.items():
                share = next(reason.share for reason in item.reasons if (reason.kind, reason.index) == (kind, index))
                assert share == pytest.approx(whole[item.item_id] - without[item.item_id], abs=1e-3)


async def test_reasons_come_strongest_first_the_prior_by_its_lift_over_an_even_chance(server: Running) -> None:
    snapshot = (await server.index.GetSnapshot(index_service_pb2.GetSnapshotRequest())).snapshot
    above_even = PRIOR_WEIGHT * math.log(snapshot.item_count)
    for item in await explained(server):
        strengths = [
            reason.share + (above_even if reason.kind == types_pb2.REASON_KIND_PRIOR else 0.0)
            for reason in item.reasons
        ]
        assert len(strengths) == 5
        assert strengths == sorted(strengths, reverse=True)
        assert all(math.isfinite(strength) for strength in strengths)


async def test_the_priors_share_is_its_own_term_of_the_score(server: Running) -> None:
    reply = await server.recommendations.Recommend(pb.RecommendRequest(want_reasons=True))
    for place, item in enumerate(reply.items, start=1):
        (reason,) = item.reasons
        assert reason.kind == types_pb2.REASON_KIND_PRIOR
        assert reason.share == pytest.approx(item.score)
        assert reason.text == f"Number {place} among what newcomers choose."


async def test_sentences_name_titles_and_declared_words(server: Running) -> None:
    words = {reason.text.split(" ", 1)[1] for item in await explained(server) for reason in item.reasons}
    assert {
        "you bought Honey Jam 1.",
        "you disliked Dark Tea 2.",
        "you asked for Tea.",
        "you did not want winter.",
    } < words


async def test_there_are_at_most_ten_reasons_the_prior_among_them(server: Running) -> None:
    events = [Event(item_id=f"i{number:04d}") for number in range(40)]
    reply = await server.recommendations.Recommend(pb.RecommendRequest(events=events, want_reasons=True))
    for item in reply.items:
        assert len(item.reasons) == 10
        assert types_pb2.REASON_KIND_PRIOR in {reason.kind for reason in item.reasons}


async def test_no_reasons_unless_asked_for(server: Running) -> None:
    reply = await server.recommendations.Recommend(pb.RecommendRequest(events=EVENTS))
    assert not any(item.reasons for item in reply.items)
