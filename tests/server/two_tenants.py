"""Random calls of callers with tokens for one tenant, the other, both or none; each answer is known beforehand.

What a tenant may be told is what a server says that holds no other tenant at all. Anything else is a leak.
"""

import math
import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, cast

import grpc
from google.protobuf.json_format import MessageToDict

from firstlight.v1 import index_service_pb2 as index_pb
from firstlight.v1 import recommendation_service_pb2 as pb
from firstlight.v1.types_pb2 import Declaration, Event
from tests.server.running import Running

TENANTS = ("shop-a", "shop-b")
RECOMMENDATIONS, INDEX = "/firstlight.v1.RecommendationService/", "/firstlight.v1.IndexService/"


@dataclass(frozen=True)
class Outcome:
    """How a call ended.

    Attributes:
        code: the status.
        details: what is said of it.
        reply: every value of the reply with its place, numbers as they are; empty where there is none.
    """

    code: grpc.StatusCode
    details: str = ""
    reply: tuple[tuple[str, object], ...] = ()

    def tells_the_same_as(self, other: "Outcome") -> bool:
        """Whether all values are equal, but for the last digits of numbers: those depend on who computes together."""
        mine, theirs = self.reply, other.reply
        return (self.code, self.details, len(mine)) == (other.code, other.details, len(theirs)) and all(
            place == other_place and _alike(value, other_value)
            for (place, value), (other_place, other_value) in zip(mine, theirs, strict=True)
        )


@dataclass(frozen=True)
class Operation:
    """One call: what is asked, in which tenant's name, and which tenants the caller's token names."""

    method: str
    request: Any
    tenant: str
    granted: tuple[str, ...]

    @property
    def is_permitted(self) -> bool:
        """Whether the token names the request's tenant."""
        return self.tenant in self.granted

    async def ask(self, server: Running, token: str | None = None) -> Outcome:
        """The status, what is said of it, and the reply."""
        kind = cast(Any, type(self.request))
        replies = getattr(sys.modules[kind.__module__], kind.__name__.replace("Request", "Response"))
        call: Any = server.channel.unary_unary(
            self.method, request_serializer=kind.SerializeToString, response_deserializer=replies.FromString
        )
        metadata = (("authorization", f"Bearer {token}"),) if token else None
        try:
            reply = await call(self.request, metadata=metadata, timeout=30)
            return Outcome(grpc.StatusCode.OK, reply=tuple(_values(MessageToDict(reply))))
        except grpc.aio.AioRpcError as error:
            return Outcome(error.code(), str(error.details()))


def _values(node: object, place: str = "") -> Iterator[tuple[str, object]]:
    if isinstance(node, dict):
        for name, value in cast("dict[str, object]", node).items():
            yield from _values(value, f"{place}.{name}")
    elif isinstance(node, list):
        for number, value in enumerate(cast("list[object]", node)):
            yield from _values(value, f"{place}[{number}]")
    else:
        yield place, node


def _alike(one: object, other: object) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=1e-4, abs_tol=1e-5)
    return one == other


def operations(seed: int, count: int, *, snapshot_ids: Sequence[str]) -> list[Operation]:
    """The workload of a seed; items, snapshots and tenants of both sides are mixed in every request."""
    rng = random.Random(seed)
    return [_operation(rng, number, snapshot_ids) for number in range(count)]


def _operation(rng: random.Random, number: int, snapshot_ids: Sequence[str]) -> Operation:
    tenant = rng.choice((*TENANTS, *TENANTS, "", "nobody"))
    granted = rng.choice((TENANTS[:1], TENANTS[1:], TENANTS, ()))
    method, request = rng.choice(_REQUESTS)(rng, tenant, f"op-{number}", snapshot_ids)
    return Operation(method, request, tenant, granted)


def _item(rng: random.Random) -> str:
    return f"{rng.choice('ab')}{rng.randrange(60):04d}"


def _recommend(rng: random.Random, tenant: str, request_id: str, _: Sequence[str]) -> tuple[str, Any]:
    return RECOMMENDATIONS + "Recommend", pb.RecommendRequest(
        tenant=tenant,
        events=[Event(item_id=_item(rng)) for _ in range(rng.randrange(6))],
        declarations=[Declaration(category="Tea")] * rng.randrange(2),
        exclude_item_ids=[_item(rng)],
        page_size=rng.randrange(1, 80),
        want_reasons=rng.random() < 0.3,
        request_id=request_id,
    )


def _batch(rng: random.Random, tenant: str, request_id: str, ids: Sequence[str]) -> tuple[str, Any]:
    requests = [_recommend(rng, tenant, f"{request_id}-{number}", ids)[1] for number in range(rng.randrange(1, 4))]
    if rng.random() < 0.3:
        requests[-1].tenant = rng.choice(TENANTS)
    return RECOMMENDATIONS + "BatchRecommend", pb.BatchRecommendRequest(tenant=tenant, requests=requests)


def _similar(rng: random.Random, tenant: str, request_id: str, _: Sequence[str]) -> tuple[str, Any]:
    request = pb.SimilarItemsRequest(tenant=tenant, item_id=_item(rng), page_size=5, request_id=request_id)
    return RECOMMENDATIONS + "SimilarItems", request


def _get(rng: random.Random, tenant: str, _: str, ids: Sequence[str]) -> tuple[str, Any]:
    return INDEX + "GetSnapshot", index_pb.GetSnapshotRequest(tenant=tenant, snapshot_id=rng.choice(("", *ids)))


def _list(_: random.Random, tenant: str, __: str, ___: Sequence[str]) -> tuple[str, Any]:
    return INDEX + "ListSnapshots", index_pb.ListSnapshotsRequest(tenant=tenant)


def _activate(rng: random.Random, tenant: str, _: str, ids: Sequence[str]) -> tuple[str, Any]:
    return INDEX + "ActivateSnapshot", index_pb.ActivateSnapshotRequest(tenant=tenant, snapshot_id=rng.choice(ids))


_REQUESTS = (_recommend, _recommend, _recommend, _batch, _similar, _get, _list, _activate)
