"""A server that trusts keys serves what they signed, and nothing else."""

from pathlib import Path

import pytest

from firstlight.v1 import index_service_pb2 as pb
from firstlight_server.errors import SettingsError
from firstlight_store import SigningKey, SnapshotStore
from tests.server.running import running
from tests.server.tiny_snapshot import TinySnapshot


async def test_an_unsigned_snapshot_is_refused_by_name_and_the_signed_one_stays(tmp_path: Path) -> None:
    data, key = tmp_path / "data", SigningKey.new()
    (tmp_path / "key.pub").write_bytes(key.public_pem)
    good = TinySnapshot().publish(data)
    SnapshotStore(data).sign(good, key)
    async with running(data, snapshot_public_key=tmp_path / "key.pub") as server:
        bad = TinySnapshot(seed=1).publish(data)

        async def refused() -> bool:
            return '"reason": "unsigned"' in server.log.getvalue()

        await server.until(refused)
        assert (await server.index.GetSnapshot(pb.GetSnapshotRequest())).snapshot.id == good
        listed = await server.index.ListSnapshots(pb.ListSnapshotsRequest())
        assert [one.id for one in listed.snapshots] == [good]
        SnapshotStore(data).sign(bad, key)
        await server.index.ActivateSnapshot(pb.ActivateSnapshotRequest(snapshot_id=bad))
        assert (await server.index.GetSnapshot(pb.GetSnapshotRequest())).snapshot.id == bad


async def test_a_public_key_that_is_none_stops_the_start(published: Path, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"snapshot_public_key: .*no\.pub cannot be read"):
        async with running(published, wait=False, snapshot_public_key=tmp_path / "no.pub"):
            pass
