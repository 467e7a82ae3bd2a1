"""Users' events over a real server and a real SQLite log: what is acknowledged is in the very next answer, and kept."""

import stat
from collections.abc import AsyncIterator
from pathlib import Path

import grpc
import pytest
import pytest_asyncio

from firstlight.v1 import feedback_service_pb2 as pb
from firstlight.v1 import recommendation_service_pb2 as recommendation_pb
from firstlight.v1 import types_pb2
from firstlight.v1.types_pb2 import Event
from tests.server.feedback import AT_S, PATIENT, at, done, export, kept_in, names, recommend, record, warned
from tests.server.running import Running, running
from tests.server.tiny_snapshot import TinySnapshot

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def remembering(published: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Running]:
    """One server that keeps events; each test has users of its own."""
    async with running(published, **kept_in(tmp_path_factory.mktemp("events"))) as one:
        yield one


async def test_an_acknowledged_event_is_in_the_very_next_answer(remembering: Running) -> None:
    before = await recommend(remembering, "next")
    acknowledged = await record(remembering, done("n1", "i0002", user="next"))
    after = await recommend(remembering, "next")
    sent = await recommend(remembering, "", events=[done("n1", "i0002").event])
    assert (acknowledged.recorded_count, acknowledged.known_count, warned(acknowledged)) == (1, 0, [])
    assert (before.stored_event_count, after.stored_event_count) == (0, 1)
    assert names(after) == names(sent) != names(before)
    assert [item.score for item in after.items] == pytest.approx([item.score for item in sent.items], abs=1e-5)


