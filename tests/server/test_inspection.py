"""A snapshot beside one that answers is looked at by another process, which may refuse it, die of it or be stopped."""

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path

import grpc.aio
import pytest
import pytest_asyncio

from firstlight.v1 import recommendation_service_pb2 as pb
from firstlight.v1.index_service_pb2 import ActivateSnapshotRequest
from firstlight_server.inspection import inspector
from firstlight_server.tenant import Tenant
from firstlight_store import SnapshotStore
from tests.server.running import Running, running
from tests.server.tiny_snapshot import TinySnapshot


@pytest.fixture
def ids(tmp_path: Path) -> tuple[str, str]:
    """One that answers from the start, and another."""
    first, second = (TinySnapshot(seed=seed).publish(tmp_path, activate=not seed) for seed in range(2))
    return first, second


@pytest_asyncio.fixture(loop_scope="function")
async def server(tmp_path: Path, ids: tuple[str, str]) -> AsyncIterator[Running]:
    async with running(tmp_path, inspect_apart=True, poll_interval_s=3_600) as one:
        yield one


async def refused(server: Running, snapshot_id: str) -> str:
    """The words in which the snapshot is refused; who answered before still does."""
    before = tenant_of(server).live_id
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await activate(server, snapshot_id)
    assert caught.value.code() is grpc.StatusCode.FAILED_PRECONDITION
    assert (await server.recommendations.Recommend(pb.RecommendRequest())).snapshot_id == before
    return caught.value.details() or ""


async def activate(server: Running, snapshot_id: str) -> None:
    await server.index.ActivateSnapshot(ActivateSnapshotRequest(snapshot_id=snapshot_id))


def tenant_of(server: Running) -> Tenant:
    return server.server.tenants.find("")


async def test_what_another_process_found_good_answers_with_the_recall_it_measured(
    server: Running, ids: tuple[str, str]
) -> None:
    await activate(server, ids[1])
    live = tenant_of(server).live
    assert live.id == ids[1]
    assert 0.95 <= live.recall <= 1
    assert (await server.recommendations.Recommend(pb.RecommendRequest())).snapshot_id == ids[1]


async def test_what_it_refuses_is_refused_with_its_reason(
    server: Running, tmp_path: Path, ids: tuple[str, str]
) -> None:
    path = tmp_path / "default" / ids[1] / "labels.parquet"
    path.chmod(0o644)
    path.write_bytes(path.read_bytes()[::-1])
    told = await refused(server, ids[1])
    assert "labels.parquet has SHA-256" in told
    assert str(tmp_path) not in told
    assert tenant_of(server).refusals == {"checksum": 1}


async def test_a_process_that_dies_takes_nobody_with_it(
    server: Running, ids: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inspector, "_PROGRAM", ("sh", "-c", "echo out of memory >&2; kill -SEGV $$"))
    told = await refused(server, ids[1])
    assert "ended with status -11 and no report (out of memory)" in told
    assert "inspect_apart" in told
    assert tenant_of(server).refusals == {"inspection": 1}


async def test_a_snapshot_stays_on_disk_while_another_process_looks_at_it(
    server: Running, tmp_path: Path, ids: tuple[str, str], endless: Path
) -> None:
    activating = asyncio.create_task(activate(server, ids[1]))
    await started(server, endless)
    assert SnapshotStore(tmp_path).collect(keep=0) == ()
    activating.cancel()


async def test_a_server_that_stops_does_not_wait_for_the_other_process(
    tmp_path: Path, ids: tuple[str, str], endless: Path
) -> None:
    async with running(tmp_path, inspect_apart=True) as server:
        SnapshotStore(tmp_path).activate(ids[1])
        pid = await started(server, endless)
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


@pytest.fixture
def endless(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Lets inspections never end; the file in which one leaves its process's number."""
    file = tmp_path / "endless.pid"
    monkeypatch.setattr(
        inspector, "_PROGRAM", ("sh", "-c", f"echo $$ > {file}.new; mv {file}.new {file}; exec sleep 600")
    )
    return file


async def started(server: Running, endless: Path) -> int:
    async def has_begun() -> bool:
        return endless.exists()

    await server.until(has_begun)
    return int(endless.read_text())
