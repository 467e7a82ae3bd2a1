"""What is odd is tolerated and named: one test a warning of the protos."""

import time
from pathlib import Path

import pytest
from google.protobuf.timestamp_pb2 import Timestamp

from firstlight.v1 import recommendation_service_pb2 as pb
from firstlight.v1 import types_pb2
from firstlight.v1.types_pb2 import AttributeFilter, Declaration, Event, Filter
from tests.server.running import Running, running
from tests.server.tiny_snapshot import TinySnapshot

pytestmark = pytest.mark.asyncio(loop_scope="session")


def warned(reply: pb.RecommendResponse) -> list[tuple[str, str]]:
    return [(types_pb2.WarningCode.Name(one.code).removeprefix("WARNING_CODE_"), one.field) for one in reply.warnings]


async def test_an_unknown_item_without_text_is_ignored(server: Running) -> None:
    events = [Event(item_id="i0001"), Event(item_id="nobody")]
    reply = await server.recommendations.Recommend(pb.RecommendRequest(events=events))
    assert warned(reply) == [("UNKNOWN_ITEM", "events[1].item_id")]
    alone = await server.recommendations.Recommend(pb.RecommendRequest(events=events[:1]))
    assert list(reply.items) == list(alone.items)


async def test_an_unknown_item_with_text_counts(server: Running) -> None:
    reply = await server.recommendations.Recommend(
        pb.RecommendRequest(events=[Event(item_id="nobody", text="Honey Jam"), Event(text="Dark Jam")])
    )
    assert warned(reply) == []
    assert {item.source for item in reply.items} == {types_pb2.SOURCE_MODEL}


async def test_only_unknown_items_fall_back_to_the_prior(server: Running) -> None:
    reply = await server.recommendations.Recommend(pb.RecommendRequest(events=[Event(item_id="nobody")]))
    prior = await server.recommendations.Recommend(pb.RecommendRequest())
    assert warned(reply) == [("UNKNOWN_ITEM", "events[0].item_id")]
    assert {item.source for item in reply.items} == {types_pb2.SOURCE_FALLBACK}
    assert [item.item_id for item in reply.items] == [item.item_id for item in prior.items]


async def test_a_narrow_filter_gives_all_that_pass(server: Running) -> None:
    reply = await server.recommendations.Recommend(
        pb.RecommendRequest(events=[Event(item_id="i0001")], filter=Filter(min_price=5, max_price=7))
    )
    assert warned(reply) == [("FILTER_TOO_NARROW", "filter")]
    assert {item.item_id for item in reply.items} == {"i0004", "i0005", "i0006"}


async def test_an_impossible_filter_gives_nothing_and_says_so(server: Running) -> None:
    asked = Filter(min_price=2, max_price=1)
    reply = await server.recommendations.Recommend(pb.RecommendRequest(events=[Event(item_id="i0001")], filter=asked))
    assert warned(reply) == [("FILTER_TOO_NARROW", "filter")]
    assert not reply.items


async def test_a_long_history_keeps_the_latest_fifty(server: Running) -> None:
    events = [
        Event(item_id=f"i{number:04d}", timestamp=Timestamp(seconds=1_700_000_000 + number)) for number in range(54)
    ]
    shuffled = events[27:] + events[:27]
    reply = await server.recommendations.Recommend(pb.RecommendRequest(events=shuffled, include_seen=True))
    latest = await server.recommendations.Recommend(pb.RecommendRequest(events=events[4:], include_seen=True))
    assert warned(reply) == [("HISTORY_TRUNCATED", "events")]
    assert [item.item_id for item in reply.items] == [item.item_id for item in latest.items]


async def test_a_repeated_event_counts_once(server: Running) -> None:
    event = Event(item_id="i0001", type=types_pb2.EVENT_TYPE_CART, timestamp=Timestamp(seconds=1_700_000_000))
    reply = await server.recommendations.Recommend(pb.RecommendRequest(events=[event, Event(item_id="i0002"), event]))
    once = await server.recommendations.Recommend(pb.RecommendRequest(events=[event, Event(item_id="i0002")]))
    assert warned(reply) == [("DUPLICATE_EVENT", "events[2]")]
    assert [item.item_id for item in reply.items] == [item.item_id for item in once.items]


