"""Hot swap, rollback, activation, and bad snapshots kept out, over real gRPC."""

import asyncio
import json
from pathlib import Path

import grpc
import pytest
from grpc_health.v1.health_pb2 import HealthCheckResponse

from firstlight.v1 import index_service_pb2 as index_pb
from firstlight.v1 import recommendation_service_pb2 as pb
from firstlight.v1.types_pb2 import Event
from firstlight_store import SnapshotStore
from tests.server.running import Running, running
from tests.server.tiny_snapshot import TinySnapshot

QUESTION = pb.RecommendRequest(page_size=5, events=[Event(item_id="i0001"), Event(item_id="i0002")])


async def live_id(server: Running) -> str:
    return (await server.recommendations.Recommend(pb.RecommendRequest(page_size=1))).snapshot_id


async def until_live(server: Running, snapshot_id: str) -> None:
    async def is_live() -> bool:
        return await live_id(server) == snapshot_id

    await server.until(is_live)


def damage(data_dir: Path, snapshot_id: str, name: str = "vectors.safetensors") -> None:
    path = data_dir / "default" / snapshot_id / name
    path.chmod(0o644)
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)


def refusals(server: Running) -> list[dict[str, str]]:
    lines = [json.loads(line) for line in server.log.getvalue().splitlines()]
    return [line for line in lines if line["event"] == "snapshot refused"]


async def test_no_call_fails_and_no_reply_mixes_versions_while_five_snapshots_arrive(tmp_path: Path) -> None:
    TinySnapshot().publish(tmp_path)
    async with running(tmp_path) as server:
        replies: list[pb.RecommendResponse] = []
        done = asyncio.Event()

        async def ask() -> None:
            while not done.is_set():
                replies.append(await server.recommendations.Recommend(QUESTION))
                await asyncio.sleep(0.002)  # or the questions take the processor from the publishing

        async with asyncio.TaskGroup() as group:
            for _ in range(4):
                group.create_task(ask())
            for seed in range(1, 6):
                new_id = await asyncio.to_thread(TinySnapshot(seed=seed).publish, tmp_path)
                await until_live(server, new_id)
            done.set()

    # Scores may differ in the last bits by what else was answered in the same go.
    answers_by_version: dict[str, set[tuple[tuple[str, float], ...]]] = {}
    for reply in replies:
        answer = tuple((item.item_id, round(item.score, 3)) for item in reply.items)
        answers_by_version.setdefault(reply.snapshot_id, set()).add(answer)
    assert len(answers_by_version) == 6
    assert all(len(answers) == 1 for answers in answers_by_version.values())
    assert len({answer for answers in answers_by_version.values() for answer in answers}) == 6


async def test_a_rollback_on_disk_is_followed(tmp_path: Path) -> None:
    first, second = [TinySnapshot(seed=seed).publish(tmp_path) for seed in range(2)]
    async with running(tmp_path) as server:
        assert await live_id(server) == second
        SnapshotStore(tmp_path).rollback()
        await until_live(server, first)


async def test_a_damaged_snapshot_is_refused_once_and_the_old_one_stays(tmp_path: Path) -> None:
    good = TinySnapshot().publish(tmp_path)
    async with running(tmp_path) as server:
        bad = await asyncio.to_thread(TinySnapshot(seed=1).publish, tmp_path, activate=False)
        damage(tmp_path, bad)
        (tmp_path / "default" / "CURRENT").write_text(f"{bad}\n", encoding="utf-8")

        async def refused() -> bool:
            return bool(refusals(server))

        await server.until(refused)
        await asyncio.sleep(0.3)  # several polls: it must not be tried again
        assert await live_id(server) == good
        assert await server.health() == HealthCheckResponse.SERVING
        assert [(one["snapshot_id"], one["reason"]) for one in refusals(server)] == [(bad, "checksum")]
        assert server.server.tenants.find("").refusals == {"checksum": 1}

        third = await asyncio.to_thread(TinySnapshot(seed=2).publish, tmp_path)
        await until_live(server, third)


