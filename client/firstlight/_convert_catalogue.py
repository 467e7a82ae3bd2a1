"""Between dataclasses and the messages of CatalogueService: what `_convert` is to the other services.

It does not check anything (the dataclasses have) and does not call anything.
"""

from collections.abc import Sequence

from firstlight._catalogue_item import CatalogueItem, DeletedItems, Tag, TaggedItem, TaggedItems, UpsertedItems
from firstlight._convert import request_warning
from firstlight.v1 import catalogue_service_pb2 as pb


def upsert_request(items: Sequence[CatalogueItem], *, tenant: str, request_id: str) -> pb.UpsertItemsRequest:
    """Return the message that asks for items to be added or replaced."""
    return pb.UpsertItemsRequest(tenant=tenant, items=[_message(item) for item in items], request_id=request_id)


def delete_request(item_ids: Sequence[str], *, tenant: str, request_id: str) -> pb.DeleteItemsRequest:
    """Return the message that asks for items to be removed."""
    return pb.DeleteItemsRequest(tenant=tenant, item_ids=item_ids, request_id=request_id)


def tag_request(  # each is a keyword
    tags: Sequence[str],
    *,
    item_ids: Sequence[str],
    items: Sequence[CatalogueItem],
    min_confidence: float | None,
    tenant: str,
    request_id: str,
) -> pb.TagItemsRequest:
    """Return the message that asks which tags fit items."""
    return pb.TagItemsRequest(
        tenant=tenant,
        item_ids=item_ids,
        items=[_message(item) for item in items],
        tags=tags,
        min_confidence=min_confidence,
        request_id=request_id,
    )


def upserted(reply: pb.UpsertItemsResponse) -> UpsertedItems:
    """Return what became of added items."""
    return UpsertedItems(
        added_count=reply.added_count, replaced_count=reply.replaced_count, request_id=reply.request_id
    )


def deleted(reply: pb.DeleteItemsResponse) -> DeletedItems:
    """Return what became of removed items."""
    warnings = tuple(request_warning(each) for each in reply.warnings)
    return DeletedItems(deleted_count=reply.deleted_count, warnings=warnings, request_id=reply.request_id)


def tagged(reply: pb.TagItemsResponse) -> TaggedItems:
    """Return which tags fit."""
    return TaggedItems(
        items=tuple(
            TaggedItem(
                item_id=each.item_id,
                tags=tuple(Tag(name=tag.name, confidence=tag.confidence) for tag in each.tags),
            )
            for each in reply.items
        ),
        warnings=tuple(request_warning(each) for each in reply.warnings),
        snapshot_id=reply.snapshot_id,
        request_id=reply.request_id,
    )


def _message(item: CatalogueItem) -> pb.CatalogueItem:
    return pb.CatalogueItem(
        item_id=item.item_id,
        title=item.title,
        description=item.description,
        category=item.category,
        brand=item.brand,
        price=item.price,
        unavailable=not item.available,
        attributes=item.attributes,
    )
