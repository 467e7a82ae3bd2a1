"""What feedback's tests say and ask: events of users, and recommendations for them."""

from pathlib import Path
from typing import Any

import grpc
from google.protobuf.timestamp_pb2 import Timestamp

from firstlight.v1 import feedback_service_pb2 as pb
from firstlight.v1 import recommendation_service_pb2 as recommendation_pb
from firstlight.v1 import types_pb2
from firstlight.v1.types_pb2 import Event
from tests.server.running import Running

AT_S = 1_700_000_000


PATIENT: dict[str, Any] = {"events_read_wait_s": 30, "events_write_wait_s": 30}
"""However busy the machine is, a log that is well is waited for."""


def kept_in(directory: Path, **settings: Any) -> dict[str, Any]:
    """Settings of a server whose event log lies in ``directory``."""
    return {"events_url": f"sqlite:///{directory / 'events.db'}"} | PATIENT | settings


def at(seconds: float) -> Timestamp:
    moment = Timestamp()
    moment.FromMicroseconds(round(seconds * 1e6))
    return moment


def done(event_id: str, item_id: str, *, user: str = "anna", request_id: str = "", **event: Any) -> pb.UserEvent:
    """A user's event; by default a purchase with a time that the id decides."""
    fields: dict[str, Any] = {"type": types_pb2.EVENT_TYPE_PURCHASE} | event
    if "timestamp" not in fields:
        fields["timestamp"] = at(AT_S + sum(event_id.encode()))
    return pb.UserEvent(event_id=event_id, user_id=user, event=Event(item_id=item_id, **fields), request_id=request_id)


async def record(server: Running, *events: pb.UserEvent, tenant: str = "") -> pb.RecordEventsResponse:
    return await server.feedback.RecordEvents(pb.RecordEventsRequest(tenant=tenant, events=events), timeout=10)


async def recommend(server: Running, user: str = "anna", **asked: Any) -> recommendation_pb.RecommendResponse:
    request = recommendation_pb.RecommendRequest(user_id=user, **asked)
    return await server.recommendations.Recommend(request, timeout=10)


async def export(server: Running, user: str = "anna", *, tenant: str = "") -> pb.ExportUserResponse:
    """All pages as one."""
    whole, token = pb.ExportUserResponse(), ""
    while True:
        asked = pb.ExportUserRequest(tenant=tenant, user_id=user, page_size=2, page_token=token)
        page = await server.feedback.ExportUser(asked, timeout=10)
        whole.events.extend(page.events)
        whole.impressions.extend(page.impressions)
        token = page.next_page_token
        if not token:
            return whole


def names(reply: recommendation_pb.RecommendResponse) -> list[str]:
    return [item.item_id for item in reply.items]


def warned(reply: recommendation_pb.RecommendResponse | pb.RecordEventsResponse) -> list[tuple[str, str]]:
    return [(types_pb2.WarningCode.Name(one.code).removeprefix("WARNING_CODE_"), one.field) for one in reply.warnings]


def code_of(error: grpc.aio.AioRpcError) -> str:
    return error.code().name
