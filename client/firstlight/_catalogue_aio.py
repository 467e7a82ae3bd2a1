"""The calls of CatalogueService for asyncio: each method translates, calls and translates back.

It does not know the fields of a message, nor what a status means.
"""

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from firstlight import _arguments, _convert_catalogue
from firstlight._async_caller import AsyncCaller
from firstlight._catalogue_item import CatalogueItem, DeletedItems, TaggedItems, UpsertedItems
from firstlight.v1.catalogue_service_pb2_grpc import CatalogueServiceStub

if TYPE_CHECKING:
    from firstlight.v1.catalogue_service_pb2_grpc import CatalogueServiceAsyncStub


class AsyncCatalogueCalls(AsyncCaller):
    """What an asynchronous client can do with the catalogue."""

    @cached_property
    def _catalogue(self) -> "CatalogueServiceAsyncStub":
        return CatalogueServiceStub(self._channel)

    async def upsert_items(
        self,
        items: Sequence[CatalogueItem],
        *,
        request_id: str | None = None,
        tenant: str | None = None,
        timeout_s: float | None = None,
    ) -> UpsertedItems:
        """Add items to the catalogue, or replace those of the same ids; sending the same again changes nothing.

        Their texts are encoded on the spot, some milliseconds each: give many a generous `timeout_s`.

        Args:
            items: The items, 1 to 1,000 of different ids.
            request_id: The caller's id for this call; made here if None.
            tenant: The tenant; the client's if None.
            timeout_s: The deadline in seconds; the client's if None.

        Raises:
            InvalidRequest: The service found a malformed value; one fails all.
            FailedPrecondition: The snapshot that answers carries no text encoder.
            Overloaded: More of the catalogue was changed than may be before the next build.
            Unavailable: The items could not be stored; nothing has changed.
            CallFailed: Any other failure.

        """
        members = _arguments.instances("items", items, CatalogueItem)
        call = self._begin("UpsertItems", tenant=tenant, timeout_s=timeout_s, request_id=request_id)
        request = _convert_catalogue.upsert_request(members, tenant=call.tenant, request_id=call.request_id)
        return _convert_catalogue.upserted(await self._send(self._catalogue.UpsertItems, request, call))

    async def delete_items(
        self,
        item_ids: Sequence[str],
        *,
        request_id: str | None = None,
        tenant: str | None = None,
        timeout_s: float | None = None,
    ) -> DeletedItems:
        """Remove items from the catalogue; unknown ids are told in the warnings.

        Args:
            item_ids: Their ids, 1 to 1,000.
            request_id: The caller's id for this call; made here if None.
            tenant: The tenant; the client's if None.
            timeout_s: The deadline in seconds; the client's if None.

        Raises:
            InvalidRequest: The service found a malformed value; one fails all.
            Overloaded: More of the catalogue was changed than may be before the next build.
            Unavailable: The removal could not be stored; nothing has changed.
            CallFailed: Any other failure.

        """
        ids = _arguments.texts("item_ids", item_ids)
        call = self._begin("DeleteItems", tenant=tenant, timeout_s=timeout_s, request_id=request_id)
        request = _convert_catalogue.delete_request(ids, tenant=call.tenant, request_id=call.request_id)
        return _convert_catalogue.deleted(await self._send(self._catalogue.DeleteItems, request, call))

    async def tag_items(  # noqa: PLR0913  # each is a keyword with a default
        self,
        tags: Sequence[str],
        *,
        item_ids: Sequence[str] = (),
        items: Sequence[CatalogueItem] = (),
        min_confidence: float | None = None,
        request_id: str | None = None,
        tenant: str | None = None,
        timeout_s: float | None = None,
    ) -> TaggedItems:
        """Say which tags fit items, without any training: tags are read as text.

        Args:
            tags: The tags, 1 to 100: "gift for children", "waterproof".
            item_ids: Items of the catalogue. With `items`, 1 to 1,000 together.
            items: Items that need not be in the catalogue.
            min_confidence: The least confidence returned, in 0..1; if None, what the service found best.
            request_id: The caller's id for this call; made here if None.
            tenant: The tenant; the client's if None.
            timeout_s: The deadline in seconds; the client's if None.

        Raises:
            InvalidRequest: The service found a malformed value; one fails all.
            FailedPrecondition: The snapshot that answers carries no text encoder.
            CallFailed: Any other failure.

        """
        least = None if min_confidence is None else _arguments.number("min_confidence", min_confidence)
        call = self._begin("TagItems", tenant=tenant, timeout_s=timeout_s, request_id=request_id)
        request = _convert_catalogue.tag_request(
            _arguments.texts("tags", tags),
            item_ids=_arguments.texts("item_ids", item_ids),
            items=_arguments.instances("items", items, CatalogueItem),
            min_confidence=least,
            tenant=call.tenant,
            request_id=call.request_id,
        )
        return _convert_catalogue.tagged(await self._send(self._catalogue.TagItems, request, call))
