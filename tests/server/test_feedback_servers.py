"""Several servers over one event log, on either database: they agree at once, and what one deletes no other stores."""

import asyncio
import threading
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from firstlight.v1 import feedback_service_pb2 as pb
from firstlight_server.memory.memory import Memory
from firstlight_server.memory.writes import Change, Events
from firstlight_store.event_log import UserCounts
from tests.postgresql import PostgreSQL, PostgreSQLMissing, postgresql
from tests.server.feedback import PATIENT, done, export, kept_in, recommend, record, warned
from tests.server.running import Running, running

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.fixture(scope="module")
def databases() -> Iterator[PostgreSQL]:
    try:
        with postgresql() as server:
            yield server
    except PostgreSQLMissing as missing:
        pytest.skip(str(missing))


@pytest.fixture(params=["sqlite", "postgresql"])
def shared(request: pytest.FixtureRequest, tmp_path: Path) -> dict[str, Any]:
    """Settings of several servers over one log."""
    if request.param == "sqlite":
        return kept_in(tmp_path)
    key_file = tmp_path / "pseudonyms.key"
    key_file.write_text("5e" * 32, encoding="ascii")
    databases: PostgreSQL = request.getfixturevalue("databases")
    return {"events_url": databases.schema(), "events_key_file": key_file} | PATIENT


async def test_two_servers_over_one_log_agree_at_once(published: Path, shared: dict[str, Any]) -> None:
    async with running(published, **shared) as one, running(published, **shared) as other:
        for number in range(10):
            await record(one if number % 2 else other, done(f"t{number}", f"i{number:04d}"))
            answers = [await recommend(each, request_id=f"t{number}") for each in (one, other)]
            assert [answer.stored_event_count for answer in answers] == [number + 1] * 2
        told = await record(other, done("t-last", "i0040", request_id="t9"))
        assert warned(told) == []


async def test_what_is_under_way_on_one_server_while_another_deletes_its_user_is_not_stored(
    published: Path, shared: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("firstlight_server.memory.backlog.GATHER_S", 3_600.0)
    async with running(published, **shared) as one, running(published, **shared) as other:
        shown = await recommend(one, "leaving", request_id="late")  # waits for others to be stored with
        assert warned(shown) == []
        async with _nothing_written(one):
            recording = asyncio.create_task(record(one, done("l1", "i0001", user="leaving"), done("l2", "i0002")))
            await one.until(lambda: _is_waiting(one, Events))
            await other.feedback.DeleteUser(pb.DeleteUserRequest(user_id="leaving"))
        assert (await recording).recorded_count == 2
        assert await export(one, "leaving") == await export(other, "leaving") == pb.ExportUserResponse()
        assert [each.event.event_id for each in (await export(one)).events] == ["l2"]
        await record(one, done("l3", "i0001", user="leaving"))
        await recommend(one, "leaving", request_id="back")
        back = await export(one, "leaving")
        assert ([back.events[0].event.event_id], [back.impressions[0].request_id]) == (["l3"], ["back"])


@asynccontextmanager
async def _nothing_written(server: Running) -> AsyncGenerator[None]:
    """What is to be written waits until the block ends."""
    opened, memory = threading.Event(), _memory(server)
    held = asyncio.create_task(memory.write(Change(lambda _: UserCounts(int(opened.wait()), 0))))
    await asyncio.sleep(0)
    yield
    opened.set()
    await held


async def _is_waiting(server: Running, kind: type) -> bool:
    writes = _memory(server)._writes  # pyright: ignore[reportPrivateUsage]
    return any(isinstance(one.job, kind) for one in writes._waiting)  # pyright: ignore[reportPrivateUsage]


def _memory(server: Running) -> Memory:
    behind = server.server.loop.feedback.behind
    assert behind is not None
    return behind.memory
