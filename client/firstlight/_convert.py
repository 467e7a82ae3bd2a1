"""Between dataclasses and messages: the only file of the SDK that touches the fields of `firstlight.v1`.

It does not check anything (the dataclasses have) and does not call anything.
"""

from datetime import UTC, datetime
from typing import TypedDict

from google.protobuf.timestamp_pb2 import Timestamp

from firstlight._declaration import Declaration
from firstlight._enums import EventType, Interest, ReasonKind, Rung, Source, WarningCode
from firstlight._event import Event
from firstlight._filter import Filter
from firstlight._query import Query
from firstlight._recommendation import Reason, Recommendation, RecommendedItem, RequestWarning
from firstlight._snapshot import Activation, Snapshot
from firstlight.v1 import index_service_pb2 as index_pb
from firstlight.v1 import recommendation_service_pb2 as recommendation_pb
from firstlight.v1 import types_pb2 as types_pb

EVENT_TYPES = {each: types_pb.EventType.Value(f"EVENT_TYPE_{each.name}") for each in EventType}
# Sources, kinds and codes of a newer service read as UNKNOWN: proto3's enums are open.
SOURCES: "dict[types_pb.Source.ValueType, Source]" = {
    types_pb.Source.Value(f"SOURCE_{each.name}"): each for each in Source if each is not Source.UNKNOWN
}
REASON_KINDS: "dict[types_pb.ReasonKind.ValueType, ReasonKind]" = {
    types_pb.ReasonKind.Value(f"REASON_KIND_{each.name}"): each for each in ReasonKind if each is not ReasonKind.UNKNOWN
}
WARNING_CODES: "dict[types_pb.WarningCode.ValueType, WarningCode]" = {
    types_pb.WarningCode.Value(f"WARNING_CODE_{each.name}"): each
    for each in WarningCode
    if each is not WarningCode.UNKNOWN
}
RUNGS: "dict[types_pb.Rung.ValueType, Rung]" = {
    types_pb.Rung.Value(f"RUNG_{each.name}"): each for each in Rung if each is not Rung.UNKNOWN
}


def recommend_request(query: Query, *, tenant: str, request_id: str) -> recommendation_pb.RecommendRequest:
    """Return the message that asks `query`; `request_id` stands in where the query names none."""
    return recommendation_pb.RecommendRequest(
        tenant=tenant,
        events=[_event(each) for each in query.events],
        declarations=[_declaration(each) for each in query.interests],
        page_size=query.page_size or 0,
        exclude_item_ids=query.exclude,
        filter=_filter(query.filter),
        want_reasons=query.want_reasons,
        request_id=query.request_id or request_id,
        include_seen=query.include_seen,
        user_id=query.user_id or "",
        exploit_only=query.exploit_only,
        unrecorded=query.unrecorded,
        language=query.language or "",
        want_counterfactuals=query.want_counterfactuals,
    )


def batch_request(
    queries: tuple[Query, ...], *, tenant: str, request_id: str
) -> recommendation_pb.BatchRecommendRequest:
    """Return the message that asks all `queries`; those without an id get `request_id` and their place."""
    requests = [
        recommend_request(query, tenant=tenant, request_id=f"{request_id}-{place}")
        for place, query in enumerate(queries)
    ]
    return recommendation_pb.BatchRecommendRequest(tenant=tenant, requests=requests)


def similar_items_request(
    item_id: str, *, query: Query, tenant: str, request_id: str
) -> recommendation_pb.SimilarItemsRequest:
    """Return the message that asks for an item's neighbours, with the query's page size, exclusions and filter."""
    return recommendation_pb.SimilarItemsRequest(
        tenant=tenant,
        item_id=item_id,
        page_size=query.page_size or 0,
        exclude_item_ids=query.exclude,
        filter=_filter(query.filter),
        request_id=query.request_id or request_id,
    )


def get_snapshot_request(snapshot_id: str, *, tenant: str) -> index_pb.GetSnapshotRequest:
    """Return the message that asks for a snapshot; an empty id asks for the active one."""
    return index_pb.GetSnapshotRequest(tenant=tenant, snapshot_id=snapshot_id)


def list_snapshots_request(*, tenant: str) -> index_pb.ListSnapshotsRequest:
    """Return the message that asks for all snapshots."""
    return index_pb.ListSnapshotsRequest(tenant=tenant)


def activate_snapshot_request(snapshot_id: str, *, tenant: str) -> index_pb.ActivateSnapshotRequest:
    """Return the message that asks for another snapshot to answer."""
    return index_pb.ActivateSnapshotRequest(tenant=tenant, snapshot_id=snapshot_id)


def set_canary_request(snapshot_id: str, *, share: float, tenant: str) -> index_pb.SetCanaryRequest:
    """Return the message that asks for a canary; a share of 0 asks for none."""
    return index_pb.SetCanaryRequest(tenant=tenant, snapshot_id=snapshot_id, share=share)


def recommendation(
    reply: recommendation_pb.RecommendResponse | recommendation_pb.SimilarItemsResponse,
) -> Recommendation:
    """Return what a reply says about one user, or about an item's neighbours."""
    return Recommendation(
        items=tuple(_item(each) for each in reply.items),
        warnings=tuple(request_warning(each) for each in reply.warnings),
        snapshot_id=reply.snapshot_id,
        request_id=reply.request_id,
        confidence=_confidence(reply),
        rung=_rung(reply),
        **_of_user(reply),
    )


