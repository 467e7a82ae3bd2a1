"""CatalogueService on the wire: check, translate, call, translate. No arithmetic.

Knows nothing of how a catalogue changes.
"""

from typing import Any

import grpc.aio

from firstlight.v1 import catalogue_service_pb2 as pb
from firstlight.v1 import catalogue_service_pb2_grpc as pb_grpc
from firstlight_server.call import current_call
from firstlight_server.catalogue import catalogue_door, catalogue_words
from firstlight_server.catalogue.changing import Changing
from firstlight_server.catalogue.item_words import item_words, row_words
from firstlight_server.tenants import TenantRegistry

Context = grpc.aio.ServicerContext[Any, Any]


class CatalogueService(pb_grpc.CatalogueServiceServicer):
    """Changes what may be recommended, between two builds. Errors are the interceptor's to translate."""

    def __init__(self, tenants: TenantRegistry, changing: Changing) -> None:
        self._tenants = tenants
        self._catalogue, self._follower, self._tagging = changing.catalogue, changing.follower, changing.tagging

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

    async def TagItems(self, request: pb.TagItemsRequest, context: Context) -> pb.TagItemsResponse:  # noqa: N802 - the API's name
        """Says which tags fit items of the catalogue, and items sent in the call."""
        call, tenant = current_call.get(), self._tenants.find(request.tenant)
        catalogue_door.check_tag(request)
        await self._follower.caught_up()
        answering = tenant.answering(call.request_id)
        call.snapshot_id = answering.id
        known = [(item_id, answering.parts.items.row(item_id)) for item_id in request.item_ids]
        shelves = tenant.catalogue.shelves(tenant.live)
        texts = {item_id: row_words(answering.parts.items, row, shelves) for item_id, row in known if row is not None}
        asked = list(texts.items())
        asked += [(item.item_id, item_words(catalogue_words.changed_item(item), shelves)) for item in request.items]
        found = await self._tagging.tag(
            answering,
            [text for _, text in asked],
            list(request.tags),
            least=request.min_confidence if request.HasField("min_confidence") else None,
            deadline=call.deadline,
        )
        return pb.TagItemsResponse(
            items=[catalogue_words.tagged_item(item_id, tags) for (item_id, _), tags in zip(asked, found, strict=True)],
            warnings=[
                catalogue_words.unknown_item(place, item_id)
                for place, (item_id, row) in enumerate(known)
                if row is None
            ],
            snapshot_id=answering.id,
            request_id=call.request_id,
        )
