"""The door: every limit the API promises, checked before anything is computed, all violations reported at once.

Knows nothing of snapshots: whether an id exists is no matter of form.
"""

import math
from collections.abc import Sequence

from google.protobuf.timestamp_pb2 import Timestamp

from firstlight.v1 import index_service_pb2, types_pb2
from firstlight.v1 import recommendation_service_pb2 as pb
from firstlight_server import limits
from firstlight_server.errors import InvalidRequestError, Violation

_SHOWN_CHARACTERS = 40
_EVENT_TYPES = frozenset(types_pb2.EventType.values())


def check_recommend(request: pb.RecommendRequest) -> None:
    """Raises `InvalidRequestError` naming every malformed field."""
    _raise_if_any(_recommend("", request))


def check_batch(request: pb.BatchRecommendRequest) -> None:
    """Raises `InvalidRequestError` naming every malformed field, as ``requests[3].events[0].weight``."""
    found = _count("requests", len(request.requests), limits.MAX_BATCH_REQUESTS)
    if not request.requests:
        found.append(Violation("requests", f"required: give 1 to {limits.MAX_BATCH_REQUESTS} requests"))
    tenant = request.tenant or limits.DEFAULT_TENANT
    for index, one in enumerate(request.requests[: limits.MAX_BATCH_REQUESTS]):
        prefix = f"requests[{index}]."
        if one.tenant and one.tenant != tenant:
            found.append(
                Violation(
                    f"{prefix}tenant", f"is {_shown(one.tenant)}, but the batch is for {_shown(tenant)}; leave it empty"
                )
            )
        found += _recommend(prefix, one)
    _raise_if_any(found)


def check_similar(request: pb.SimilarItemsRequest) -> None:
    """Raises `InvalidRequestError` naming every malformed field."""
    found = [] if request.item_id else [Violation("item_id", "required: the catalogue's id of an item")]
    found += _scope("", request)
    found += _id("request_id", request.request_id, limits.MAX_REQUEST_ID_CHARACTERS)
    _raise_if_any(found)


def check_activate(request: index_service_pb2.ActivateSnapshotRequest) -> None:
    """Raises `InvalidRequestError` if no snapshot is named."""
    if not request.snapshot_id:
        raise InvalidRequestError([Violation("snapshot_id", "required: ListSnapshots names those on disk")])


def check_canary(request: index_service_pb2.SetCanaryRequest) -> None:
    """Raises `InvalidRequestError` naming every malformed field."""
    share, found = request.share, list[Violation]()
    if not (share == 0 or limits.MIN_CANARY_SHARE <= share <= 1):
        found.append(Violation("share", f"{share} is neither 0 nor in {limits.MIN_CANARY_SHARE:.6f}..1"))
    if share != 0 and not request.snapshot_id:
        found.append(Violation("snapshot_id", "required unless share is 0: ListSnapshots names those on disk"))
    _raise_if_any(found)


def _recommend(prefix: str, request: pb.RecommendRequest) -> list[Violation]:
    found = _count(f"{prefix}events", len(request.events), limits.MAX_EVENTS)
    for index, event in enumerate(request.events[: limits.MAX_EVENTS]):
        found += event_violations(f"{prefix}events[{index}].", event)
    found += _count(f"{prefix}declarations", len(request.declarations), limits.MAX_DECLARATIONS)
    for index, declaration in enumerate(request.declarations[: limits.MAX_DECLARATIONS]):
        found += _declaration(f"{prefix}declarations[{index}].", declaration)
    found += _scope(prefix, request)
    found += _id(f"{prefix}request_id", request.request_id, limits.MAX_REQUEST_ID_CHARACTERS)
    found += _id(f"{prefix}user_id", request.user_id, limits.MAX_USER_ID_CHARACTERS)
    return found