def recommendations(reply: recommendation_pb.BatchRecommendResponse) -> tuple[Recommendation, ...]:
    """Return what a reply says about many users, in the order of the requests."""
    return tuple(recommendation(each) for each in reply.responses)


def snapshot(message: index_pb.Snapshot) -> Snapshot:
    """Return what a message says about a snapshot."""
    return Snapshot(
        id=message.id,
        parent_id=message.parent_id,
        created_at=_datetime(message.created_at) if message.HasField("created_at") else None,
        encoder_fingerprint=message.encoder_fingerprint,
        item_count=message.item_count,
        dimension=message.dimension,
        index_type=message.index_type,
        recall_at_10=message.recall_at_10,
        active=message.active,
        domain=message.domain,
        canary_share=message.canary_share,
    )


def snapshots(reply: index_pb.ListSnapshotsResponse) -> tuple[Snapshot, ...]:
    """Return the snapshots that a reply lists, newest first."""
    return tuple(snapshot(each) for each in reply.snapshots)


def activation(reply: index_pb.ActivateSnapshotResponse) -> Activation:
    """Return which snapshot answers now, and which did before."""
    return Activation(snapshot=snapshot(reply.snapshot), previous_snapshot_id=reply.previous_snapshot_id)


def _confidence(
    reply: recommendation_pb.RecommendResponse | recommendation_pb.SimilarItemsResponse,
) -> float | None:
    if isinstance(reply, recommendation_pb.RecommendResponse) and reply.HasField("confidence"):
        return reply.confidence
    return None


class _OfUser(TypedDict, total=False):
    """What only an answer about a user holds."""

    arm: str
    policy: str
    stored_event_count: int
    drift_detected: bool
    reasons_method: str


def _of_user(reply: recommendation_pb.RecommendResponse | recommendation_pb.SimilarItemsResponse) -> _OfUser:
    if not isinstance(reply, recommendation_pb.RecommendResponse):
        return {}
    return {
        "arm": reply.arm,
        "policy": reply.policy,
        "stored_event_count": reply.stored_event_count,
        "drift_detected": reply.drift_detected,
        "reasons_method": reply.reasons_method,
    }


def _rung(reply: recommendation_pb.RecommendResponse | recommendation_pb.SimilarItemsResponse) -> Rung:
    if isinstance(reply, recommendation_pb.RecommendResponse):
        return RUNGS.get(reply.rung, Rung.UNKNOWN)
    return Rung.UNKNOWN


def _event(event: Event) -> types_pb.Event:
    return types_pb.Event(
        item_id=event.item_id,
        type=EVENT_TYPES[event.type],
        timestamp=None if event.timestamp is None else _timestamp(event.timestamp),
        weight=event.weight,
        text=event.text,
    )


def _declaration(declaration: Declaration) -> types_pb.Declaration:
    match declaration.kind:
        case Interest.CATEGORY:
            return types_pb.Declaration(category=declaration.value, weight=declaration.weight)
        case Interest.BRAND:
            return types_pb.Declaration(brand=declaration.value, weight=declaration.weight)
        case Interest.TEXT:
            return types_pb.Declaration(text=declaration.value, weight=declaration.weight)


def _filter(condition: Filter | None) -> types_pb.Filter | None:
    if condition is None:
        return None
    return types_pb.Filter(
        categories=condition.categories,
        brands=condition.brands,
        min_price=condition.min_price,
        max_price=condition.max_price,
        include_unavailable=condition.include_unavailable,
        attributes=[types_pb.AttributeFilter(key=key, values=values) for key, values in condition.attributes.items()],
    )


def _item(message: types_pb.RecommendedItem) -> RecommendedItem:
    return RecommendedItem(
        item_id=message.item_id,
        title=message.title,
        score=message.score,
        source=SOURCES.get(message.source, Source.UNKNOWN),
        reasons=tuple(_reason(each) for each in message.reasons),
        category=tuple(message.category),
        brand=message.brand,
        price=message.price if message.HasField("price") else None,
        propensity=message.propensity if message.HasField("propensity") else 1.0,
        explored=message.explored,
    )


def _reason(message: types_pb.Reason) -> Reason:
    kind = REASON_KINDS.get(message.kind, ReasonKind.UNKNOWN)
    return Reason(
        kind=kind,
        index=message.index,
        share=message.share,
        text=message.text,
        event_id=message.event_id,
        rule=message.rule,
        rank_without=message.rank_without if message.HasField("rank_without") else None,
    )


def request_warning(message: types_pb.Warning) -> RequestWarning:
    """Return what a message says was odd in a request."""
    code = WARNING_CODES.get(message.code, WarningCode.UNKNOWN)
    return RequestWarning(code=code, field=message.field, message=message.message)


def _timestamp(moment: datetime) -> Timestamp:
    timestamp = Timestamp()
    timestamp.FromDatetime(moment)
    return timestamp


def _datetime(timestamp: Timestamp) -> datetime:
    return timestamp.ToDatetime(tzinfo=UTC)
