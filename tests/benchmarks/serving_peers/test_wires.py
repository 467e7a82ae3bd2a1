"""What is sent to a contender: the same question over either wire."""

import json
import struct

from benchmarks.serving_peers.messages import answer_of, answered
from benchmarks.serving_peers.question import PAGE_SIZE, Answer, Question
from benchmarks.serving_peers.wire import GrpcWire, JsonWire
from firstlight.v1 import recommendation_service_pb2 as pb
from firstlight.v1 import types_pb2


def _message(body: bytes) -> pb.RecommendRequest:
    compressed, length = struct.unpack(">BI", body[:5])
    assert (compressed, length) == (0, len(body) - 5)
    return pb.RecommendRequest.FromString(body[5:])


def test_a_text_is_one_declaration_and_nothing_else() -> None:
    asked = _message(GrpcWire("shop").body(Question(text="a warm scarf")))
    assert asked == pb.RecommendRequest(
        tenant="shop", declarations=[types_pb2.Declaration(text="a warm scarf")], page_size=PAGE_SIZE
    )


def test_events_are_views_in_their_order() -> None:
    asked = _message(GrpcWire("shop").body(Question(item_ids=("i2", "i1"))))
    assert [event.item_id for event in asked.events] == ["i2", "i1"]
    assert {event.type for event in asked.events} == {types_pb2.EVENT_TYPE_VIEW}
    assert not asked.declarations


def test_over_http_the_text_travels_as_json() -> None:
    wire = JsonWire("predict")
    assert json.loads(wire.body(Question(text="a “warm” scarf"))) == {"text": "a “warm” scarf"}
    assert tuple(wire.options[:2]) == ("-p", "http/1.1")


def test_an_answer_survives_the_message() -> None:
    answer = Answer(("i1", "i2"), (1.5, -2.25))
    assert answer_of(answered(answer)) == answer
