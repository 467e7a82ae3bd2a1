"""A canary over real gRPC: a share of users, always the same ones, answered by a second snapshot until undone."""

import asyncio
import json
from pathlib import Path

import grpc
import pytest

from firstlight.v1 import index_service_pb2 as index_pb
from firstlight.v1 import recommendation_service_pb2 as pb
from firstlight.v1.types_pb2 import Event
from firstlight_server.assignment import answers
from firstlight_store import Canary, SnapshotStore
from tests.server.running import Running, running
from tests.server.tiny_snapshot import TinySnapshot

USERS = [f"user-{number}" for number in range(60)]


async def answered_by(server: Running, user_id: str) -> str:
    return (await server.recommendations.Recommend(pb.RecommendRequest(page_size=1, user_id=user_id))).snapshot_id


async def drawn(server: Running, canary: str) -> set[str]:
    return {user for user in USERS if await answered_by(server, user) == canary}


async def set_canary(server: Running, snapshot_id: str, share: float) -> index_pb.Snapshot:
    request = index_pb.SetCanaryRequest(snapshot_id=snapshot_id, share=share)
    return (await server.index.SetCanary(request)).snapshot


async def shares(server: Running) -> dict[str, float]:
    listed = await server.index.ListSnapshots(index_pb.ListSnapshotsRequest())
    return {one.id: one.canary_share for one in listed.snapshots}


def expected(canary: str, share: float) -> set[str]:
    return {user for user in USERS if answers(user, tenant="default", canary_id=canary, share=share)}


@pytest.fixture
def live(tmp_path: Path) -> str:
    return TinySnapshot().publish(tmp_path)


@pytest.fixture
def other(tmp_path: Path, live: str) -> str:
    return TinySnapshot(seed=1).publish(tmp_path, activate=False)


async def test_a_share_of_users_is_answered_by_the_canary_and_told_so(tmp_path: Path, live: str, other: str) -> None:
    async with running(tmp_path) as server:
        assert await drawn(server, other) == set()
        for share in (0.2, 0.6):
            told = await set_canary(server, other, share)
            assert (told.id, told.canary_share, told.active) == (other, share, False)
            assert await drawn(server, other) == expected(other, share)
        assert await shares(server) == {live: 0.0, other: 0.6}
        shown = await server.index.GetSnapshot(index_pb.GetSnapshotRequest(snapshot_id=other))
        assert shown.snapshot.canary_share == 0.6
        assert (await server.index.GetSnapshot(index_pb.GetSnapshotRequest())).snapshot.id == live


async def test_a_share_of_zero_ends_it(tmp_path: Path, live: str, other: str) -> None:
    async with running(tmp_path) as server:
        await set_canary(server, other, 1.0)
        assert await drawn(server, other) == set(USERS)
        assert not (await server.index.SetCanary(index_pb.SetCanaryRequest(share=0))).HasField("snapshot")
        assert await drawn(server, other) == set()
        assert SnapshotStore(tmp_path).canary() is None
        assert server.server.tenants.find("").loaded_ids == (live,)


async def test_every_process_and_every_restart_agree(tmp_path: Path, live: str, other: str) -> None:
    async with running(tmp_path) as one, running(tmp_path) as two:
        await set_canary(one, other, 0.3)

        async def follows() -> bool:
            return two.server.tenants.find("").canary == Canary(other, 0.3)

        await two.until(follows)
        assert await drawn(one, other) == await drawn(two, other) == expected(other, 0.3)
    async with running(tmp_path) as restarted:
        assert await drawn(restarted, other) == expected(other, 0.3)


async def test_without_a_user_the_request_decides_and_a_batch_goes_as_its_first(
    tmp_path: Path, live: str, other: str
) -> None:
    async with running(tmp_path) as server:
        await set_canary(server, other, 0.5)
        for user in USERS[:20]:
            wanted = other if user in expected(other, 0.5) else live
            by_request = await server.recommendations.Recommend(pb.RecommendRequest(request_id=user))
            near = await server.recommendations.SimilarItems(pb.SimilarItemsRequest(item_id="i0001", request_id=user))
            requests = [pb.RecommendRequest(user_id=user), pb.RecommendRequest(user_id="another")]
            batch = await server.recommendations.BatchRecommend(pb.BatchRecommendRequest(requests=requests))
            assert {by_request.snapshot_id, near.snapshot_id} == {wanted}
            assert {reply.snapshot_id for reply in batch.responses} == {wanted}


