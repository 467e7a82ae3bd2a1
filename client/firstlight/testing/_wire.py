"""The server's side of `firstlight._convert`: requests to dataclasses, answers to messages.

The only file of `firstlight.testing` that touches the fields of `firstlight.v1`. It does not decide anything.
"""

from collections.abc import Iterable

from firstlight._convert import REASON_KINDS, RUNGS, SOURCES, WARNING_CODES
from firstlight._convert_feedback import event
from firstlight._declaration import Declaration
from firstlight._enums import Interest, ReasonKind, Rung, Source, WarningCode
from firstlight._filter import Filter
from firstlight._query import Query
from firstlight._recommendation import Reason, Recommendation, RecommendedItem, RequestWarning
from firstlight._snapshot import Activation, Snapshot
from firstlight.v1 import index_service_pb2 as index_pb
from firstlight.v1 import recommendation_service_pb2 as recommendation_pb
from firstlight.v1 import types_pb2 as types_pb

_SOURCES: "dict[Source, types_pb.Source.ValueType]" = {source: number for number, source in SOURCES.items()}
_KINDS: "dict[ReasonKind, types_pb.ReasonKind.ValueType]" = {kind: number for number, kind in REASON_KINDS.items()}
_CODES: "dict[WarningCode, types_pb.WarningCode.ValueType]" = {code: number for number, code in WARNING_CODES.items()}
_RUNGS: "dict[Rung, types_pb.Rung.ValueType]" = {rung: number for number, rung in RUNGS.items()}


def query(request: recommendation_pb.RecommendRequest) -> Query:
    """Return what a request asks."""
    return Query(
        events=[event(each) for each in request.events],
        declarations=[_declaration(each) for each in request.declarations],
        page_size=request.page_size or None,
        exclude=request.exclude_item_ids,
        filter=_filter(request.filter) if request.HasField("filter") else None,
        want_reasons=request.want_reasons,
        include_seen=request.include_seen,
        exploit_only=request.exploit_only,
        user_id=request.user_id or None,
        request_id=request.request_id or None,
        unrecorded=request.unrecorded,
    )


def similar_query(request: recommendation_pb.SimilarItemsRequest) -> Query:
    """Return the page size, exclusions and filter of a request for neighbours."""
    return Query(
        page_size=request.page_size or None,
        exclude=request.exclude_item_ids,
        filter=_filter(request.filter) if request.HasField("filter") else None,
        request_id=request.request_id or None,
    )


def recommend_response(answer: Recommendation) -> recommendation_pb.RecommendResponse:
    """Return the message that gives an answer about one user."""
    return recommendation_pb.RecommendResponse(
        items=[_item(each) for each in answer.items],
        warnings=[warning_message(each) for each in answer.warnings],
        snapshot_id=answer.snapshot_id,
        request_id=answer.request_id,
        confidence=answer.confidence,
        rung=_RUNGS.get(answer.rung, types_pb.RUNG_UNSPECIFIED),
        arm=answer.arm,
        policy=answer.policy,
        stored_event_count=answer.stored_event_count,
        drift_detected=answer.drift_detected,
        reasons_method=answer.reasons_method,
    )


def similar_items_response(answer: Recommendation) -> recommendation_pb.SimilarItemsResponse:
    """Return the message that gives an answer about one item."""
    return recommendation_pb.SimilarItemsResponse(
        items=[_item(each) for each in answer.items],
        warnings=[warning_message(each) for each in answer.warnings],
        snapshot_id=answer.snapshot_id,
        request_id=answer.request_id,
    )


def batch_recommend_response(answers: Iterable[Recommendation]) -> recommendation_pb.BatchRecommendResponse:
    """Return the message that gives the answers about many users."""
    return recommendation_pb.BatchRecommendResponse(responses=[recommend_response(answer) for answer in answers])


def get_snapshot_response(held: Snapshot) -> index_pb.GetSnapshotResponse:
    """Return the message that describes one snapshot."""
    return index_pb.GetSnapshotResponse(snapshot=_snapshot(held))


def list_snapshots_response(held: Iterable[Snapshot]) -> index_pb.ListSnapshotsResponse:
    """Return the message that describes all snapshots."""
    return index_pb.ListSnapshotsResponse(snapshots=[_snapshot(each) for each in held])


def activate_snapshot_response(done: Activation) -> index_pb.ActivateSnapshotResponse:
    """Return the message that tells the outcome of an activation."""
    snapshot = _snapshot(done.snapshot)
    return index_pb.ActivateSnapshotResponse(snapshot=snapshot, previous_snapshot_id=done.previous_snapshot_id)


def set_canary_response(canary: Snapshot | None) -> index_pb.SetCanaryResponse:
    """Return the message that tells which snapshot answers a share of users, if any."""
    return index_pb.SetCanaryResponse(snapshot=None if canary is None else _snapshot(canary))


def _snapshot(held: Snapshot) -> index_pb.Snapshot:
    message = index_pb.Snapshot(
        id=held.id,
        parent_id=held.parent_id,
        encoder_fingerprint=held.encoder_fingerprint,
        item_count=held.item_count,
        dimension=held.dimension,
        index_type=held.index_type,
        recall_at_10=held.recall_at_10,
        active=held.active,
        domain=held.domain,
        canary_share=held.canary_share,
    )
    if held.created_at is not None:
        message.created_at.FromDatetime(held.created_at)
    return message


def _declaration(message: types_pb.Declaration) -> Declaration:
    weight = message.weight if message.HasField("weight") else None
    match message.WhichOneof("interest"):
        case "category":
            return Declaration(Interest.CATEGORY, message.category, weight=weight)
        case "brand":
            return Declaration(Interest.BRAND, message.brand, weight=weight)
        case "text" | None:
            return Declaration(Interest.TEXT, message.text, weight=weight)


def _filter(message: types_pb.Filter) -> Filter:
    return Filter(
        categories=message.categories,
        brands=message.brands,
        min_price=message.min_price if message.HasField("min_price") else None,
        max_price=message.max_price if message.HasField("max_price") else None,
        include_unavailable=message.include_unavailable,
        attributes={each.key: tuple(each.values) for each in message.attributes},
    )


def _item(item: RecommendedItem) -> types_pb.RecommendedItem:
    return types_pb.RecommendedItem(
        item_id=item.item_id,
        title=item.title,
        score=item.score,
        source=_SOURCES.get(item.source, types_pb.SOURCE_UNSPECIFIED),
        reasons=[_reason(each) for each in item.reasons],
        category=item.category,
        brand=item.brand,
        price=item.price,
        propensity=item.propensity,
        explored=item.explored,
    )


def _reason(reason: Reason) -> types_pb.Reason:
    kind = _KINDS.get(reason.kind, types_pb.REASON_KIND_UNSPECIFIED)
    return types_pb.Reason(
        kind=kind,
        index=reason.index,
        share=reason.share,
        text=reason.text,
        event_id=reason.event_id,
        rule=reason.rule,
        rank_without=reason.rank_without,
    )


def warning_message(warning: RequestWarning) -> types_pb.Warning:
    """Return the message that warns of something."""
    code = _CODES.get(warning.code, types_pb.WARNING_CODE_UNSPECIFIED)
    return types_pb.Warning(code=code, field=warning.field, message=warning.message)
