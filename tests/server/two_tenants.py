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

from tests.server.running import Running
from tests.server.tenant_requests import TENANTS, random_request

_ORDERED = ("RecordEvents", "DeleteUser", "MergeUsers", "UpsertItems", "DeleteItems")
_OF_THE_SERVER = ("recordedAt", "shownAt", "nextPageToken")
"""Fields whose values each server makes by its own clock and seal."""


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

    @property
    def is_ordered(self) -> bool:
        """Whether what the tenant is told later depends on when this is asked: it changes something, or is shown."""
        shown = self.request.requests if hasattr(self.request, "requests") else [self.request]
        return self.method.endswith(_ORDERED) or any(getattr(one, "user_id", "") for one in shown)

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
        yield place, "..." if place.endswith(_OF_THE_SERVER) else node


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
    method, request = random_request(rng, tenant, f"op-{number}", snapshot_ids)
    return Operation(method, request, tenant, granted)
