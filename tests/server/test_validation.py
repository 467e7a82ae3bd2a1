"""Every limit the protos promise: what is inside passes, what is outside is INVALID_ARGUMENT naming the field."""

import math

import pytest
from google.protobuf.timestamp_pb2 import Timestamp

from firstlight.v1 import recommendation_service_pb2 as pb
from firstlight.v1 import types_pb2
from firstlight.v1.index_service_pb2 import ActivateSnapshotRequest
from firstlight.v1.types_pb2 import AttributeFilter, Boost, Declaration, Event, Filter, Pin, Reranking
from firstlight_server.errors import InvalidRequestError
from firstlight_server.validation import check_activate, check_batch, check_recommend, check_similar

YEAR_1990_S = 631_152_000
YEAR_2101_S = 4_133_980_800
ACME = Filter(brands=["Acme"])


def fields(request: pb.RecommendRequest) -> list[str]:
    with pytest.raises(InvalidRequestError) as caught:
        check_recommend(request)
    return [violation.field for violation in caught.value.violations]


def event(**values: object) -> pb.RecommendRequest:
    given: dict[str, object] = {"item_id": "a"} | values
    return pb.RecommendRequest(events=[Event(**given)])  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("request_", "field"),
    [
        pytest.param(pb.RecommendRequest(page_size=-1), "page_size", id="page size -1"),
        pytest.param(pb.RecommendRequest(page_size=1_001), "page_size", id="page size 1,001"),
        pytest.param(pb.RecommendRequest(page_size=10**9), "page_size", id="page size 10^9"),
        pytest.param(event(weight=math.nan), "events[0].weight", id="NaN weight"),
        pytest.param(event(weight=math.inf), "events[0].weight", id="infinite weight"),
        pytest.param(event(weight=-100.5), "events[0].weight", id="weight below -100"),
        pytest.param(
            event(timestamp=Timestamp(seconds=YEAR_1990_S - 1)), "events[0].timestamp", id="a time before 1990"
        ),
        pytest.param(event(timestamp=Timestamp(seconds=YEAR_2101_S)), "events[0].timestamp", id="a time after 2100"),
        pytest.param(
            event(timestamp=Timestamp(seconds=YEAR_1990_S, nanos=-1)), "events[0].timestamp.nanos", id="negative nanos"
        ),
        pytest.param(event(text="x" * 1_001), "events[0].text", id="event text of 1,001 characters"),
        pytest.param(event(item_id=""), "events[0].item_id", id="an event of nothing"),
        pytest.param(event(type=99), "events[0].type", id="an event type from nowhere"),
        pytest.param(pb.RecommendRequest(events=[Event(item_id="a")] * 1_001), "events", id="1,001 events"),
        pytest.param(
            pb.RecommendRequest(declarations=[Declaration(category="a")] * 101), "declarations", id="101 declarations"
        ),
        pytest.param(
            pb.RecommendRequest(declarations=[Declaration(weight=1)]), "declarations[0].interest", id="a missing oneof"
        ),
        pytest.param(
            pb.RecommendRequest(declarations=[Declaration(brand=" ")]), "declarations[0].brand", id="a blank brand"
        ),
        pytest.param(
            pb.RecommendRequest(declarations=[Declaration(text="x" * 1_001)]),
            "declarations[0].text",
            id="declared text of 1,001 characters",
        ),
        pytest.param(
            pb.RecommendRequest(declarations=[Declaration(text="x", weight=math.nan)]),
            "declarations[0].weight",
            id="NaN weight of a declaration",
        ),
        pytest.param(
            pb.RecommendRequest(exclude_item_ids=["a"] * 10_001), "exclude_item_ids", id="10,001 excluded items"
        ),
        pytest.param(pb.RecommendRequest(filter=Filter(min_price=math.nan)), "filter.min_price", id="NaN lowest price"),
        pytest.param(
            pb.RecommendRequest(filter=Filter(max_price=-math.inf)), "filter.max_price", id="infinite highest price"
        ),
        pytest.param(
            pb.RecommendRequest(filter=Filter(attributes=[AttributeFilter(values=["a"])])),
            "filter.attributes[0].key",
            id="an attribute without key",
        ),
        pytest.param(
            pb.RecommendRequest(filter=Filter(attributes=[AttributeFilter(key="a")])),
            "filter.attributes[0].values",
            id="an attribute without values",
        ),
        pytest.param(pb.RecommendRequest(request_id="x" * 129), "request_id", id="a request id of 129 characters"),
        pytest.param(pb.RecommendRequest(user_id="x" * 129), "user_id", id="a user id of 129 characters"),
        pytest.param(pb.RecommendRequest(language="x" * 36), "language", id="a language of 36 characters"),
    ],
)
def test_refuses_with_the_fields_name(request_: pb.RecommendRequest, field: str) -> None:
    assert fields(request_) == [field]


