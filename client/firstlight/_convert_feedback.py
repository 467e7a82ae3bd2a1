"""Between dataclasses and messages of FeedbackService: the only file of the SDK that touches their fields.

It does not check anything (the dataclasses have) and does not call anything.
"""

from collections.abc import Iterable

from firstlight._convert import EVENT_TYPES, event_message, moment, request_warning
from firstlight._enums import EventType
from firstlight._event import Event
from firstlight._feedback import Recorded, UserCounts, UserExport
from firstlight._impression import Impression, ShownItem
from firstlight._user_event import StoredEvent, UserEvent
from firstlight.v1 import feedback_service_pb2 as feedback_pb
from firstlight.v1 import types_pb2 as types_pb

_TYPES: "dict[types_pb.EventType.ValueType, EventType]" = {number: each for each, number in EVENT_TYPES.items()}


def record_request(events: Iterable[UserEvent], *, tenant: str, request_id: str) -> feedback_pb.RecordEventsRequest:
    """Return the message that asks for events to be stored."""
    return feedback_pb.RecordEventsRequest(
        tenant=tenant, events=[user_event_message(each) for each in events], request_id=request_id
    )


def export_request(user_id: str, *, page_size: int, page_token: str, tenant: str) -> feedback_pb.ExportUserRequest:
    """Return the message that asks for a page of what is stored of a user; an empty token asks for the first."""
    return feedback_pb.ExportUserRequest(tenant=tenant, user_id=user_id, page_size=page_size, page_token=page_token)


def delete_request(user_id: str, *, tenant: str) -> feedback_pb.DeleteUserRequest:
    """Return the message that asks for a user to be forgotten."""
    return feedback_pb.DeleteUserRequest(tenant=tenant, user_id=user_id)


def merge_request(from_user_id: str, into_user_id: str, *, tenant: str) -> feedback_pb.MergeUsersRequest:
    """Return the message that asks for two users to become one."""
    return feedback_pb.MergeUsersRequest(tenant=tenant, from_user_id=from_user_id, into_user_id=into_user_id)


def recorded(reply: feedback_pb.RecordEventsResponse) -> Recorded:
    """Return what was acknowledged."""
    return Recorded(
        recorded_count=reply.recorded_count,
        known_count=reply.known_count,
        warnings=tuple(request_warning(each) for each in reply.warnings),
        request_id=reply.request_id,
    )


def user_export(pages: Iterable[feedback_pb.ExportUserResponse]) -> UserExport:
    """Return what all pages say about a user."""
    pages = list(pages)
    return UserExport(
        events=tuple(_stored(each) for page in pages for each in page.events),
        impressions=tuple(_impression(each) for page in pages for each in page.impressions),
    )


def next_token(page: feedback_pb.ExportUserResponse) -> str:
    """Return what asks for the page after this one; empty if it was the last."""
    return page.next_page_token


def counts(reply: feedback_pb.DeleteUserResponse | feedback_pb.MergeUsersResponse) -> UserCounts:
    """Return how much was deleted or changed hands."""
    return UserCounts(event_count=reply.event_count, impression_count=reply.impression_count)


def user_event_message(told: UserEvent) -> feedback_pb.UserEvent:
    """Return the message that tells what a user did."""
    return feedback_pb.UserEvent(
        event_id=told.event_id,
        user_id=told.user_id,
        event=event_message(told.event),
        request_id=told.request_id,
    )


def user_event(message: feedback_pb.UserEvent) -> UserEvent:
    """Return what a message says that a user did."""
    return UserEvent(message.user_id, event(message.event), event_id=message.event_id, request_id=message.request_id)


def event(message: types_pb.Event) -> Event:
    """Return the event that a message tells; types of a newer service read as views."""
    return Event(
        message.item_id,
        type=_TYPES.get(message.type, EventType.VIEW),
        timestamp=moment(message.timestamp) if message.HasField("timestamp") else None,
        weight=message.weight if message.HasField("weight") else None,
        text=message.text,
    )


def _stored(message: feedback_pb.StoredEvent) -> StoredEvent:
    return StoredEvent(event=user_event(message.event), recorded_at=moment(message.recorded_at))


def _impression(message: feedback_pb.Impression) -> Impression:
    return Impression(
        request_id=message.request_id,
        shown_at=moment(message.shown_at),
        snapshot_id=message.snapshot_id,
        arm=message.arm,
        policy=message.policy,
        items=tuple(
            ShownItem(item_id=each.item_id, propensity=each.propensity, explored=each.explored)
            for each in message.items
        ),
    )
