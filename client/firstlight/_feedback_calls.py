"""The blocking client's calls about users' events: each translates, calls and translates back.

It does not know the fields of a message (`_convert_feedback` does) nor what a status means (`_failure` does).
"""

from collections.abc import Sequence
from functools import cached_property

from firstlight import _arguments, _convert_feedback
from firstlight._caller import Caller
from firstlight._feedback import Recorded, UserCounts, UserExport
from firstlight._user_event import UserEvent
from firstlight.v1 import feedback_service_pb2 as feedback_pb
from firstlight.v1.feedback_service_pb2_grpc import FeedbackServiceStub


class FeedbackCalls(Caller):
    """Records what users do, and tells, deletes or merges what is stored of them."""

    def record_events(
        self,
        events: Sequence[UserEvent],
        *,
        request_id: str | None = None,
        tenant: str | None = None,
        timeout_s: float | None = None,
    ) -> Recorded:
        """Store what users did: all of it or nothing. Once this returns it is durable, and in their next answers.

        After any failure the same events may be sent again: each counts once.

        Args:
            events: What users did, 1 to 1,000 events, oldest first where times are equal.
            request_id: The caller's id for this call; made here if None.
            tenant: The tenant; the client's if None.
            timeout_s: The deadline in seconds; the client's if None.

        Raises:
            InvalidRequest: A malformed value, or an event id used before for something else; `violations` names them.
            NotFound: The tenant is unknown.
            Unavailable: The event log cannot be written now; nothing was acknowledged.
            FailedPrecondition: The service keeps no events.
            CallFailed: Any other failure.

        """
        told = _arguments.instances("events", events, UserEvent)
        call = self._begin("RecordEvents", tenant=tenant, timeout_s=timeout_s, request_id=request_id)
        request = _convert_feedback.record_request(told, tenant=call.tenant, request_id=call.request_id)
        return _convert_feedback.recorded(self._send(self._feedback.RecordEvents, request, call))

    def export_user(
        self,
        user_id: str,
        *,
        page_size: int | None = None,
        tenant: str | None = None,
        timeout_s: float | None = None,
    ) -> UserExport:
        """Return all that is stored of a user, asked for page by page; of a user never seen there is nothing.

        Args:
            user_id: Who.
            page_size: How many entries to ask for at a time; the service's default (100) if None.
            tenant: The tenant; the client's if None.
            timeout_s: The deadline of each page in seconds; the client's if None.

        Raises:
            NotFound: The tenant is unknown.
            Unavailable: The event log cannot be read now.
            CallFailed: Any other failure.

        """
        _arguments.text("user_id", user_id)
        size = 0 if page_size is None else _arguments.integer("page_size", page_size)
        pages: list[feedback_pb.ExportUserResponse] = []
        while not pages or _convert_feedback.next_token(pages[-1]):
            token = _convert_feedback.next_token(pages[-1]) if pages else ""
            call = self._begin("ExportUser", tenant=tenant, timeout_s=timeout_s)
            request = _convert_feedback.export_request(user_id, page_size=size, page_token=token, tenant=call.tenant)
            pages.append(self._send(self._feedback.ExportUser, request, call))
        return _convert_feedback.user_export(pages)

    def delete_user(self, user_id: str, *, tenant: str | None = None, timeout_s: float | None = None) -> UserCounts:
        """Delete all that is stored of a user, for good; harmless where there is nothing.

        Raises:
            NotFound: The tenant is unknown.
            Unavailable: The event log cannot be written now; it may be deleted or not: ask again.
            CallFailed: Any other failure.

        """
        _arguments.text("user_id", user_id)
        call = self._begin("DeleteUser", tenant=tenant, timeout_s=timeout_s)
        request = _convert_feedback.delete_request(user_id, tenant=call.tenant)
        reply = self._send(self._feedback.DeleteUser, request, call)
        return _convert_feedback.counts(reply)

    def merge_users(
        self, from_user_id: str, into_user_id: str, *, tenant: str | None = None, timeout_s: float | None = None
    ) -> UserCounts:
        """Give all that is stored of one user to another, such as an anonymous visitor's to the account they entered.

        Raises:
            InvalidRequest: Both are the same.
            NotFound: The tenant is unknown.
            Unavailable: The event log cannot be written now; it may have changed hands or not: ask again.
            CallFailed: Any other failure.

        """
        for name, value in (("from_user_id", from_user_id), ("into_user_id", into_user_id)):
            _arguments.text(name, value)
        call = self._begin("MergeUsers", tenant=tenant, timeout_s=timeout_s)
        request = _convert_feedback.merge_request(from_user_id, into_user_id, tenant=call.tenant)
        reply = self._send(self._feedback.MergeUsers, request, call)
        return _convert_feedback.counts(reply)

    @cached_property
    def _feedback(self) -> FeedbackServiceStub:
        return FeedbackServiceStub(self._channel)
