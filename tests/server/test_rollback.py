"""Going back: what answered last is still loaded, so nothing is waited for, nothing read and nobody disturbed."""

import asyncio
import random
from pathlib import Path

import grpc
import pytest

from firstlight.v1 import recommendation_service_pb2 as pb
from firstlight.v1.index_service_pb2 import ActivateSnapshotRequest
from firstlight.v1.types_pb2 import Event
from firstlight_store import SnapshotStore
from tests.server.running import Running, running
from tests.server.tiny_snapshot import TinySnapshot

QUESTION = pb.RecommendRequest(page_size=5, events=[Event(item_id="i0001"), Event(item_id="i0002")])


def spoil(data_dir: Path, snapshot_id: str) -> None:
    """Change bytes, not sizes, of a file that nothing maps: only a verification by checksum would see it."""
    path = data_dir / "default" / snapshot_id / "labels.parquet"
    path.chmod(0o644)
    path.write_bytes(path.read_bytes()[::-1])


async def activate(server: Running, snapshot_id: str) -> None:
    await server.index.ActivateSnapshot(ActivateSnapshotRequest(snapshot_id=snapshot_id))


async def until_live(server: Running, snapshot_id: str) -> None:
    async def is_live() -> bool:
        return server.server.tenants.find("").live_id == snapshot_id

    await server.until(is_live)


async def test_the_last_snapshot_answers_again_without_being_loaded(tmp_path: Path) -> None:
    first, second = [TinySnapshot(seed=seed).publish(tmp_path) for seed in range(2)]
    async with running(tmp_path, poll_interval_s=3_600) as server:
        await activate(server, first)
        spoil(tmp_path, second)
        await activate(server, second)
        assert (await server.recommendations.Recommend(QUESTION)).snapshot_id == second
        assert SnapshotStore(tmp_path).current_id() == second


async def test_a_pointer_that_names_the_last_snapshot_again_is_followed_without_loading(tmp_path: Path) -> None:
    first, second = [TinySnapshot(seed=seed).publish(tmp_path) for seed in range(2)]
    async with running(tmp_path) as server:
        SnapshotStore(tmp_path).activate(first)
        await until_live(server, first)
        SnapshotStore(tmp_path).activate(second)
        spoil(tmp_path, second)
        await until_live(server, second)
        assert server.server.tenants.find("").refusals == {}


@pytest.mark.parametrize("kept", [0, 1, 2])
async def test_as_many_earlier_snapshots_stay_loaded_as_the_setting_says(tmp_path: Path, kept: int) -> None:
    ids = [TinySnapshot(seed=seed).publish(tmp_path) for seed in range(4)]
    async with running(tmp_path, keep_loaded=kept) as server:
        for snapshot_id in ids:
            await activate(server, snapshot_id)
        tenant = server.server.tenants.find("")
        assert set(tenant.loaded_ids) == {ids[3], *ids[3 - kept : 3]}
        gone = SnapshotStore(tmp_path).collect(keep=0)  # it spares ids[2] too, where a rollback would lead
    assert set(gone) == set(ids[: 3 - max(kept, 1)])


async def test_a_snapshot_deleted_from_the_disk_is_not_activated_though_it_is_loaded(tmp_path: Path) -> None:
    first, second = [TinySnapshot(seed=seed).publish(tmp_path) for seed in range(2)]
    async with running(tmp_path) as server:
        await activate(server, first)
        (tmp_path / "default" / second / "items.parquet").unlink()
        with pytest.raises(grpc.aio.AioRpcError, match=r"lacks items\.parquet") as caught:
            await activate(server, second)
        assert caught.value.code() is grpc.StatusCode.FAILED_PRECONDITION
        assert server.server.tenants.find("").live_id == SnapshotStore(tmp_path).current_id() == first


async def test_going_back_does_not_wait_for_the_load_of_another_and_is_not_undone_by_it(tmp_path: Path) -> None:
    first, second = [TinySnapshot(seed=seed).publish(tmp_path) for seed in range(2)]
    large = TinySnapshot(seed=2, items=20_000).publish(tmp_path, activate=False)
    async with running(tmp_path) as server:
        await activate(server, first)
        slow = asyncio.create_task(activate(server, large))
        await asyncio.sleep(0.05)
        await activate(server, second)
        assert not slow.done()
        with pytest.raises(grpc.aio.AioRpcError, match=f"CURRENT is {second}, not {first}"):
            await slow
        assert server.server.tenants.find("").live_id == SnapshotStore(tmp_path).current_id() == second


async def test_every_reply_is_wholly_of_the_version_it_names_under_random_swaps(tmp_path: Path) -> None:
    ids = [TinySnapshot(seed=seed).publish(tmp_path) for seed in range(3)]
    async with running(tmp_path, keep_loaded=2) as server:
        expected: dict[str, list[tuple[str, float]]] = {}
        for snapshot_id in ids:
            await activate(server, snapshot_id)
            expected[snapshot_id] = answer(await server.recommendations.Recommend(QUESTION))
        assert len({tuple(each) for each in expected.values()}) == 3
        done, seen = asyncio.Event(), set[str]()

        async def ask() -> None:
            while not done.is_set():
                batch = pb.BatchRecommendRequest(requests=[QUESTION] * 3)
                for reply in (await server.recommendations.BatchRecommend(batch)).responses:
                    # Together with others an answer is what it is alone, but for the last bits of its scores.
                    assert [item for item, _ in answer(reply)] == [item for item, _ in expected[reply.snapshot_id]]
                    assert dict(answer(reply)) == pytest.approx(dict(expected[reply.snapshot_id]), rel=1e-5)
                    seen.add(reply.snapshot_id)

        async with asyncio.TaskGroup() as group:
            for _ in range(4):
                group.create_task(ask())
            rng = random.Random(0)
            for _ in range(15):
                await activate(server, rng.choice(ids))
                await asyncio.sleep(0.01)
            done.set()
    assert seen == set(ids)


def answer(reply: pb.RecommendResponse) -> list[tuple[str, float]]:
    return [(item.item_id, item.score) for item in reply.items]
