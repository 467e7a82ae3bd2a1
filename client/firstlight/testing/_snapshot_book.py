"""The snapshots that a fake server pretends to hold, and which of them answer each tenant. It knows no handlers."""

import threading
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import NamedTuple
from zlib import crc32

import grpc

from firstlight._errors import Failure, Violation
from firstlight._snapshot import Activation, Snapshot
from firstlight.testing._refusal import Refusal, invalid, refuse_unknown


def _plausible(snapshot_id: str, *, parent_id: str, day: int) -> Snapshot:
    return Snapshot(
        id=snapshot_id,
        parent_id=parent_id,
        created_at=datetime(2026, 1, day, 12, tzinfo=UTC),
        encoder_fingerprint="fake",
        item_count=12,
        dimension=385,
        index_type="Flat",
        recall_at_10=1.0,
        domain="fake-grocery",
    )


SNAPSHOTS = (
    _plausible("s-00000000000b", parent_id="s-00000000000a", day=2),
    _plausible("s-00000000000a", parent_id="", day=1),
)
"""Two snapshots, newest first."""


class SnapshotBook:
    """Who is answered by which snapshot; the newest answers at first."""

    def __init__(self, snapshots: Sequence[Snapshot], tenants: Iterable[str]) -> None:
        if not snapshots:
            raise ValueError("snapshots must hold at least one: a fake server always has something to answer with")
        self._snapshots = {snapshot.id: snapshot for snapshot in snapshots}
        self._active = dict.fromkeys(tenants, snapshots[0].id)
        self._canaries: dict[str, Canary] = {}
        self._lock = threading.Lock()

    def active_id(self, tenant: str) -> str:
        """Return the id of the snapshot that answers.

        Raises:
            Refusal: The tenant is unknown.

        """
        try:
            return self._active[tenant]
        except KeyError:
            raise refuse_unknown("tenant", tenant) from None

    def get(self, tenant: str, snapshot_id: str) -> Snapshot:
        """Return a snapshot; an empty id is the active one's.

        Raises:
            Refusal: The tenant or the snapshot is unknown.

        """
        active_id = self.active_id(tenant)
        wanted = snapshot_id or active_id
        if wanted not in self._snapshots:
            raise refuse_unknown("snapshot", wanted)
        canary = self._canaries.get(tenant)
        share = canary.share if canary is not None and canary.snapshot_id == wanted else 0.0
        return replace(self._snapshots[wanted], active=wanted == active_id, canary_share=share)

    def list(self, tenant: str) -> tuple[Snapshot, ...]:
        """Return all snapshots, newest first.

        Raises:
            Refusal: The tenant is unknown.

        """
        return tuple(self.get(tenant, snapshot_id) for snapshot_id in self._snapshots)

    def activate(self, tenant: str, snapshot_id: str) -> Activation:
        """Make another snapshot the one that answers.

        Raises:
            Refusal: The tenant or the snapshot is unknown.

        """
        with self._lock:
            previous_id = self.get(tenant, "").id
            snapshot = self.get(tenant, snapshot_id)
            self._active[tenant] = snapshot.id
            if snapshot.canary_share:
                del self._canaries[tenant]
        return Activation(snapshot=self.get(tenant, snapshot_id), previous_snapshot_id=previous_id)

    def set_canary(self, tenant: str, snapshot_id: str, *, share: float) -> Snapshot | None:
        """Let another snapshot answer a share of users, or nobody where the share is 0.

        Raises:
            Refusal: The tenant or the snapshot is unknown, the snapshot answers everybody, or the share is none.

        """
        if not 0 <= share <= 1:
            raise invalid(Violation("share", f"must be in 0..1, got {share}"))
        with self._lock:
            if not share:
                self.active_id(tenant)
                self._canaries.pop(tenant, None)
                return None
            if self.get(tenant, snapshot_id).active:
                message = f"snapshot {snapshot_id!r} answers everybody"
                raise Refusal(Failure(code=grpc.StatusCode.FAILED_PRECONDITION, message=message))
            self._canaries[tenant] = Canary(snapshot_id, share)
        return self.get(tenant, snapshot_id)

    def answering_id(self, tenant: str, identity: str) -> str:
        """Return the id of the snapshot that answers whoever `identity` names: always the same for one user.

        Raises:
            Refusal: The tenant is unknown.

        """
        active_id, canary = self.active_id(tenant), self._canaries.get(tenant)
        if canary is None or crc32(f"{canary.snapshot_id}/{identity}".encode()) >= canary.share * 2**32:
            return active_id
        return canary.snapshot_id


class Canary(NamedTuple):
    """Which snapshot answers a share of users, in 0..1."""

    snapshot_id: str
    share: float