def event_violations(prefix: str, event: types_pb2.Event) -> list[Violation]:
    """What is malformed in an event; ``prefix`` stands before the names of its fields."""
    found: list[Violation] = []
    if not event.item_id and not event.text:
        found.append(Violation(f"{prefix}item_id", "required unless text is given"))
    if event.type not in _EVENT_TYPES:
        found.append(Violation(f"{prefix}type", f"{event.type} is no event type of this API"))
    if event.HasField("timestamp"):
        found += _time(f"{prefix}timestamp", event.timestamp)
    if event.HasField("weight"):
        found += _weight(f"{prefix}weight", event.weight)
    return found + _text(f"{prefix}text", event.text)


def _declaration(prefix: str, declaration: types_pb2.Declaration) -> list[Violation]:
    kind = declaration.WhichOneof("interest")
    found: list[Violation] = []
    if kind is None:
        found.append(Violation(f"{prefix}interest", "required: give one of category, brand, text"))
    else:
        words: str = getattr(declaration, kind)
        if not words.strip():
            found.append(Violation(f"{prefix}{kind}", "must not be blank"))
        found += _text(f"{prefix}{kind}", words)
    if declaration.HasField("weight"):
        found += _weight(f"{prefix}weight", declaration.weight)
    return found


def _scope(prefix: str, request: pb.RecommendRequest | pb.SimilarItemsRequest) -> list[Violation]:
    found: list[Violation] = []
    if not 0 <= request.page_size <= limits.MAX_PAGE_SIZE:
        found.append(
            Violation(
                f"{prefix}page_size",
                f"{request.page_size} is outside 1..{limits.MAX_PAGE_SIZE:,} (0 means {limits.DEFAULT_PAGE_SIZE})",
            )
        )
    found += _count(f"{prefix}exclude_item_ids", len(request.exclude_item_ids), limits.MAX_EXCLUDED_ITEMS)
    return found + _filter(f"{prefix}filter.", request.filter) if request.HasField("filter") else found


def _filter(prefix: str, asked: types_pb2.Filter) -> list[Violation]:
    prices = (("min_price", asked.min_price), ("max_price", asked.max_price))
    found = [
        Violation(f"{prefix}{name}", f"{price} is not finite") for name, price in prices if not math.isfinite(price)
    ]
    for index, attribute in enumerate(asked.attributes):
        if not attribute.key:
            found.append(Violation(f"{prefix}attributes[{index}].key", "required: the attribute's name"))
        if not attribute.values:
            found.append(Violation(f"{prefix}attributes[{index}].values", "required: at least one value"))
    return found


def _time(field: str, moment: Timestamp) -> list[Violation]:
    if not limits.FIRST_TIME_S <= moment.seconds < limits.END_TIME_S:
        return [Violation(field, f"{moment.seconds} s since 1970 is outside the years 1990..2100")]
    if not 0 <= moment.nanos < 1_000_000_000:
        return [Violation(f"{field}.nanos", f"{moment.nanos} is outside 0..999,999,999")]
    return []


def _weight(field: str, weight: float) -> list[Violation]:
    if math.isfinite(weight) and abs(weight) <= limits.MAX_ABSOLUTE_WEIGHT:
        return []
    return [Violation(field, f"{weight} is not a finite number in -100..100")]


def _text(field: str, text: str) -> list[Violation]:
    if len(text) <= limits.MAX_TEXT_CHARACTERS:
        return []
    return [Violation(field, f"{len(text):,} characters; at most {limits.MAX_TEXT_CHARACTERS:,}")]


def _id(field: str, given: str, most: int) -> list[Violation]:
    return [Violation(field, f"{len(given):,} characters; at most {most}")] if len(given) > most else []


def _count(field: str, count: int, most: int) -> list[Violation]:
    return [Violation(field, f"{count:,} entries; at most {most:,}")] if count > most else []


def _shown(value: str) -> str:
    return repr(value if len(value) <= _SHOWN_CHARACTERS else value[:_SHOWN_CHARACTERS] + "...")


def _raise_if_any(found: Sequence[Violation]) -> None:
    if found:
        raise InvalidRequestError(found)
