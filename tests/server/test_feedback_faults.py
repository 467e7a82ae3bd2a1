"""The event log slow, away or full: recommendations go on and say so, and nothing is acknowledged but what is kept."""

import asyncio
import sqlite3
from collections.abc import Generator
from contextlib import closing, contextmanager
from pathlib import Path

import grpc
import pytest

from firstlight.v1 import feedback_service_pb2 as pb
from tests.server.feedback import done, export, kept_in, names, recommend, record, warned
from tests.server.running import Running, running
from tests.server.scrape import scrape
from tests.server.tenant_requests import TENANTS
from tests.server.tiny_snapshot import TinySnapshot
from tests.server.token_issuer import SigningKey, bearer, jwks, settings_for

RECORD_EVENTS = "firstlight.v1.FeedbackService/RecordEvents"
NOWHERE = "postgresql://nobody@127.0.0.1:1/events"


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    file = tmp_path / "pseudonyms.key"
    file.write_text("ab" * 32 + "\n", encoding="ascii")
    return file


@contextmanager
def held(database: Path) -> Generator[None]:
    """Somebody else is in the middle of a write for as long as the block runs."""
    with closing(sqlite3.connect(database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


async def until_recorded(server: Running, event_id: str, item_id: str) -> None:
    """However busy the machine is: sent again until it is acknowledged."""

    async def recorded() -> bool:
        try:
            await record(server, done(event_id, item_id))
        except grpc.aio.AioRpcError:
            return False
        return True

    await server.until(recorded)


async def refused(server: Running, event_id: str) -> grpc.StatusCode:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await record(server, done(event_id, "i0001"))
    return caught.value.code()


async def test_a_database_that_cannot_be_reached_does_not_stop_recommendations(published: Path, key_file: Path) -> None:
    async with running(published, events_url=NOWHERE, events_key_file=key_file) as server:
        answer = await recommend(server)
        stranger = await recommend(server, "")
        assert names(answer) == names(stranger)
        assert warned(answer) == [("HISTORY_UNAVAILABLE", "user_id"), ("IMPRESSION_NOT_RECORDED", "user_id")]
        assert warned(stranger) == []
        assert await refused(server, "lost") is grpc.StatusCode.UNAVAILABLE
        assert "trying again" in server.log.getvalue()


async def test_a_log_that_cannot_be_written_in_time_acknowledges_nothing_and_answers_go_on(
    published: Path, tmp_path: Path
) -> None:
    async with running(published, **kept_in(tmp_path, events_write_wait_s=0.1)) as server:
        await until_recorded(server, "before", "i0001")
        with held(tmp_path / "events.db"):
            for number in range(4):  # the last one is not even tried
                assert await refused(server, f"held-{number}") is grpc.StatusCode.UNAVAILABLE
            answer = await recommend(server)
            assert answer.stored_event_count == 1  # reading goes on
            assert warned(answer) == [("IMPRESSION_NOT_RECORDED", "user_id")]
        await until_recorded(server, "after", "i0002")
        found = await scrape(server)
        assert found.value("event_log_failures_total", work="write") >= 3
        assert found.value("events_total", tenant="default", outcome="unavailable") >= 4
        assert "event log answers again" in server.log.getvalue()
        assert {"before", "after"} <= {one.event.event_id for one in (await export(server)).events}


async def test_a_log_that_reads_late_is_done_without(published: Path, tmp_path: Path) -> None:
    async with running(published, **kept_in(tmp_path, events_read_wait_s=1e-6)) as server:
        await record(server, done("late", "i0001"))
        answers = [await recommend(server) for _ in range(5)]
        assert [warned(one) for one in answers] == [[("HISTORY_UNAVAILABLE", "user_id")]] * 5
        assert {one.stored_event_count for one in answers} == {0}
        found = await scrape(server)
        assert found.value("event_log_failures_total", work="read") == 3  # then it was let alone
        assert found.value("event_log_open") == 1


async def test_impressions_that_pile_up_are_left_out_and_told(published: Path, tmp_path: Path) -> None:
    async with running(published, **kept_in(tmp_path, impression_backlog=2)) as server:
        answers = await asyncio.gather(*(recommend(server, f"user-{number}") for number in range(6)))
        lost = [warned(one) for one in answers].count([("IMPRESSION_NOT_RECORDED", "user_id")])
        kept = [await export(server, f"user-{number}") for number in range(6)]
        assert lost >= 1
        assert sum(len(one.impressions) for one in kept) == 6 - lost
        found = await scrape(server)
        assert found.value("impressions_total", tenant="default", outcome="stored") == 6 - lost
        assert found.value("impressions_total", tenant="default", outcome="dropped") == lost


async def test_a_tenants_token_records_and_forgets_for_its_tenant_alone(tmp_path: Path) -> None:
    signing, data = SigningKey("first"), tmp_path / "data"
    (tmp_path / "jwks.json").write_text(jwks(signing), encoding="ascii")
    for tenant in TENANTS:
        TinySnapshot().publish(data, tenant)
    mine, theirs = TENANTS
    scope = "events.write users.manage"
    async with running(
        data, wait=False, **kept_in(tmp_path), tenants=TENANTS, **settings_for(tmp_path / "jwks.json")
    ) as server:
        token = bearer(signing.token(tenants=[mine], scope=scope))
        event = pb.RecordEventsRequest(tenant=mine, events=[done("e", "i0001")])
        assert (await server.feedback.RecordEvents(event, metadata=token)).recorded_count == 1
        event.tenant = theirs
        recommender = bearer(signing.token(tenants=[mine, theirs], scope="recommend"))
        for metadata in (token, recommender):
            with pytest.raises(grpc.aio.AioRpcError) as caught:
                await server.feedback.RecordEvents(event, metadata=metadata)
            assert caught.value.code() is grpc.StatusCode.PERMISSION_DENIED
        for tenant in (theirs, ""):
            with pytest.raises(grpc.aio.AioRpcError) as caught:
                await server.feedback.DeleteUser(pb.DeleteUserRequest(tenant=tenant, user_id="anna"), metadata=token)
            assert caught.value.code() is grpc.StatusCode.PERMISSION_DENIED


async def test_what_is_older_than_may_be_kept_is_forgotten(published: Path, tmp_path: Path) -> None:
    async with running(published, **kept_in(tmp_path, events_keep_days=30)) as server:
        await record(server, done("old", "i0001"), done("new", "i0002", timestamp=None))

        async def forgotten() -> bool:
            return len((await export(server)).events) < 2

        await server.until(forgotten)
        assert [one.event.event_id for one in (await export(server)).events] == ["new"]
        assert (await recommend(server)).stored_event_count == 1


async def test_feedback_that_waits_holds_up_no_recommendation(published: Path, tmp_path: Path) -> None:
    async with running(published, **kept_in(tmp_path), events_calls=1, running_calls=1, waiting_calls=0) as server:
        await record(server, done("first", "i0001"))
        with held(tmp_path / "events.db"):
            waiting = asyncio.ensure_future(record(server, done("waits", "i0002")))

            async def arrived() -> bool:
                return (await scrape(server)).value("requests_in_flight", method=RECORD_EVENTS) == 1

            await server.until(arrived)
            assert await refused(server, "refused") is grpc.StatusCode.RESOURCE_EXHAUSTED
            assert len((await recommend(server)).items) == 10
            assert server.server.gate.running == 0
        assert (await waiting).recorded_count == 1
