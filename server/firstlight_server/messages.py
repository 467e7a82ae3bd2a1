"""Translates between the API's messages and the server's nouns; the only file that touches their fields.

Expects validated messages. Knows nothing of snapshots or vectors.
"""

from collections.abc import Mapping
from functools import lru_cache

from firstlight.v1 import recommendation_service_pb2 as pb
from firstlight.v1 import types_pb2
from firstlight_encoder.tokens import TokenType
from firstlight_server import limits
from firstlight_server.answer import Answer, Item, Notice, Reason, Source
from firstlight_server.degradation.rung import Rung
from firstlight_server.query import Declaration, Event, InterestKind, RecommendQuery, Scope, SimilarQuery
from firstlight_store import EVERYTHING, AttributeCondition, ItemFilter

_TOKEN_TYPES: Mapping[int, TokenType] = {
    types_pb2.EVENT_TYPE_UNSPECIFIED: TokenType.VIEW,
    types_pb2.EVENT_TYPE_VIEW: TokenType.VIEW,
    types_pb2.EVENT_TYPE_CART: TokenType.CART,
    types_pb2.EVENT_TYPE_PURCHASE: TokenType.PURCHASE,
    types_pb2.EVENT_TYPE_FAVORITE: TokenType.FAVORITE,
    types_pb2.EVENT_TYPE_REMOVE_FROM_CART: TokenType.REMOVE_FROM_CART,
    types_pb2.EVENT_TYPE_DISLIKE: TokenType.DISLIKE,
    types_pb2.EVENT_TYPE_RATING: TokenType.RATING,
}


_RUNGS: Mapping[Rung, types_pb2.Rung.ValueType] = {rung: types_pb2.Rung.Value(f"RUNG_{rung.name}") for rung in Rung}

_SOURCES: Mapping[Source, types_pb2.Source.ValueType] = {
    source: types_pb2.Source.Value(f"SOURCE_{source.name}") for source in Source
}


def recommend_query(request: pb.RecommendRequest) -> RecommendQuery:
    """The question a RecommendRequest asks."""
    return RecommendQuery(
        events=tuple(_event(event) for event in request.events),
        declarations=tuple(_declaration(declaration) for declaration in request.declarations),
        scope=_scope(request),
        want_reasons=request.want_reasons,
        include_seen=request.include_seen,
        user_id=request.user_id,
        exploit_only=request.exploit_only,
        unrecorded=request.unrecorded,
        language=request.language,
        want_counterfactuals=request.want_counterfactuals,
    )


def similar_query(request: pb.SimilarItemsRequest) -> SimilarQuery:
    """The question a SimilarItemsRequest asks."""
    return SimilarQuery(item_id=request.item_id, scope=_scope(request))


def recommend_response(answer: Answer, *, snapshot_id: str, request_id: str) -> pb.RecommendResponse:
    """The reply that carries an answer."""
    response = pb.RecommendResponse(
        warnings=[warning_message(notice) for notice in answer.notices],
        snapshot_id=snapshot_id,
        request_id=request_id,
        confidence=answer.confidence,
        rung=_RUNGS[answer.rung],
        arm=answer.arm,
        policy=answer.policy,
        stored_event_count=answer.stored_event_count,
        drift_detected=answer.drift_detected,
        reasons_method=answer.reasons_method,
    )
    _add_items(response, answer)
    return response


def similar_response(answer: Answer, *, snapshot_id: str, request_id: str) -> pb.SimilarItemsResponse:
    """The reply that carries an item's neighbours."""
    response = pb.SimilarItemsResponse(
        warnings=[warning_message(notice) for notice in answer.notices],
        snapshot_id=snapshot_id,
        request_id=request_id,
    )
    _add_items(response, answer)
    return response


def _event(event: types_pb2.Event) -> Event:
    at_s = event.timestamp.seconds + event.timestamp.nanos * 1e-9 if event.HasField("timestamp") else None
    return Event(
        item_id=event.item_id,
        type=_TOKEN_TYPES[event.type],
        at_s=at_s,
        weight=event.weight if event.HasField("weight") else 1.0,
        text=event.text,
    )


def _declaration(declaration: types_pb2.Declaration) -> Declaration:
    kind = InterestKind(declaration.WhichOneof("interest") or InterestKind.TEXT)
    return Declaration(
        kind=kind,
        words=getattr(declaration, kind),
        weight=declaration.weight if declaration.HasField("weight") else 1.0,
    )


def _scope(request: pb.RecommendRequest | pb.SimilarItemsRequest) -> Scope:
    return Scope(
        page_size=request.page_size or limits.DEFAULT_PAGE_SIZE,
        exclude_item_ids=tuple(request.exclude_item_ids),
        filter=_filter(request.filter) if request.HasField("filter") else EVERYTHING,
    )


def _filter(asked: types_pb2.Filter) -> ItemFilter:
    return ItemFilter(
        categories=tuple(asked.categories),
        brands=tuple(asked.brands),
        min_price=asked.min_price if asked.HasField("min_price") else None,
        max_price=asked.max_price if asked.HasField("max_price") else None,
        include_unavailable=asked.include_unavailable,
        attributes=tuple(AttributeCondition(each.key, tuple(each.values)) for each in asked.attributes),
    )


def _add_items(response: pb.RecommendResponse | pb.SimilarItemsResponse, answer: Answer) -> None:
    for item in answer.items:
        added = response.items.add()
        added.MergeFromString(_card(item.item))
        added.score = item.score
        added.source = _SOURCES[item.source]
        added.propensity = item.propensity
        added.explored = item.explored
        if item.reasons:
            added.reasons.extend(map(_reason, item.reasons))


@lru_cache(maxsize=limits.KEPT_ITEMS)
def _card(item: Item) -> bytes:
    """What every answer says of an item, serialised: popular items are in many, and reading it back is quick."""
    return types_pb2.RecommendedItem(
        item_id=item.item_id,
        title=item.title,
        category=item.category,
        brand=item.brand or "",
        price=item.price,
    ).SerializeToString()


def _reason(reason: Reason) -> types_pb2.Reason:
    return types_pb2.Reason(
        kind=types_pb2.ReasonKind.Value(f"REASON_KIND_{reason.kind.name}"),
        index=reason.index,
        share=reason.share,
        text=reason.text,
        event_id=reason.event_id,
        rule=reason.rule,
        rank_without=reason.rank_without,
    )


def warning_message(notice: Notice) -> types_pb2.Warning:
    """What tells a caller of something odd."""
    return types_pb2.Warning(
        code=types_pb2.WarningCode.Value(f"WARNING_CODE_{notice.code.name}"),
        field=notice.field,
        message=notice.message,
    )
