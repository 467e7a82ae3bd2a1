"""Has snapshots inspected by a process of its own, so that the one that answers neither waits for it nor dies of it.

Blocking: run it on a thread. Knows nothing of what is looked at.
"""

import subprocess
import sys
from threading import Lock

from firstlight_server.errors import SnapshotRefusedError
from firstlight_server.inspection.order import Order, Report, manifest_digest
from firstlight_server.settings import Settings
from firstlight_store import Snapshot

_PROGRAM = (sys.executable, "-m", "firstlight_server.inspection.program")


class Inspector:
    """Inspects the snapshots of one tenant, one after the other."""

    def __init__(self, settings: Settings, *, tenant: str) -> None:
        """Takes where the snapshots are, who must have signed them, and what recall they need."""
        self._settings = settings
        self._tenant = tenant
        self._process: subprocess.Popen[str] | None = None
        self._is_closed = False
        self._lock = Lock()

    def inspect(self, snapshot: Snapshot) -> float:
        """The recall@10 of a sound snapshot that the caller holds, but has not read.

        Raises:
            SnapshotRefusedError: it is not sound, or the process that looked at it died of it.
        """
        report = self._report(self._order(snapshot.id))
        if report.reason:
            raise SnapshotRefusedError(report.fault, reason=report.reason)
        if report.manifest_digest != manifest_digest(snapshot.manifest):
            raise SnapshotRefusedError(
                f"snapshot {snapshot.id}: its manifest changed while it was inspected; rebuild it", reason="manifest"
            )
        return report.recall

    def close(self) -> None:
        """Ends what is under way; nothing is inspected afterwards."""
        with self._lock:
            self._is_closed = True
            if self._process is not None:
                self._process.kill()

    def _order(self, snapshot_id: str) -> Order:
        return Order(
            data_dir=str(self._settings.data_dir),
            tenant=self._tenant,
            snapshot_id=snapshot_id,
            public_key=str(self._settings.snapshot_public_key or ""),
            min_recall=self._settings.min_recall,
        )

    def _report(self, order: Order) -> Report:
        with self._lock:
            if self._is_closed:
                raise SnapshotRefusedError("the server is stopping", reason="inspection")
            process = self._process = subprocess.Popen(
                _PROGRAM, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
            )
        with process:
            said, complaints = process.communicate(order.to_json() + "\n")
        try:
            return Report.from_json(said)
        except (ValueError, TypeError) as error:
            last = complaints.strip().rpartition("\n")[2][:500]
            raise SnapshotRefusedError(
                f"snapshot {order.snapshot_id}: the process that inspected it ended with status {process.returncode} "
                f"and no report ({last or 'it said nothing'}); give it memory, or set inspect_apart to false, and "
                "activate the snapshot again",
                reason="inspection",
            ) from error
