"""IndexService on the wire: which snapshots serve, and their change.

Knows nothing of how a snapshot is verified or loaded.
"""

from typing import Any

import grpc.aio
from google.protobuf.timestamp_pb2 import Timestamp

from firstlight.v1 import index_service_pb2 as pb
from firstlight.v1 import index_service_pb2_grpc as pb_grpc
from firstlight_server import validation
from firstlight_server.call import current_call
from firstlight_server.tenant import Tenant
from firstlight_server.tenants import TenantRegistry
from firstlight_store import Manifest

Context = grpc.aio.ServicerContext[Any, Any]


class IndexService(pb_grpc.IndexServiceServicer):
    """Tells which snapshot serves, and changes it. Errors are the interceptor's to translate."""

    def __init__(self, tenants: TenantRegistry) -> None:
        self._tenants = tenants

    async def GetSnapshot(self, request: pb.GetSnapshotRequest, context: Context) -> pb.GetSnapshotResponse:  # noqa: N802 - the API's name
        """The snapshot that answers now, or one named by id."""
        tenant = self._tenants.find(request.tenant)
        manifest = await tenant.manifest(request.snapshot_id) if request.snapshot_id else tenant.live.manifest
        current_call.get().snapshot_id = manifest.snapshot_id
        return pb.GetSnapshotResponse(snapshot=_snapshot(manifest, tenant))

    async def ListSnapshots(self, request: pb.ListSnapshotsRequest, context: Context) -> pb.ListSnapshotsResponse:  # noqa: N802 - the API's name
        """Every complete snapshot on disk, newest first."""
        tenant = self._tenants.find(request.tenant)
        manifests = await tenant.manifests()
        return pb.ListSnapshotsResponse(snapshots=[_snapshot(manifest, tenant) for manifest in manifests])

    async def ActivateSnapshot(  # noqa: N802 - the API's name
        self, request: pb.ActivateSnapshotRequest, context: Context
    ) -> pb.ActivateSnapshotResponse:
        """Makes another snapshot the one that answers."""
        validation.check_activate(request)
        tenant = self._tenants.find(request.tenant)
        previous = await tenant.activate(request.snapshot_id)
        manifest = tenant.live.manifest
        current_call.get().snapshot_id = manifest.snapshot_id
        return pb.ActivateSnapshotResponse(snapshot=_snapshot(manifest, tenant), previous_snapshot_id=previous or "")

    async def SetCanary(self, request: pb.SetCanaryRequest, context: Context) -> pb.SetCanaryResponse:  # noqa: N802 - the API's name
        """Lets another snapshot answer a share of users, or nobody."""
        validation.check_canary(request)
        tenant = self._tenants.find(request.tenant)
        if not request.share:
            await tenant.clear_canary()
            return pb.SetCanaryResponse()
        await tenant.set_canary(request.snapshot_id, request.share)
        current_call.get().snapshot_id = request.snapshot_id
        return pb.SetCanaryResponse(snapshot=_snapshot(await tenant.manifest(request.snapshot_id), tenant))


def _snapshot(manifest: Manifest, tenant: Tenant) -> pb.Snapshot:
    created_at = Timestamp()
    created_at.FromDatetime(manifest.created_at)
    facts, canary = manifest.facts, tenant.canary
    return pb.Snapshot(
        id=manifest.snapshot_id,
        parent_id=manifest.parent_id or "",
        created_at=created_at,
        encoder_fingerprint=facts.encoder_fingerprint,
        item_count=facts.item_count,
        dimension=facts.dimension,
        index_type=str(facts.index.get("kind", "")),
        recall_at_10=float(facts.index.get("recall_at_10", 0.0)),
        active=manifest.snapshot_id == tenant.live_id,
        domain=facts.domain,
        canary_share=canary.share if canary and canary.snapshot_id == manifest.snapshot_id else 0.0,
    )
