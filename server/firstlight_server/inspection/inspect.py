"""The inspection itself: the snapshot is loaded as a server would load it, then let go of."""

from pathlib import Path

from firstlight_server.errors import SnapshotRefusedError
from firstlight_server.inspection.order import Order, Report, manifest_digest
from firstlight_server.loaded_snapshot import Loading
from firstlight_server.snapshots_on_disk import SnapshotsOnDisk
from firstlight_store import PublicKeys, SnapshotStore


def inspect(order: Order) -> Report:
    """Verifies, loads and warms what ``order`` names; what was found, good or bad."""
    file = order.public_key_file
    store = SnapshotStore(Path(order.data_dir), order.tenant, trusted=None if file is None else PublicKeys.read(file))
    disk = SnapshotsOnDisk(store, Loading(min_recall=order.min_recall), keep_snapshots=0)
    try:
        loaded = disk.load(order.snapshot_id)
    except SnapshotRefusedError as error:
        return Report(reason=error.reason, fault=str(error))
    return Report(recall=loaded.recall, manifest_digest=manifest_digest(loaded.manifest))
