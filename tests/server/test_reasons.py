"""Reasons over the wire: shares add up to the score, sentences name what people know, in their language."""

import math

import pytest

from firstlight.v1 import recommendation_service_pb2 as pb
from firstlight.v1 import types_pb2
from firstlight.v1.types_pb2 import Declaration, Event
from tests.server.running import Running
from tests.server.tiny_space import PRIOR_WEIGHT

pytestmark = pytest.mark.asyncio(loop_scope="session")

EVENTS = [
    Event(item_id="i0001", type=types_pb2.EVENT_TYPE_PURCHASE),
    Event(item_id="i0002", type=types_pb2.EVENT_TYPE_DISLIKE),
]
DECLARATIONS = [Declaration(category="Tea"), Declaration(text="winter", weight=-0.5)]
EVENT, DECLARATION = types_pb2.REASON_KIND_EVENT, types_pb2.REASON_KIND_DECLARATION


async def scores(server: Running, events: list[Event], declarations: list[Declaration]) -> dict[str, float]:
    banned = [event.item_id for event in EVENTS]
    request = pb.RecommendRequest(page_size=52, events=events, declarations=declarations, exclude_item_ids=banned)
    return {item.item_id: item.score for item in (await server.recommendations.Recommend(request)).items}


async def reply_to(server: Running, **asked: object) -> pb.RecommendResponse:
    request = pb.RecommendRequest(page_size=52, events=EVENTS, declarations=DECLARATIONS, want_reasons=True)
    request.MergeFrom(pb.RecommendRequest(**asked))  # type: ignore[arg-type]
    return await server.recommendations.Recommend(request)


async def test_the_shares_of_an_item_add_up_to_its_score_and_the_method_is_named(server: Running) -> None:
    reply = await reply_to(server)
    assert reply.reasons_method == "shapley-exact"
    for item in reply.items:
        assert len(item.reasons) == 5
        assert math.fsum(reason.share for reason in item.reasons) == pytest.approx(item.score, abs=1e-4)


@pytest.mark.parametrize(("events", "declarations"), [(EVENTS[:1], []), ([], DECLARATIONS[:1])], ids=["event", "name"])
async def test_what_is_known_alone_has_all_that_the_prior_at_its_weight_has_not(
    server: Running, events: list[Event], declarations: list[Declaration]
) -> None:
    nothing = await scores(server, [], [])
    request = pb.RecommendRequest(
        page_size=52,
        events=events,
        declarations=declarations,
        want_reasons=True,
        exclude_item_ids=[event.item_id for event in EVENTS],
    )
    for item in (await server.recommendations.Recommend(request)).items:
        share = {reason.kind: reason.share for reason in item.reasons}
        prior = share.pop(types_pb2.REASON_KIND_PRIOR)
        assert prior == pytest.approx(PRIOR_WEIGHT * nothing[item.item_id], abs=1e-4)
        assert list(share.values()) == [pytest.approx(item.score - prior, abs=1e-4)]


async def test_reasons_come_strongest_first_the_prior_by_its_lift_over_the_pages_mean(server: Running) -> None:
    items = (await reply_to(server)).items
    priors = [one.share for item in items for one in item.reasons if one.kind == types_pb2.REASON_KIND_PRIOR]
    usual = math.fsum(priors) / len(priors)
    for item in items:
        strengths = [
            reason.share - (usual if reason.kind == types_pb2.REASON_KIND_PRIOR else 0.0) for reason in item.reasons
        ]
        assert strengths == sorted(strengths, reverse=True)


async def test_the_priors_share_is_all_of_the_score_where_nothing_is_known(server: Running) -> None:
    reply = await server.recommendations.Recommend(pb.RecommendRequest(want_reasons=True))
    for place, item in enumerate(reply.items, start=1):
        (reason,) = item.reasons
        assert reason.kind == types_pb2.REASON_KIND_PRIOR
        assert reason.share == pytest.approx(item.score)
        assert reason.text == f"Number {place} among what newcomers choose."


async def test_sentences_name_titles_and_declared_words(server: Running) -> None:
    texts = {reason.text.split(" ", 1)[1] for item in (await reply_to(server)).items for reason in item.reasons}
    assert {
        "you bought Honey Jam 1.",
        "you disliked Dark Tea 2.",
        "you asked for Tea.",
        "you did not want winter.",
    } < texts


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("", "you bought Honey Jam 1."),
        ("en-GB", "you bought Honey Jam 1."),
        ("de", "you bought Honey Jam 1."),
        ("zh", "您购买过“Honey Jam 1”。"),
        ("zh-CN", "您购买过“Honey Jam 1”。"),
        ("ZH_Hans", "您购买过“Honey Jam 1”。"),
    ],
)
async def test_sentences_are_in_the_callers_language_or_english(server: Running, language: str, words: str) -> None:
    item = (await reply_to(server, language=language)).items[0]
    (text,) = (reason.text for reason in item.reasons if reason.kind == EVENT and reason.index == 0)
    assert text.endswith(words)


async def test_there_are_at_most_ten_reasons_and_the_others_stand_together(server: Running) -> None:
    events = [Event(item_id=f"i{number:04d}") for number in range(40)]
    reply = await server.recommendations.Recommend(pb.RecommendRequest(events=events, want_reasons=True))
    assert reply.reasons_method == "shapley-sampled"
    for item in reply.items:
        kinds = [reason.kind for reason in item.reasons]
        assert len(kinds) == 10
        assert {types_pb2.REASON_KIND_PRIOR, types_pb2.REASON_KIND_OTHERS} < set(kinds)
        assert math.fsum(reason.share for reason in item.reasons) == pytest.approx(item.score, abs=1e-4)


async def test_no_reasons_unless_asked_for(server: Running) -> None:
    reply = await server.recommendations.Recommend(pb.RecommendRequest(events=EVENTS, want_counterfactuals=True))
    assert not any(item.reasons for item in reply.items)
    assert reply.reasons_method == ""


async def test_a_counterfactual_is_the_rank_in_an_answer_without_that_clue(server: Running) -> None:
    items = (await reply_to(server, want_counterfactuals=True)).items
    for index in range(2):
        fewer = {EVENT: (EVENTS[1 - index :][:1], DECLARATIONS), DECLARATION: (EVENTS, DECLARATIONS[1 - index :][:1])}
        for kind, (events, declarations) in fewer.items():
            request = pb.RecommendRequest(page_size=54, events=events, declarations=declarations)
            found = [item.item_id for item in (await server.recommendations.Recommend(request)).items]
            for item in items:
                (reason,) = (one for one in item.reasons if (one.kind, one.index) == (kind, index))
                assert reason.rank_without == 1 + found.index(item.item_id)
                assert reason.text.endswith(f". Without that this would be number {reason.rank_without}.")
    priors = [one for item in items for one in item.reasons if one.kind == types_pb2.REASON_KIND_PRIOR]
    assert not any(prior.HasField("rank_without") for prior in priors)
