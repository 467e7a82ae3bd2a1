"""A server that deletes old snapshots after a swap, and never one that has a part to play."""

import asyncio
from pathlib import Path

from firstlight_store import SnapshotStore
from tests.server.running import Running, running
from tests.server.tiny_snapshot import TinySnapshot


def on_disk(data_dir: Path) -> set[str]:
    return {path.name for path in (data_dir / "default").glob("s-*")}


async def swapped(server: Running, data_dir: Path, seed: int) -> str:
    snapshot_id = await asyncio.to_thread(TinySnapshot(seed=seed).publish, data_dir)

    async def is_live() -> bool:
        return server.server.tenants.find("").live_id == snapshot_id

    await server.until(is_live)
    return snapshot_id


async def test_nothing_is_deleted_unless_the_setting_says_so(tmp_path: Path) -> None:
    TinySnapshot().publish(tmp_path)
    async with running(tmp_path) as server:
        for seed in range(1, 4):
            await swapped(server, tmp_path, seed)
        await server.server.tenants.find("").refresh()
    assert len(on_disk(tmp_path)) == 4


async def test_after_a_swap_only_the_newest_and_what_has_a_part_are_left(tmp_path: Path) -> None:
    ids = [TinySnapshot(seed=seed).publish(tmp_path) for seed in range(4)]
    SnapshotStore(tmp_path).set_canary(ids[1], 0.5)
    async with running(tmp_path, keep_snapshots=1) as server:
        newest = await swapped(server, tmp_path, 9)

        async def collected() -> bool:
            return on_disk(tmp_path) == {newest, ids[3], ids[1]}  # current, rollback and kept, canary

        await server.until(collected)
        assert SnapshotStore(tmp_path).rollback() == ids[3]


async def test_another_process_may_collect_while_this_one_serves(tmp_path: Path) -> None:
    first = TinySnapshot().publish(tmp_path)
    async with running(tmp_path, poll_interval_s=3_600, keep_loaded=0) as slow:
        for seed in range(1, 4):
            TinySnapshot(seed=seed).publish(tmp_path)
        assert first not in SnapshotStore(tmp_path).collect(keep=0)
        assert slow.server.tenants.find("").live_id == first
