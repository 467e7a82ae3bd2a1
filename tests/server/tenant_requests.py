"""Requests by chance, as two tenants ask them: both sides' items, snapshots and request ids, and users of one name.

Knows nothing of servers or answers.
"""

import random
from collections.abc import Callable, Sequence
from typing import Any, Final

from google.protobuf.timestamp_pb2 import Timestamp

from firstlight.v1 import catalogue_service_pb2 as catalogue_pb
from firstlight.v1 import feedback_service_pb2 as feedback_pb
from firstlight.v1 import index_service_pb2 as index_pb
from firstlight.v1 import profile_service_pb2 as profile_pb
from firstlight.v1 import recommendation_service_pb2 as pb
from firstlight.v1.types_pb2 import Declaration, Event, EventType

TENANTS: Final = ("shop-a", "shop-b")
_RECOMMENDATIONS, _INDEX, _FEEDBACK, _PROFILES, _CATALOGUE = (
    f"/firstlight.v1.{name}Service/" for name in ("Recommendation", "Index", "Feedback", "Profile", "Catalogue")
)
_USERS, _EVENT_IDS = 6, 10_000
_AT_S = 1_700_000_000
_ATTRIBUTED = 0.1
"""Of recorded calls: each waits until what was shown is stored."""


_Make = Callable[[random.Random, str, str, Sequence[str]], tuple[str, Any]]
"""From chance, the tenant, the call's id and the ids of both tenants' snapshots."""


def random_request(rng: random.Random, tenant: str, request_id: str, ids: Sequence[str]) -> tuple[str, Any]:
    """A method's path and a request for it."""
    return rng.choice(_REQUESTS)(rng, tenant, request_id, ids)


def _item(rng: random.Random) -> str:
    return f"{rng.choice('ab')}{rng.randrange(64):04d}"  # four more than a snapshot holds


def _user(rng: random.Random) -> str:
    return f"user-{rng.randrange(_USERS)}"


def _recommend(rng: random.Random, tenant: str, request_id: str, _: Sequence[str]) -> tuple[str, Any]:
    return _RECOMMENDATIONS + "Recommend", pb.RecommendRequest(
        tenant=tenant,
        events=[Event(item_id=_item(rng)) for _ in range(rng.randrange(6))],
        declarations=[Declaration(category="Tea")] * rng.randrange(2),
        exclude_item_ids=[_item(rng)],
        page_size=rng.randrange(1, 80),
        want_reasons=rng.random() < 0.3,
        request_id=request_id,
        user_id=_user(rng) if rng.random() < 0.4 else "",
    )


def _batch(rng: random.Random, tenant: str, request_id: str, ids: Sequence[str]) -> tuple[str, Any]:
    requests = [_recommend(rng, tenant, f"{request_id}-{number}", ids)[1] for number in range(rng.randrange(1, 4))]
    if rng.random() < 0.3:
        requests[-1].tenant = rng.choice(TENANTS)
    return _RECOMMENDATIONS + "BatchRecommend", pb.BatchRecommendRequest(tenant=tenant, requests=requests)


def _similar(rng: random.Random, tenant: str, request_id: str, _: Sequence[str]) -> tuple[str, Any]:
    request = pb.SimilarItemsRequest(tenant=tenant, item_id=_item(rng), page_size=5, request_id=request_id)
    return _RECOMMENDATIONS + "SimilarItems", request


def _get(rng: random.Random, tenant: str, _: str, ids: Sequence[str]) -> tuple[str, Any]:
    return _INDEX + "GetSnapshot", index_pb.GetSnapshotRequest(tenant=tenant, snapshot_id=rng.choice(("", *ids)))


def _list(_: random.Random, tenant: str, __: str, ___: Sequence[str]) -> tuple[str, Any]:
    return _INDEX + "ListSnapshots", index_pb.ListSnapshotsRequest(tenant=tenant)


def _activate(rng: random.Random, tenant: str, _: str, ids: Sequence[str]) -> tuple[str, Any]:
    return _INDEX + "ActivateSnapshot", index_pb.ActivateSnapshotRequest(tenant=tenant, snapshot_id=rng.choice(ids))