async def test_activating_the_canary_promotes_it_at_once(tmp_path: Path, live: str, other: str) -> None:
    async with running(tmp_path) as server:
        await set_canary(server, other, 0.1)
        reply = await server.index.ActivateSnapshot(index_pb.ActivateSnapshotRequest(snapshot_id=other))
        assert (reply.snapshot.id, reply.snapshot.canary_share, reply.previous_snapshot_id) == (other, 0.0, live)
        assert await drawn(server, other) == set(USERS)
        assert SnapshotStore(tmp_path).canary() is None
        await server.index.ActivateSnapshot(index_pb.ActivateSnapshotRequest(snapshot_id=live))
        assert await drawn(server, other) == set()


async def test_publishing_leaves_the_canary(tmp_path: Path, live: str, other: str) -> None:
    async with running(tmp_path) as server:
        await set_canary(server, other, 0.3)
        third = await asyncio.to_thread(TinySnapshot(seed=2).publish, tmp_path)

        async def is_live() -> bool:
            return server.server.tenants.find("").live_id == third

        await server.until(is_live)
        assert await drawn(server, other) == expected(other, 0.3)


@pytest.mark.parametrize("fault", ["damaged", "unknown", "the live one"])
async def test_a_canary_that_cannot_be_is_refused_and_changes_nothing(
    tmp_path: Path, live: str, other: str, fault: str
) -> None:
    damaged = TinySnapshot(seed=2, space=False).publish(tmp_path, activate=False)
    wanted = {"damaged": damaged, "unknown": "s-000000000000", "the live one": live}[fault]
    async with running(tmp_path) as server:
        await set_canary(server, other, 0.3)
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await set_canary(server, wanted, 0.5)
        assert caught.value.code() is grpc.StatusCode.FAILED_PRECONDITION
        assert str(tmp_path) not in str(caught.value.details())
        assert await drawn(server, other) == expected(other, 0.3)
        assert SnapshotStore(tmp_path).canary() == Canary(other, 0.3)


@pytest.mark.parametrize("line", ["{broken} 0.500000", "s-000000000000 1.000000", "\x00nonsense"])
async def test_a_bad_canary_on_disk_never_harms_the_live_version(tmp_path: Path, live: str, line: str) -> None:
    broken = TinySnapshot(seed=2, space=False).publish(tmp_path, activate=False)
    (tmp_path / "default" / "CANARY").write_text(line.format(broken=broken) + "\n", encoding="ascii")
    async with running(tmp_path) as server:
        await asyncio.sleep(0.3)  # several looks: it must not be tried again
        assert sum(server.server.tenants.find("").refusals.values()) == 1
        assert {await answered_by(server, user) for user in USERS} == {live}


async def test_a_canary_is_never_collected(tmp_path: Path, live: str, other: str) -> None:
    async with running(tmp_path) as server:
        await set_canary(server, other, 0.3)
    for seed in range(2, 5):
        TinySnapshot(seed=seed).publish(tmp_path)
    assert live in SnapshotStore(tmp_path).collect(keep=1)
    async with running(tmp_path) as server:
        assert await drawn(server, other) == expected(other, 0.3)


@pytest.mark.parametrize(
    ("request_", "field"),
    [
        pytest.param(
            index_pb.SetCanaryRequest(snapshot_id="s-000000000000", share=-0.1), "share", id="a share below 0"
        ),
        pytest.param(index_pb.SetCanaryRequest(snapshot_id="s-000000000000", share=1.1), "share", id="a share above 1"),
        pytest.param(index_pb.SetCanaryRequest(snapshot_id="s-0", share=float("nan")), "share", id="a NaN share"),
        pytest.param(index_pb.SetCanaryRequest(share=0.5), "snapshot_id", id="a share of nothing"),
    ],
)
async def test_a_malformed_canary_is_refused_by_the_fields_name(
    published: Path, request_: index_pb.SetCanaryRequest, field: str
) -> None:
    async with running(published) as server:
        with pytest.raises(grpc.aio.AioRpcError, match=f"{field}:") as caught:
            await server.index.SetCanary(request_)
    assert caught.value.code() is grpc.StatusCode.INVALID_ARGUMENT


async def test_the_log_names_the_version_and_never_the_user(tmp_path: Path, live: str, other: str) -> None:
    async with running(tmp_path) as server:
        await set_canary(server, other, 1.0)
        request = pb.RecommendRequest(user_id="ada@example.org", events=[Event(item_id="i0001")])
        await server.recommendations.Recommend(request)
        lines = [json.loads(line) for line in server.log.getvalue().splitlines()]
    assert [one["snapshot_id"] for one in lines if one.get("method", "").endswith("/Recommend")] == [other]
    assert "ada@example.org" not in json.dumps(lines)