@pytest.mark.parametrize(
    ("rules", "field"),
    [
        pytest.param(Reranking(diversity=1.1), "diversity", id="diversity above 1"),
        pytest.param(Reranking(calibration=-0.1), "calibration", id="negative calibration"),
        pytest.param(Reranking(impression_discount=math.nan), "impression_discount", id="NaN discount"),
        pytest.param(Reranking(max_per_category=-1), "max_per_category", id="a negative cap"),
        pytest.param(Reranking(max_per_brand=1_001), "max_per_brand", id="a cap of 1,001"),
        pytest.param(Reranking(boosts=[Boost(filter=ACME)] * 101), "boosts", id="101 boosts"),
        pytest.param(Reranking(boosts=[Boost(amount=1)]), "boosts[0].filter", id="a boost of everything"),
        pytest.param(
            Reranking(boosts=[Boost(filter=ACME, amount=math.inf)]), "boosts[0].amount", id="an infinite boost"
        ),
        pytest.param(Reranking(boosts=[Boost(filter=ACME, amount=-10.5)]), "boosts[0].amount", id="a boost below -10"),
        pytest.param(Reranking(pins=[Pin(place=1)]), "pins[0].item_id", id="a pin of nothing"),
        pytest.param(Reranking(pins=[Pin(item_id="a")]), "pins[0].place", id="a pin to place 0"),
        pytest.param(Reranking(pins=[Pin(item_id="a", place=1_001)]), "pins[0].place", id="a pin to place 1,001"),
        pytest.param(Reranking(pins=[Pin(item_id="a", place=1)] * 101), "pins", id="101 pins"),
        pytest.param(Reranking(blocks=[ACME] * 101), "blocks", id="101 blocks"),
        pytest.param(
            Reranking(blocks=[ACME, Filter(include_unavailable=True)]), "blocks[1]", id="a block of everything"
        ),
        pytest.param(Reranking(blocks=[Filter(max_price=math.nan)]), "blocks[0].max_price", id="a block of NaN"),
    ],
)
def test_refuses_a_rule_with_its_fields_name(rules: Reranking, field: str) -> None:
    assert fields(pb.RecommendRequest(reranking=rules)) == [f"reranking.{field}"]


def test_names_every_malformed_field_at_once() -> None:
    request = event(weight=math.nan, text="x" * 2_000)
    request.page_size = -1
    request.declarations.add()
    assert fields(request) == ["events[0].weight", "events[0].text", "declarations[0].interest", "page_size"]


def test_accepts_everything_at_its_limit() -> None:
    first, last = Timestamp(seconds=YEAR_1990_S), Timestamp(seconds=YEAR_2101_S - 1, nanos=999_999_999)
    check_recommend(
        pb.RecommendRequest(
            events=[Event(item_id="a", weight=-100, timestamp=first, text="x" * 1_000)] * 999
            + [Event(text="b", weight=100, timestamp=last, type=types_pb2.EVENT_TYPE_RATING)],
            declarations=[Declaration(category="ß" * 1_000)] * 100,
            page_size=1_000,
            exclude_item_ids=["a"] * 10_000,
            filter=Filter(min_price=5, max_price=1, attributes=[AttributeFilter(key="k", values=[""])]),
            request_id="x" * 128,
            user_id="x" * 128,
            language="x" * 35,
            reranking=Reranking(
                diversity=1,
                max_per_category=1_000,
                max_per_brand=1,
                calibration=1,
                boosts=[Boost(filter=ACME, amount=-10)] * 100,
                pins=[Pin(item_id="a", place=1_000)] * 100,
                blocks=[ACME] * 100,
                impression_discount=1,
            ),
        )
    )


def test_accepts_an_empty_request() -> None:
    check_recommend(pb.RecommendRequest())


@pytest.mark.parametrize(
    ("batch", "field"),
    [
        pytest.param(pb.BatchRecommendRequest(), "requests", id="an empty batch"),
        pytest.param(pb.BatchRecommendRequest(requests=[pb.RecommendRequest()] * 257), "requests", id="a batch of 257"),
        pytest.param(
            pb.BatchRecommendRequest(tenant="a", requests=[pb.RecommendRequest(tenant="b")]),
            "requests[0].tenant",
            id="another tenant inside",
        ),
        pytest.param(
            pb.BatchRecommendRequest(requests=[pb.RecommendRequest(), event(weight=math.nan)]),
            "requests[1].events[0].weight",
            id="a bad weight in the second request",
        ),
    ],
)
def test_refuses_a_batch_with_the_fields_name(batch: pb.BatchRecommendRequest, field: str) -> None:
    with pytest.raises(InvalidRequestError) as caught:
        check_batch(batch)
    assert [violation.field for violation in caught.value.violations] == [field]


def test_a_batch_may_name_its_own_tenant_again() -> None:
    check_batch(pb.BatchRecommendRequest(requests=[pb.RecommendRequest(tenant="default")]))


def test_similar_items_needs_an_item() -> None:
    with pytest.raises(InvalidRequestError, match="item_id: required"):
        check_similar(pb.SimilarItemsRequest())


def test_activation_needs_a_snapshot() -> None:
    with pytest.raises(InvalidRequestError, match="snapshot_id: required"):
        check_activate(ActivateSnapshotRequest())