def _record(rng: random.Random, tenant: str, request_id: str, _: Sequence[str]) -> tuple[str, Any]:
    number = int(request_id.rpartition("-")[2])
    shown = f"op-{rng.randrange(number + 1)}" if rng.random() < _ATTRIBUTED else ""
    events = [_user_event(rng, shown) for _place in range(rng.randrange(1, 6))]
    request = feedback_pb.RecordEventsRequest(tenant=tenant, events=events, request_id=request_id)
    return _FEEDBACK + "RecordEvents", request


def _user_event(rng: random.Random, shown: str) -> feedback_pb.UserEvent:
    number, kinds = rng.randrange(_EVENT_IDS), [kind for kind in EventType.values() if kind]
    done = Event(item_id=_item(rng), type=rng.choice(kinds), timestamp=Timestamp(seconds=_AT_S + number))
    return feedback_pb.UserEvent(event_id=f"e-{number}", user_id=_user(rng), event=done, request_id=shown)


def _export(rng: random.Random, tenant: str, _: str, __: Sequence[str]) -> tuple[str, Any]:
    return _FEEDBACK + "ExportUser", feedback_pb.ExportUserRequest(tenant=tenant, user_id=_user(rng))


def _delete(rng: random.Random, tenant: str, _: str, __: Sequence[str]) -> tuple[str, Any]:
    return _FEEDBACK + "DeleteUser", feedback_pb.DeleteUserRequest(tenant=tenant, user_id=_user(rng))


def _merge(rng: random.Random, tenant: str, _: str, __: Sequence[str]) -> tuple[str, Any]:
    request = feedback_pb.MergeUsersRequest(tenant=tenant, from_user_id=_user(rng), into_user_id=_user(rng))
    return _FEEDBACK + "MergeUsers", request


def _profile(rng: random.Random, tenant: str, request_id: str, _: Sequence[str]) -> tuple[str, Any]:
    return _PROFILES + "GetInterestProfile", profile_pb.GetInterestProfileRequest(
        tenant=tenant, user_id=_user(rng), want_trajectory=rng.random() < 0.5, request_id=request_id
    )


def _catalogue_item(rng: random.Random) -> catalogue_pb.CatalogueItem:
    title = f"{rng.choice(('Green', 'Winter', 'Royal'))} {rng.choice(('tea', 'candle', 'jam'))}"
    category = rng.choice((["Grocery", "Drinks", "Tea"], ["Home", "Candles"], ["Toys"]))
    return catalogue_pb.CatalogueItem(
        item_id=_item(rng), title=title, category=category, price=float(rng.randrange(1, 9))
    )


def _upsert(rng: random.Random, tenant: str, request_id: str, _: Sequence[str]) -> tuple[str, Any]:
    items = {one.item_id: one for one in (_catalogue_item(rng) for _place in range(rng.randrange(1, 4)))}
    request = catalogue_pb.UpsertItemsRequest(tenant=tenant, items=items.values(), request_id=request_id)
    return _CATALOGUE + "UpsertItems", request


def _remove(rng: random.Random, tenant: str, request_id: str, _: Sequence[str]) -> tuple[str, Any]:
    request = catalogue_pb.DeleteItemsRequest(tenant=tenant, item_ids=[_item(rng)], request_id=request_id)
    return _CATALOGUE + "DeleteItems", request


def _tag(rng: random.Random, tenant: str, request_id: str, _: Sequence[str]) -> tuple[str, Any]:
    return _CATALOGUE + "TagItems", catalogue_pb.TagItemsRequest(
        tenant=tenant, item_ids=[_item(rng)], items=[_catalogue_item(rng)], tags=["tea", "gift"],
        min_confidence=0.0, request_id=request_id,
    )  # fmt: skip


_REQUESTS: Final[Sequence[_Make]] = (
    _recommend, _recommend, _recommend, _batch, _similar, _get, _list, _activate,
    _record, _record, _export, _delete, _merge, _profile, _upsert, _remove, _tag,
)  # fmt: skip
