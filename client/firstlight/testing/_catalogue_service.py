"""CatalogueService of a fake server: changes the items that its recommendations come from, and tags by shared words."""
# ruff: noqa: N802  # gRPC's generated code names the methods

from collections.abc import Iterable, Iterator, Sequence

import grpc

from firstlight._errors import Violation
from firstlight.testing._catalogue import FakeItem
from firstlight.testing._desk import Desk, tenant_or_default
from firstlight.testing._received import Received
from firstlight.testing._refusal import invalid
from firstlight.testing._snapshot_book import SnapshotBook
from firstlight.v1 import catalogue_service_pb2 as pb
from firstlight.v1 import types_pb2
from firstlight.v1.catalogue_service_pb2_grpc import CatalogueServiceServicer

MAX_ITEMS, MAX_TAGS = 1_000, 100
_DEFAULT_CONFIDENCE = 0.5


class FakeCatalogueService(CatalogueServiceServicer):
    """Adds, replaces and removes items, durable until the server stops; all tenants share them."""

    def __init__(self, desk: Desk, book: SnapshotBook, catalogue: list[FakeItem]) -> None:
        self._desk = desk
        self._book = book
        self._catalogue = catalogue

    def UpsertItems(self, request: pb.UpsertItemsRequest, context: grpc.ServicerContext) -> pb.UpsertItemsResponse:
        """Add items, or replace those of the same ids; new ones are the least popular."""
        tenant = tenant_or_default(request.tenant)

        def answer() -> pb.UpsertItemsResponse:
            _require("items", request.items, MAX_ITEMS)
            self._book.answering_id(tenant, request.request_id)
            changed = {item.item_id: _item(item) for item in request.items}
            known = {item.item_id for item in self._catalogue} & set(changed)
            kept = [changed.pop(item.item_id, item) for item in self._catalogue]
            self._catalogue[:] = [*kept, *changed.values()]
            return pb.UpsertItemsResponse(
                added_count=len(changed), replaced_count=len(known), request_id=request.request_id
            )

        return self._desk.serve(Received(method="UpsertItems", tenant=tenant), context, answer)

    def DeleteItems(self, request: pb.DeleteItemsRequest, context: grpc.ServicerContext) -> pb.DeleteItemsResponse:
        """Remove items."""
        tenant = tenant_or_default(request.tenant)

        def answer() -> pb.DeleteItemsResponse:
            _require("item_ids", request.item_ids, MAX_ITEMS)
            self._book.answering_id(tenant, request.request_id)
            known = {item.item_id for item in self._catalogue}
            gone = known & set(request.item_ids)
            self._catalogue[:] = [item for item in self._catalogue if item.item_id not in gone]
            return pb.DeleteItemsResponse(
                deleted_count=len(gone), warnings=_unknown(request.item_ids, known), request_id=request.request_id
            )

        return self._desk.serve(Received(method="DeleteItems", tenant=tenant), context, answer)

    def TagItems(self, request: pb.TagItemsRequest, context: grpc.ServicerContext) -> pb.TagItemsResponse:
        """Tag items by the share of a tag's words that their texts hold."""
        tenant = tenant_or_default(request.tenant)

        def answer() -> pb.TagItemsResponse:
            _require("items", [*request.item_ids, *request.items], MAX_ITEMS)
            _require("tags", request.tags, MAX_TAGS)
            known = {item.item_id: item for item in self._catalogue}
            asked = [known[item_id] for item_id in request.item_ids if item_id in known]
            least = request.min_confidence if request.HasField("min_confidence") else _DEFAULT_CONFIDENCE
            return pb.TagItemsResponse(
                items=[_tagged(item, request.tags, least) for item in [*asked, *map(_item, request.items)]],
                warnings=_unknown(request.item_ids, known),
                snapshot_id=self._book.answering_id(tenant, request.request_id),
                request_id=request.request_id,
            )

        return self._desk.serve(Received(method="TagItems", tenant=tenant), context, answer)


def _item(item: pb.CatalogueItem) -> FakeItem:
    return FakeItem(
        item.item_id,
        item.title,
        tuple(item.category),
        item.brand,
        item.price if item.HasField("price") else None,
        available=not item.unavailable,
        attributes=dict(item.attributes),
    )


def _tagged(item: FakeItem, tags: Iterable[str], least: float) -> pb.TaggedItem:
    found = [pb.Tag(name=tag, confidence=item.matches(tag)) for tag in tags]
    fitting = sorted((tag for tag in found if tag.confidence >= least), key=lambda tag: -tag.confidence)
    return pb.TaggedItem(item_id=item.item_id, tags=fitting)


def _unknown(item_ids: Sequence[str], known: Iterable[str]) -> Iterator[types_pb2.Warning]:
    there = set(known)
    for place, item_id in enumerate(item_ids):
        if item_id not in there:
            yield types_pb2.Warning(
                code=types_pb2.WARNING_CODE_UNKNOWN_ITEM,
                field=f"item_ids[{place}]",
                message=f"{item_id!r} is not in the catalogue; it was ignored",
            )


def _require(field: str, members: Sequence[object], most: int) -> None:
    if not 1 <= len(members) <= most:
        raise invalid(Violation(field, f"must hold 1..{most:,}, got {len(members):,}"))
