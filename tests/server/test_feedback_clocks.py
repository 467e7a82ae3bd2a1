"""O5: clocks that go wrong, events that come twice or in disorder: the same user vector as in order, once; no NaN."""

import math
import random
import time
from pathlib import Path

import grpc
import pytest

from firstlight.v1 import recommendation_service_pb2 as pb
from firstlight.v1 import types_pb2
from firstlight.v1.feedback_service_pb2 import UserEvent
from tests.server.feedback import AT_S, at, done, kept_in, names, recommend, record
from tests.server.running import running

HOUR_S = 3_600
KINDS = (types_pb2.EVENT_TYPE_VIEW, types_pb2.EVENT_TYPE_CART, types_pb2.EVENT_TYPE_PURCHASE)


def scores(reply: pb.RecommendResponse) -> list[float]:
    return [item.score for item in reply.items]


async def test_events_in_any_order_and_more_than_once_make_the_same_user_as_in_order(
    published: Path, tmp_path: Path
) -> None:
    draw = random.Random(5)
    events = [
        done(f"o{number}", f"i{number:04d}", type=KINDS[number % 3], timestamp=at(AT_S + number * HOUR_S))
        for number in range(12)
    ]
    async with running(published, **kept_in(tmp_path)) as server:
        expected = await recommend(server, "", events=[one.event for one in events])
        for attempt in range(5):
            own = [
                UserEvent(event_id=f"{attempt}-{one.event_id}", user_id=f"user-{attempt}", event=one.event)
                for one in events
            ]
            sent = draw.sample(own, len(own)) + draw.choices(own, k=6)
            for start in range(0, len(sent), 5):
                await record(server, *sent[start : start + 5])
            answer = await recommend(server, f"user-{attempt}")
            assert answer.stored_event_count == len(events)
            assert names(answer) == names(expected)
            assert scores(answer) == pytest.approx(scores(expected), abs=1e-5)


async def test_clocks_an_hour_off_and_the_edges_of_time_give_finite_falling_scores(
    published: Path, tmp_path: Path
) -> None:
    now_s = time.time()
    moments = (631_152_000, now_s - HOUR_S, now_s, now_s + HOUR_S, now_s + 23 * HOUR_S)
    async with running(published, **kept_in(tmp_path)) as server:
        for number, moment in enumerate(moments):
            event = done(f"c{number}", f"i{number:04d}", timestamp=at(moment), weight=(5e-324, 0, -100, 100, 1)[number])
            await record(server, event)
            answer = await recommend(server, want_reasons=True)
            assert answer.stored_event_count == number + 1
            assert len(answer.items) == 10
            assert all(map(math.isfinite, scores(answer)))
            assert scores(answer) == sorted(scores(answer), reverse=True)


async def test_an_event_of_the_future_counts_as_done_now(published: Path, tmp_path: Path) -> None:
    async with running(published, **kept_in(tmp_path)) as server:
        await record(server, done("f", "i0003", timestamp=at(time.time() + HOUR_S)))
        answer = await recommend(server)
        now = await recommend(server, "", events=[types_pb2.Event(item_id="i0003", type=types_pb2.EVENT_TYPE_PURCHASE)])
        assert names(answer) == names(now)
        assert scores(answer) == pytest.approx(scores(now), abs=1e-5)


@pytest.mark.parametrize("moment", [0.0, 4_102_444_800.0], ids=["1970", "2100"])
async def test_times_that_cannot_be_are_refused_by_name(published: Path, tmp_path: Path, moment: float) -> None:
    async with running(published, **kept_in(tmp_path)) as server:
        with pytest.raises(grpc.aio.AioRpcError, match=r"events\[0\].event.timestamp") as caught:
            await record(server, done("t", "i0001", timestamp=at(moment)))
        assert caught.value.code() is grpc.StatusCode.INVALID_ARGUMENT
        assert (await recommend(server)).stored_event_count == 0
