"""The server's side of `firstlight._convert_feedback`: answers to messages. It does not decide anything."""

from collections.abc import Sequence

from firstlight._convert import timestamp
from firstlight._convert_feedback import user_event_message
from firstlight._feedback import Recorded, UserCounts
from firstlight._impression import Impression
from firstlight._user_event import StoredEvent
from firstlight.testing._wire import warning_message
from firstlight.v1 import feedback_service_pb2 as feedback_pb


def record_response(recorded: Recorded) -> feedback_pb.RecordEventsResponse:
    """Return the message that acknowledges events."""
    return feedback_pb.RecordEventsResponse(
        recorded_count=recorded.recorded_count,
        known_count=recorded.known_count,
        warnings=[warning_message(each) for each in recorded.warnings],
        request_id=recorded.request_id,
    )


def export_response(
    stored: Sequence[StoredEvent | Impression], *, next_page_token: str
) -> feedback_pb.ExportUserResponse:
    """Return the message that tells a page of what is stored of a user."""
    return feedback_pb.ExportUserResponse(
        events=[_stored(each) for each in stored if isinstance(each, StoredEvent)],
        impressions=[_impression(each) for each in stored if isinstance(each, Impression)],
        next_page_token=next_page_token,
    )


def delete_response(counts: UserCounts) -> feedback_pb.DeleteUserResponse:
    """Return the message that tells how much was deleted."""
    return feedback_pb.DeleteUserResponse(event_count=counts.event_count, impression_count=counts.impression_count)


def merge_response(counts: UserCounts) -> feedback_pb.MergeUsersResponse:
    """Return the message that tells how much changed hands."""
    return feedback_pb.MergeUsersResponse(event_count=counts.event_count, impression_count=counts.impression_count)


def _stored(stored: StoredEvent) -> feedback_pb.StoredEvent:
    return feedback_pb.StoredEvent(event=user_event_message(stored.event), recorded_at=timestamp(stored.recorded_at))


def _impression(shown: Impression) -> feedback_pb.Impression:
    return feedback_pb.Impression(
        request_id=shown.request_id,
        shown_at=timestamp(shown.shown_at),
        snapshot_id=shown.snapshot_id,
        arm=shown.arm,
        policy=shown.policy,
        items=[
            feedback_pb.ShownItem(item_id=each.item_id, propensity=each.propensity, explored=each.explored)
            for each in shown.items
        ],
    )
