"""Translates between FeedbackService's messages and what the event log keeps; the only file that touches their fields.

Expects validated messages. Knows nothing of how events are stored.
"""

from collections.abc import Callable, Iterable, Sequence

from google.protobuf.timestamp_pb2 import Timestamp

from firstlight.v1 import feedback_service_pb2 as pb
from firstlight.v1 import types_pb2
from firstlight_server.answer import Notice
from firstlight_server.messages import warning_message
from firstlight_store.event_log import Impression, LoggedEvent, Recorded, UserCounts

_TYPES = {
    number: name.removeprefix("EVENT_TYPE_").lower() for name, number in types_pb2.EventType.items() if number
} | {types_pb2.EVENT_TYPE_UNSPECIFIED: "view"}
_NUMBERS = {name: number for number, name in _TYPES.items() if number}


def logged_events(request: pb.RecordEventsRequest, *, name_of: Callable[[str], str]) -> list[LoggedEvent]:
    """The events that a request sends, in their order; ``name_of`` gives a user's pseudonym."""
    return [
        LoggedEvent(
            event_id=sent.event_id,
            user=name_of(sent.user_id),
            item_id=sent.event.item_id,
            type=_TYPES[sent.event.type],
            at_s=_seconds(sent.event),
            weight=sent.event.weight if sent.event.HasField("weight") else 1.0,
            text=sent.event.text,
            request_id=sent.request_id,
        )
        for sent in request.events
    ]


def record_response(recorded: Recorded, notices: Iterable[Notice], *, request_id: str) -> pb.RecordEventsResponse:
    """The acknowledgement."""
    return pb.RecordEventsResponse(
        recorded_count=recorded.new,
        known_count=recorded.known,
        warnings=[warning_message(notice) for notice in notices],
        request_id=request_id,
    )


def export_response(
    events: Sequence[LoggedEvent], impressions: Sequence[Impression], *, user_id: str, next_page_token: str
) -> pb.ExportUserResponse:
    """A page of what is stored of the user of this id."""
    return pb.ExportUserResponse(
        events=[_stored(event, user_id) for event in events],
        impressions=[_impression(one) for one in impressions],
        next_page_token=next_page_token,
    )


def delete_response(counts: UserCounts) -> pb.DeleteUserResponse:
    """What was deleted."""
    return pb.DeleteUserResponse(event_count=counts.events, impression_count=counts.impressions)


def merge_response(counts: UserCounts) -> pb.MergeUsersResponse:
    """What changed hands."""
    return pb.MergeUsersResponse(event_count=counts.events, impression_count=counts.impressions)


def _seconds(event: types_pb2.Event) -> float:
    return event.timestamp.seconds + event.timestamp.nanos * 1e-9 if event.HasField("timestamp") else 0.0


def _stored(event: LoggedEvent, user_id: str) -> pb.StoredEvent:
    done = types_pb2.Event(
        item_id=event.item_id,
        type=types_pb2.EventType.ValueType(_NUMBERS.get(event.type, types_pb2.EVENT_TYPE_UNSPECIFIED)),
        timestamp=_timestamp(event.at_s),
        weight=event.weight,
        text=event.text,
    )
    sent = pb.UserEvent(event_id=event.event_id, user_id=user_id, event=done, request_id=event.request_id)
    return pb.StoredEvent(event=sent, recorded_at=_timestamp(event.recorded_at_s))


def _impression(shown: Impression) -> pb.Impression:
    return pb.Impression(
        request_id=shown.request_id,
        shown_at=_timestamp(shown.at_s),
        snapshot_id=shown.snapshot_id,
        arm=shown.arm,
        policy=shown.policy,
        items=[
            pb.ShownItem(item_id=item.item_id, propensity=item.propensity, explored=item.explored)
            for item in shown.items
        ],
    )


def _timestamp(at_s: float) -> Timestamp:
    moment = Timestamp()
    moment.FromMicroseconds(round(at_s * 1e6))
    return moment
