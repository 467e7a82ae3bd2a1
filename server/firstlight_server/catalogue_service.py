"""CatalogueService on the wire: check, translate, call, translate. No arithmetic.

Knows nothing of how a catalogue changes.
"""

from typing import Any

import grpc.aio

from firstlight.v1 import catalogue_service_pb2 as pb
from firstlight.v1 import catalogue_service_pb2_grpc as pb_grpc
from firstlight_server.call import current_call
from firstlight_server.catalogue import catalogue_door, catalogue_words
from firstlight_server.catalogue.catalogue import Catalogue
from firstlight_server.tenants import TenantRegistry

Context = grpc.aio.ServicerContext[Any, Any]


class CatalogueService(pb_grpc.CatalogueServiceServicer):
    """Changes what may be recommended, between two builds. Errors are the interceptor's to translate."""

    def __init__(self, tenants: TenantRegistry, catalogue: Catalogue) -> None:
        self._tenants = tenants
        self._catalogue = catalogue

    async def UpsertItems(self, request: pb.UpsertItemsRequest, context: Context) -> pb.UpsertItemsResponse:  # noqa: N802 - the API's name
        """Adds items, or replaces those of the same ids."""
        call, tenant = current_call.get(), self._tenants.find(request.tenant)
        catalogue_door.check_upsert(request)
        items = [catalogue_words.changed_item(item) for item in request.items]
        done = await self._catalogue.upsert(tenant, items, deadline=call.deadline)
        return pb.UpsertItemsResponse(added_count=done.added, replaced_count=done.replaced, request_id=call.request_id)

    async def DeleteItems(self, request: pb.DeleteItemsRequest, context: Context) -> pb.DeleteItemsResponse:  # noqa: N802 - the API's name
        """Removes items."""
        call, tenant = current_call.get(), self._tenants.find(request.tenant)
        catalogue_door.check_delete(request)
        done = await self._catalogue.delete(tenant, request.item_ids)
        return pb.DeleteItemsResponse(
            deleted_count=done.count,
            warnings=[catalogue_words.unknown_item(place, request.item_ids[place]) for place in done.unknown],
            request_id=call.request_id,
        )
