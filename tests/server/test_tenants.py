"""Tenants: each its own snapshots, none anybody else's."""

from pathlib import Path

import grpc
import pytest

from firstlight.v1 import recommendation_service_pb2 as pb
from firstlight.v1.index_service_pb2 import ListSnapshotsRequest
from tests.server.running import Running, running
from tests.server.tiny_snapshot import TinySnapshot


async def code_of(server: Running, tenant: str) -> grpc.StatusCode:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await server.recommendations.Recommend(pb.RecommendRequest(tenant=tenant))
    return caught.value.code()


async def test_each_tenant_is_answered_from_its_own_snapshot(tmp_path: Path) -> None:
    published = {
        name: TinySnapshot(seed=seed).publish(tmp_path, name) for seed, name in enumerate(("default", "shop-b"))
    }
    async with running(tmp_path) as server:
        for name, snapshot_id in published.items():
            reply = await server.recommendations.Recommend(pb.RecommendRequest(tenant=name))
            listed = await server.index.ListSnapshots(ListSnapshotsRequest(tenant=name))
            assert reply.snapshot_id == snapshot_id
            assert [one.id for one in listed.snapshots] == [snapshot_id]
        assert (await server.recommendations.Recommend(pb.RecommendRequest())).snapshot_id == published["default"]


@pytest.mark.parametrize("name", ["nobody", "../default", "default/../default", "x" * 10_000, "ü"])
async def test_an_unknown_tenant_is_not_found(published: Path, name: str) -> None:
    async with running(published) as server:
        assert await code_of(server, name) is grpc.StatusCode.NOT_FOUND


async def test_a_configured_tenant_without_snapshot_is_unavailable(published: Path) -> None:
    async with running(published, tenants=("default", "later")) as server:
        assert await code_of(server, "later") is grpc.StatusCode.UNAVAILABLE


async def test_a_folder_that_is_not_configured_is_not_served(tmp_path: Path) -> None:
    for name in ("default", "secret"):
        TinySnapshot().publish(tmp_path, name)
    async with running(tmp_path, tenants=("default",)) as server:
        assert await code_of(server, "secret") is grpc.StatusCode.NOT_FOUND


async def test_a_new_tenants_folder_is_picked_up(tmp_path: Path) -> None:
    TinySnapshot().publish(tmp_path)
    async with running(tmp_path) as server:
        assert await code_of(server, "late") is grpc.StatusCode.NOT_FOUND
        snapshot_id = TinySnapshot(seed=3).publish(tmp_path, "late")

        async def answers() -> bool:
            try:
                reply = await server.recommendations.Recommend(pb.RecommendRequest(tenant="late"))
            except grpc.aio.AioRpcError:
                return False
            return reply.snapshot_id == snapshot_id

        await server.until(answers)