async def test_the_same_item_at_another_time_is_another_event(server: Running) -> None:
    events = [Event(item_id="i0001", timestamp=Timestamp(seconds=1_700_000_000 + hour)) for hour in range(3)]
    assert warned(await server.recommendations.Recommend(pb.RecommendRequest(events=events))) == []


@pytest.mark.parametrize(
    ("request_", "field"),
    [
        pytest.param(
            pb.RecommendRequest(
                events=[Event(item_id="i0001"), Event(item_id="i0001", type=types_pb2.EVENT_TYPE_DISLIKE)]
            ),
            "events[1]",
            id="an item bought and disliked",
        ),
        pytest.param(
            pb.RecommendRequest(
                events=[Event(item_id="i0001", weight=-1), Event(item_id="i0001", type=types_pb2.EVENT_TYPE_CART)]
            ),
            "events[0]",
            id="an item rated badly and put into the cart",
        ),
        pytest.param(
            pb.RecommendRequest(declarations=[Declaration(category="Jam"), Declaration(category=" jam", weight=-2)]),
            "declarations[1]",
            id="a category wanted and not wanted",
        ),
    ],
)
async def test_a_contradiction_is_named_and_both_sides_used(
    server: Running, request_: pb.RecommendRequest, field: str
) -> None:
    reply = await server.recommendations.Recommend(request_)
    assert warned(reply) == [("CONTRADICTION", field)]
    assert len(reply.items) == 10


async def test_taking_out_of_the_cart_contradicts_nothing(server: Running) -> None:
    events = [
        Event(item_id="i0001", type=types_pb2.EVENT_TYPE_CART),
        Event(item_id="i0001", type=types_pb2.EVENT_TYPE_REMOVE_FROM_CART),
    ]
    assert warned(await server.recommendations.Recommend(pb.RecommendRequest(events=events))) == []


async def test_an_unknown_filter_value_is_named(server: Running) -> None:
    asked = Filter(
        categories=["Jam", "Spaceships"],
        brands=["Acme", "Nobody"],
        attributes=[
            AttributeFilter(key="size", values=["small", "huge"]),
            AttributeFilter(key="colour", values=["red"]),
        ],
    )
    reply = await server.recommendations.Recommend(pb.RecommendRequest(filter=asked))
    assert warned(reply) == [
        ("UNKNOWN_FILTER_VALUE", "filter.categories[1]"),
        ("UNKNOWN_FILTER_VALUE", "filter.brands[1]"),
        ("UNKNOWN_FILTER_VALUE", "filter.attributes[0].values[1]"),
        ("UNKNOWN_FILTER_VALUE", "filter.attributes[1].key"),
        ("FILTER_TOO_NARROW", "filter"),
    ]


async def test_a_future_time_is_read_as_now(server: Running) -> None:
    later = Timestamp(seconds=int(time.time()) + 3_600)
    reply = await server.recommendations.Recommend(
        pb.RecommendRequest(events=[Event(item_id="i0001", timestamp=later)], page_size=5)
    )
    now = await server.recommendations.Recommend(pb.RecommendRequest(events=[Event(item_id="i0001")], page_size=5))
    assert warned(reply) == [("FUTURE_TIMESTAMP", "events[0].timestamp")]
    assert list(reply.items) == list(now.items)


async def test_without_a_text_encoder_text_is_ignored_and_known_names_still_work(tmp_path: Path) -> None:
    TinySnapshot(text_encoder=False).publish(tmp_path)
    async with running(tmp_path) as plain:
        reply = await plain.recommendations.Recommend(
            pb.RecommendRequest(
                events=[Event(text="Honey Jam")],
                declarations=[Declaration(text="tea"), Declaration(category="Tea"), Declaration(brand="Nobody")],
            )
        )
        assert warned(reply) == [
            ("TEXT_IGNORED", "events[0].text"),
            ("TEXT_IGNORED", "declarations[0].text"),
            ("TEXT_IGNORED", "declarations[2].brand"),
        ]
        assert {item.source for item in reply.items} == {types_pb2.SOURCE_DECLARED}