async def test_a_hundred_events_are_each_in_the_next_answer(remembering: Running) -> None:
    for number in range(100):
        user = f"hundred-{number % 7}"
        await record(remembering, done(f"h{number}", f"i{number % 50:04d}", user=user))
        assert (await recommend(remembering, user)).stored_event_count == min(50, number // 7 + 1)


async def test_an_event_sent_again_counts_once_with_or_without_a_time(remembering: Running) -> None:
    timed, untimed = done("a1", "i0001", user="again"), done("a2", "i0002", user="again", timestamp=None)
    assert (await record(remembering, timed, untimed)).recorded_count == 2
    again = await record(remembering, untimed, timed)
    assert (again.recorded_count, again.known_count) == (0, 2)
    assert (await recommend(remembering, "again")).stored_event_count == 2


async def test_an_id_with_other_content_is_refused_by_its_place_and_nothing_of_the_call_is_stored(
    remembering: Running,
) -> None:
    await record(remembering, done("c1", "i0001", user="conflict"))
    with pytest.raises(grpc.aio.AioRpcError, match=r"events\[1\].event_id: was recorded before with other") as caught:
        await record(remembering, done("c2", "i0002", user="conflict"), done("c1", "i0003", user="conflict"))
    assert caught.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert len((await export(remembering, "conflict")).events) == 1


async def test_an_unknown_item_is_stored_and_told(remembering: Running) -> None:
    told = await record(remembering, done("u1", "nobody", user="unknown"), done("u2", "i0001", user="unknown"))
    assert warned(told) == [("UNKNOWN_ITEM", "events[0].event.item_id")]
    answer = await recommend(remembering, "unknown")
    assert (answer.stored_event_count, warned(answer)) == (2, [])
    assert names(answer) == names(await recommend(remembering, "", events=[done("u2", "i0001").event]))


async def test_stored_events_and_those_of_the_request_count_once(remembering: Running) -> None:
    events = [done(f"s{number}", f"i{number:04d}", user="once") for number in range(4)]
    await record(remembering, *events[:3])
    sent = [one.event for one in events]
    both = await recommend(remembering, "once", events=sent[1:])
    alone = await recommend(remembering, "", events=sent)
    assert (both.stored_event_count, warned(both)) == (1, [])
    assert [item.score for item in both.items] == pytest.approx([item.score for item in alone.items], abs=1e-5)
    assert names(both) == names(alone)


async def test_events_without_times_that_are_stored_and_sent_count_once_each(remembering: Running) -> None:
    twice = [done(f"q{number}", "i0007", user="untimed", timestamp=None) for number in range(2)]
    timed = [done("q2", "i0007", user="untimed"), done("q3", "i0008", user="untimed")]
    await record(remembering, *twice, *timed)

    async def recalled(*sent: Event) -> int:
        return (await recommend(remembering, "untimed", events=sent, unrecorded=True)).stored_event_count

    untimed, known, other = twice[0].event, timed[1].event, Event(item_id="i0007", type=types_pb2.EVENT_TYPE_CART)
    elsewhen = Event(item_id="i0007", type=types_pb2.EVENT_TYPE_PURCHASE, timestamp=at(AT_S + 7))
    assert [await recalled(*[untimed] * count) for count in range(3)] == [4, 3, 3]  # twice the same is a duplicate
    weighed = [Event(item_id="i0007", type=untimed.type, weight=weight) for weight in (1, 2, 3, 4)]
    assert [await recalled(*weighed[:count]) for count in range(1, 5)] == [3, 2, 1, 1]
    assert await recalled(known, untimed) == 2
    assert await recalled(known, other) == 3
    assert await recalled(elsewhen) == 3


async def test_stored_events_raise_no_warnings_of_the_request(remembering: Running) -> None:
    await record(remembering, *(done(f"w{number}", f"i{number % 40:04d}", user="warn") for number in range(60)))
    await record(remembering, done("w-dislike", "i0050", user="warn", type=types_pb2.EVENT_TYPE_DISLIKE))
    answer = await recommend(remembering, "warn", events=[Event(item_id="i0050")])
    assert (answer.stored_event_count, warned(answer)) == (50, [])
    assert "i0050" not in names(answer)


async def test_what_was_seen_is_left_out_unless_asked_for(remembering: Running) -> None:
    await record(remembering, done("v1", "i0001", user="seen"))
    assert "i0001" not in names(await recommend(remembering, "seen", page_size=50))
    assert "i0001" in names(await recommend(remembering, "seen", page_size=60, include_seen=True))


async def test_reasons_name_stored_events(remembering: Running) -> None:
    await record(remembering, done("r1", "i0001", user="reasons"))
    answer = await recommend(remembering, "reasons", want_reasons=True, events=[Event(item_id="i0002")])
    kinds = {(types_pb2.ReasonKind.Name(one.kind), one.event_id) for one in answer.items[0].reasons}
    assert {("REASON_KIND_STORED_EVENT", "r1"), ("REASON_KIND_EVENT", "")} <= kinds


async def test_a_batch_recalls_each_of_its_users(remembering: Running) -> None:
    await record(remembering, done("b1", "i0001", user="batch-1"), done("b2", "i0002", user="batch-2"))
    asked = [recommendation_pb.RecommendRequest(user_id=user) for user in ("batch-1", "", "batch-2", "batch-1")]
    reply = await remembering.recommendations.BatchRecommend(recommendation_pb.BatchRecommendRequest(requests=asked))
    assert [one.stored_event_count for one in reply.responses] == [1, 0, 1, 1]
    alone = await recommend(remembering, "batch-2")
    assert names(reply.responses[2]) == names(alone)
    shown = {one.request_id for one in (await export(remembering, "batch-1")).impressions}
    assert shown == {reply.responses[0].request_id, reply.responses[3].request_id}


async def test_what_is_shown_is_remembered_and_feedback_on_it_known(remembering: Running) -> None:
    answer = await recommend(remembering, "shown", page_size=3, request_id="shown-1")
    told = await record(
        remembering,
        done("f1", names(answer)[0], user="shown", request_id="shown-1"),
        done("f2", "i0001", user="shown", request_id="never"),
    )
    assert warned(told) == [("UNKNOWN_REQUEST", "events[1].request_id")]
    stored = await export(remembering, "shown")
    assert [one.request_id for one in stored.impressions] == ["shown-1"]
    shown = stored.impressions[0]
    assert [(item.item_id, item.propensity, item.explored) for item in shown.items] == [
        (name, 1.0, False) for name in names(answer)
    ]
    assert (shown.snapshot_id, shown.policy) == (answer.snapshot_id, answer.policy)
    assert [one.event.request_id for one in stored.events] == ["shown-1", "never"]


async def test_what_is_stored_is_acknowledged_before_its_caller_gives_up_whatever_there_is_to_say(
    remembering: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("firstlight_server.memory.feedback_service._SECOND_LOOK_S", 3_600.0)
    request = pb.RecordEventsRequest(events=[done("z1", "i0001", user="hasty", request_id="never")])
    assert (await remembering.feedback.RecordEvents(request, timeout=2)).recorded_count == 1


async def test_previews_and_neighbours_and_strangers_leave_no_impression(remembering: Running) -> None:
    await recommend(remembering, "preview", unrecorded=True)
    await recommend(remembering, "")
    await remembering.recommendations.SimilarItems(recommendation_pb.SimilarItemsRequest(item_id="i0001"))
    assert not (await export(remembering, "preview")).impressions


async def test_an_export_tells_all_as_it_was_sent_in_pages(remembering: Running) -> None:
    sent = [
        done("e1", "i0001", user="export", weight=-2.5, type=types_pb2.EVENT_TYPE_RATING, timestamp=at(AT_S + 0.25)),
        done("e2", "", user="export", text="Dark Jam", type=types_pb2.EVENT_TYPE_UNSPECIFIED),
        done("e3", "i0003", user="export"),
    ]
    await record(remembering, *sent)
    for number in range(2):
        await recommend(remembering, "export", request_id=f"export-{number}")
    told = await export(remembering, "export")
    assert [one.event.event_id for one in told.events] == ["e1", "e2", "e3"]
    first, second = told.events[0].event, told.events[1].event
    assert first == sent[0]
    assert (second.event.type, second.event.weight, second.event.text) == (types_pb2.EVENT_TYPE_VIEW, 1.0, "Dark Jam")
    assert [one.request_id for one in told.impressions] == ["export-0", "export-1"]
    assert told.events[0].recorded_at.seconds > AT_S


async def test_a_page_token_is_of_one_user_and_tells_nothing(remembering: Running) -> None:
    await record(remembering, *(done(f"p{number}", "i0001", user="pages") for number in range(3)))
    asked = pb.ExportUserRequest(user_id="pages", page_size=1)
    tokens = {(await remembering.feedback.ExportUser(asked)).next_page_token for _ in range(2)}
    assert len(tokens) == 2  # sealed anew each time: places in the log would tell how much others store
    for user, token in (("others", tokens.pop()), ("pages", "garbage"), ("pages", "Z2FyYmFnZWdhcmJhZ2U=")):
        with pytest.raises(grpc.aio.AioRpcError, match="page_token: is not the last reply's"):
            await remembering.feedback.ExportUser(pb.ExportUserRequest(user_id=user, page_token=token))


async def test_a_deleted_user_leaves_nothing_and_is_a_stranger_again(remembering: Running) -> None:
    stranger = await recommend(remembering, "gone", unrecorded=True)
    await record(remembering, done("d1", "i0001", user="gone"))
    await recommend(remembering, "gone", request_id="gone-1")
    counts = await remembering.feedback.DeleteUser(pb.DeleteUserRequest(user_id="gone"))
    assert (counts.event_count, counts.impression_count) == (1, 1)
    assert await export(remembering, "gone") == pb.ExportUserResponse()
    after = await recommend(remembering, "gone", unrecorded=True)
    assert (names(after), after.stored_event_count) == (names(stranger), 0)
    again = await remembering.feedback.DeleteUser(pb.DeleteUserRequest(user_id="gone"))
    assert (again.event_count, again.impression_count) == (0, 0)


async def test_merging_moves_history_and_what_was_shown(remembering: Running) -> None:
    await record(remembering, done("m1", "i0001", user="visitor"), done("m2", "i0002", user="account"))
    await recommend(remembering, "visitor")
    asked = pb.MergeUsersRequest(from_user_id="visitor", into_user_id="account")
    counts = await remembering.feedback.MergeUsers(asked)
    assert (counts.event_count, counts.impression_count) == (1, 1)
    assert (await recommend(remembering, "account")).stored_event_count == 2
    assert (await recommend(remembering, "visitor")).stored_event_count == 0


async def test_a_restart_keeps_everything(published: Path, tmp_path: Path) -> None:
    async with running(published, **kept_in(tmp_path)) as first:
        await record(first, done("k1", "i0001"))
        before = await recommend(first, request_id="kept")
    async with running(published, **kept_in(tmp_path)) as second:
        assert names(await recommend(second)) == names(before)
        stored = await export(second)
        assert [one.event.event_id for one in stored.events] == ["k1"]
        assert "kept" in {one.request_id for one in stored.impressions}


async def test_two_tenants_never_see_each_others_users(tmp_path: Path) -> None:
    for tenant in ("shop-a", "shop-b"):
        TinySnapshot().publish(tmp_path / "data", tenant)
    async with running(tmp_path / "data", **kept_in(tmp_path)) as server:
        event = done("same", "i0001")
        assert (await record(server, event, tenant="shop-a")).recorded_count == 1
        assert (await recommend(server, tenant="shop-b")).stored_event_count == 0
        assert (await export(server, tenant="shop-b")).events == []
        other = await record(server, done("same", "i0002"), tenant="shop-b")
        assert (other.recorded_count, other.known_count) == (1, 0)
        await server.feedback.DeleteUser(pb.DeleteUserRequest(tenant="shop-b", user_id="anna"))
        assert (await recommend(server, tenant="shop-a")).stored_event_count == 1
        with pytest.raises(grpc.aio.AioRpcError, match="no tenant 'nowhere'"):
            await record(server, event, tenant="nowhere")


async def test_the_loop_works_out_of_the_box_and_its_key_is_its_owners_alone(tmp_path: Path) -> None:
    TinySnapshot().publish(tmp_path)
    async with running(tmp_path, events_url="embedded", **PATIENT) as server:
        await record(server, done("o1", "i0001"))
        assert (await recommend(server)).stored_event_count == 1
        assert [tenant.name for tenant in server.server.tenants] == ["default"]
        assert "anna" not in server.log.getvalue()
    key = tmp_path / ".events" / "pseudonyms.key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert b"anna" not in b"".join(path.read_bytes() for path in (tmp_path / ".events").iterdir())


async def test_without_a_log_nothing_is_acknowledged_or_recalled(server: Running) -> None:
    with pytest.raises(grpc.aio.AioRpcError, match="this server keeps no events: set events_url") as caught:
        await record(server, done("x", "i0001"))
    assert caught.value.code() is grpc.StatusCode.FAILED_PRECONDITION
    answer = await recommend(server)
    assert (answer.stored_event_count, warned(answer)) == (0, [])