async def test_a_damaged_pointer_changes_nothing(tmp_path: Path) -> None:
    good = TinySnapshot().publish(tmp_path)
    async with running(tmp_path) as server:
        (tmp_path / "default" / "CURRENT").write_bytes(b"\xff../../etc")

        async def refused() -> bool:
            return bool(refusals(server))

        await server.until(refused)
        assert await live_id(server) == good


async def test_activation_swaps_and_moves_the_pointer(tmp_path: Path) -> None:
    first, second = [TinySnapshot(seed=seed).publish(tmp_path) for seed in range(2)]
    async with running(tmp_path) as server:
        reply = await server.index.ActivateSnapshot(index_pb.ActivateSnapshotRequest(snapshot_id=first))
        assert (reply.snapshot.id, reply.snapshot.active, reply.previous_snapshot_id) == (first, True, second)
        assert SnapshotStore(tmp_path).current_id() == first
        await asyncio.sleep(0.2)  # the watcher agrees
        assert await live_id(server) == first


@pytest.mark.parametrize("fault", ["damaged", "unknown", "no id at all"])
async def test_a_failed_activation_says_why_and_changes_nothing(tmp_path: Path, fault: str) -> None:
    bad = TinySnapshot(seed=1).publish(tmp_path)
    good = TinySnapshot().publish(tmp_path)
    damage(tmp_path, bad)
    wanted = {"damaged": bad, "unknown": "s-000000000000", "no id at all": "../../etc"}[fault]
    async with running(tmp_path) as server:
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await server.index.ActivateSnapshot(index_pb.ActivateSnapshotRequest(snapshot_id=wanted))
        assert caught.value.code() is grpc.StatusCode.FAILED_PRECONDITION
        told = str(caught.value.details())
        assert {"damaged": "SHA-256", "unknown": wanted, "no id at all": wanted}[fault] in told
        assert str(tmp_path) not in told
        assert await live_id(server) == good
        assert SnapshotStore(tmp_path).current_id() == good


async def test_a_snapshot_without_its_space_is_refused_with_its_reason(tmp_path: Path) -> None:
    good = TinySnapshot().publish(tmp_path)
    async with running(tmp_path) as server:
        broken = await asyncio.to_thread(TinySnapshot(seed=1, space=False).publish, tmp_path)

        async def refused() -> bool:
            return bool(refusals(server))

        await server.until(refused)
        assert refusals(server)[0]["snapshot_id"] == broken
        assert refusals(server)[0]["reason"] == "missing_file"
        assert await live_id(server) == good


async def test_snapshots_are_listed_newest_first_with_their_facts(tmp_path: Path) -> None:
    first, second = [TinySnapshot(seed=seed).publish(tmp_path) for seed in range(2)]
    async with running(tmp_path) as server:
        listed = (await server.index.ListSnapshots(index_pb.ListSnapshotsRequest())).snapshots
        active = (await server.index.GetSnapshot(index_pb.GetSnapshotRequest())).snapshot
        old = (await server.index.GetSnapshot(index_pb.GetSnapshotRequest(snapshot_id=first))).snapshot
    assert [(one.id, one.active) for one in listed] == [(second, True), (first, False)]
    assert active == listed[0]
    assert old == listed[1]
    assert (active.parent_id, active.item_count, active.dimension, active.domain) == (first, 60, 13, "tiny")
    assert (active.index_type, active.recall_at_10, active.encoder_fingerprint) == ("Flat", 1.0, "tiny-text-encoder")
    assert active.created_at.seconds > 1_700_000_000


async def test_a_snapshot_that_is_not_on_disk_is_not_found(published: Path) -> None:
    async with running(published) as own:
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await own.index.GetSnapshot(index_pb.GetSnapshotRequest(snapshot_id="s-000000000000"))
    assert caught.value.code() is grpc.StatusCode.NOT_FOUND
