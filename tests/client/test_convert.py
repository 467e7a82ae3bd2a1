"""Dataclasses and messages, field by field, against the generated code alone."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from firstlight import (
    Activation,
    Boost,
    Declaration,
    Event,
    EventType,
    Filter,
    Pin,
    Query,
    Reason,
    ReasonKind,
    Recommendation,
    RecommendedItem,
    RequestWarning,
    Reranking,
    Snapshot,
    Source,
    WarningCode,
    _convert,
)
from firstlight.v1 import index_service_pb2 as index_pb
from firstlight.v1 import recommendation_service_pb2 as recommendation_pb
from firstlight.v1 import types_pb2 as types_pb

EVENT_TYPES = {
    EventType.VIEW: types_pb.EVENT_TYPE_VIEW,
    EventType.CART: types_pb.EVENT_TYPE_CART,
    EventType.PURCHASE: types_pb.EVENT_TYPE_PURCHASE,
    EventType.FAVORITE: types_pb.EVENT_TYPE_FAVORITE,
    EventType.REMOVE_FROM_CART: types_pb.EVENT_TYPE_REMOVE_FROM_CART,
    EventType.DISLIKE: types_pb.EVENT_TYPE_DISLIKE,
    EventType.RATING: types_pb.EVENT_TYPE_RATING,
}


def _request(query: Query) -> recommendation_pb.RecommendRequest:
    return _convert.recommend_request(query, tenant="shop", request_id="r1")


@pytest.mark.parametrize(("event_type", "number"), EVENT_TYPES.items())
def test_each_event_type_travels_under_its_own_number(event_type: EventType, number: int) -> None:
    assert _request(Query(events=[Event("a", type=event_type)])).events[0].type == number


def test_no_event_type_of_the_contract_is_left_out() -> None:
    assert set(EVENT_TYPES.values()) | {types_pb.EVENT_TYPE_UNSPECIFIED} == set(types_pb.EventType.values())
    assert set(EVENT_TYPES) == set(EventType)


def test_everything_that_a_query_says_is_in_the_request() -> None:
    query = Query(
        events=[Event("a", type=EventType.CART, timestamp=datetime(2026, 1, 1, tzinfo=UTC), weight=2, text="Milk")],
        declarations=[Declaration.category("Cereal"), Declaration.brand("Alder", weight=-1)],
        text="warm",
        page_size=3,
        exclude=["b"],
        filter=Filter(
            categories=["C"], brands=["D"], min_price=0, max_price=9, include_unavailable=True,
            attributes={"size": ["1", "2"]},
        ),
        want_reasons=True,
        include_seen=True,
        language="zh-CN",
        want_counterfactuals=True,
    )  # fmt: skip
    event = types_pb.Event(item_id="a", type=types_pb.EVENT_TYPE_CART, weight=2.0, text="Milk")
    event.timestamp.FromJsonString("2026-01-01T00:00:00Z")
    assert _request(query) == recommendation_pb.RecommendRequest(
        tenant="shop",
        events=[event],
        declarations=[
            types_pb.Declaration(category="Cereal"),
            types_pb.Declaration(brand="Alder", weight=-1),
            types_pb.Declaration(text="warm"),
        ],
        page_size=3,
        exclude_item_ids=["b"],
        filter=types_pb.Filter(
            categories=["C"], brands=["D"], min_price=0, max_price=9, include_unavailable=True,
            attributes=[types_pb.AttributeFilter(key="size", values=["1", "2"])],
        ),
        want_reasons=True,
        request_id="r1",
        include_seen=True,
        language="zh-CN",
        want_counterfactuals=True,
    )  # fmt: skip


def test_every_rule_is_in_the_request() -> None:
    rules = Reranking(
        diversity=0.25, max_per_category=2, max_per_brand=3, calibration=0.5,
        boosts=[Boost(Filter(brands=["E"]), -1)], pins=[Pin("f", 4)], blocks=[Filter(max_price=1)],
        impression_discount=0.75,
    )  # fmt: skip
    assert _request(Query(reranking=rules)).reranking == types_pb.Reranking(
        diversity=0.25, max_per_category=2, max_per_brand=3, calibration=0.5,
        boosts=[types_pb.Boost(filter=types_pb.Filter(brands=["E"]), amount=-1)],
        pins=[types_pb.Pin(item_id="f", place=4)], blocks=[types_pb.Filter(max_price=1)],
        impression_discount=0.75,
    )  # fmt: skip


def test_what_a_query_leaves_open_stays_absent_on_the_wire() -> None:
    request = _request(Query(events=[Event("a")], declarations=[Declaration.text("b")], filter=Filter()))
    assert not request.events[0].HasField("weight")
    assert not request.events[0].HasField("timestamp")
    assert not request.declarations[0].HasField("weight")
    assert not request.filter.HasField("min_price")
    assert request.page_size == 0
    assert not _request(Query()).HasField("filter")
    assert not _request(Query()).HasField("reranking")


def test_a_weight_of_zero_is_not_an_absent_weight() -> None:
    assert _request(Query(events=[Event("a", weight=0)])).events[0].HasField("weight")


def test_a_timestamp_in_another_zone_is_the_same_moment() -> None:
    eastern = timezone(timedelta(hours=-5))
    request = _request(Query(events=[Event("a", timestamp=datetime(2025, 12, 31, 19, tzinfo=eastern))]))
    assert request.events[0].timestamp.ToJsonString() == "2026-01-01T00:00:00Z"


def test_a_querys_own_request_id_goes_before_the_clients() -> None:
    assert _request(Query(request_id="mine")).request_id == "mine"


def test_members_of_a_batch_get_ids_by_their_place() -> None:
    request = _convert.batch_request((Query(), Query(request_id="mine")), tenant="shop", request_id="r")
    assert [each.request_id for each in request.requests] == ["r-0", "mine"]


_REPLY = recommendation_pb.RecommendResponse(
    items=[
        types_pb.RecommendedItem(
            item_id="a",
            title="Milk",
            score=0.5,
            source=types_pb.SOURCE_DECLARED,
            reasons=[types_pb.Reason(kind=types_pb.REASON_KIND_DECLARATION, index=2, share=-0.25, text="so")],
            category=["Grocery", "Dairy"],
            brand="Meadow",
            price=0.0,
            propensity=0.25,
            explored=True,
        )
    ],
    arm="bold",
    policy="thompson",
    stored_event_count=3,
    drift_detected=True,
    reasons_method="shapley-exact",
    warnings=[types_pb.Warning(code=types_pb.WARNING_CODE_CONTRADICTION, field="f", message="m")],
    snapshot_id="s-1",
    request_id="r1",
    confidence=0.0,
)
_REASON = Reason(kind=ReasonKind.DECLARATION, index=2, share=-0.25, text="so")
_ITEM = RecommendedItem(
    item_id="a",
    title="Milk",
    score=0.5,
    source=Source.DECLARED,
    reasons=(_REASON,),
    category=("Grocery", "Dairy"),
    brand="Meadow",
    price=0.0,
    propensity=0.25,
    explored=True,
)
_WARNING = RequestWarning(code=WarningCode.CONTRADICTION, field="f", message="m")


def test_everything_that_a_reply_says_is_in_the_recommendation() -> None:
    assert _convert.recommendation(_REPLY) == Recommendation(
        items=(_ITEM,),
        warnings=(_WARNING,),
        snapshot_id="s-1",
        request_id="r1",
        confidence=0.0,
        arm="bold",
        policy="thompson",
        stored_event_count=3,
        drift_detected=True,
        reasons_method="shapley-exact",
    )


@pytest.mark.parametrize("reply", [recommendation_pb.RecommendResponse(), recommendation_pb.SimilarItemsResponse()])
def test_an_absent_confidence_is_none_and_not_zero(
    reply: recommendation_pb.RecommendResponse | recommendation_pb.SimilarItemsResponse,
) -> None:
    assert _convert.recommendation(reply).confidence is None


def test_an_absent_price_is_none_and_not_zero() -> None:
    reply = recommendation_pb.SimilarItemsResponse(items=[types_pb.RecommendedItem(item_id="a")])
    assert _convert.recommendation(reply).items[0].price is None


def test_every_word_of_a_reply_has_its_own_name() -> None:
    def named(wrapper_names: list[str], prefix: str) -> set[str]:
        return {name.removeprefix(prefix).lower() for name in wrapper_names} - {"unspecified"}

    assert named(types_pb.Source.keys(), "SOURCE_") == set(Source) - {Source.UNKNOWN}
    assert named(types_pb.ReasonKind.keys(), "REASON_KIND_") == set(ReasonKind) - {ReasonKind.UNKNOWN}
    assert named(types_pb.WarningCode.keys(), "WARNING_CODE_") == set(WarningCode) - {WarningCode.UNKNOWN}


def test_words_of_a_newer_service_read_as_unknown() -> None:
    newer = types_pb.RecommendedItem.FromString(bytes([0x20, 99]))  # field 4, source: a number not known here
    warning = types_pb.Warning.FromString(bytes([0x08, 99]))  # field 1, code
    reply = recommendation_pb.RecommendResponse(items=[newer], warnings=[warning])
    answer = _convert.recommendation(reply)
    assert (answer.items[0].source, answer.warnings[0].code) == (Source.UNKNOWN, WarningCode.UNKNOWN)


def test_everything_that_a_snapshot_message_says_is_in_the_snapshot() -> None:
    message = index_pb.Snapshot(
        id="s-2", parent_id="s-1", encoder_fingerprint="e", item_count=5, dimension=65, index_type="Flat",
        recall_at_10=0.99, active=True, domain="shop", canary_share=0.25,
    )  # fmt: skip
    message.created_at.FromJsonString("2026-01-01T00:00:00Z")
    expected = Snapshot(
        id="s-2", parent_id="s-1", created_at=datetime(2026, 1, 1, tzinfo=UTC), encoder_fingerprint="e", item_count=5,
        dimension=65, index_type="Flat", recall_at_10=0.99, active=True, domain="shop", canary_share=0.25,
    )  # fmt: skip
    assert _convert.snapshot(message) == expected
    reply = index_pb.ActivateSnapshotResponse(snapshot=message, previous_snapshot_id="s-1")
    assert _convert.activation(reply) == Activation(snapshot=expected, previous_snapshot_id="s-1")


def test_a_snapshot_without_a_time_has_none() -> None:
    assert _convert.snapshot(index_pb.Snapshot(id="s")).created_at is None
