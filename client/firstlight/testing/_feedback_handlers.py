"""The RPCs of a fake server about users' events: each receives, asks the user book and translates the answer."""
# ruff: noqa: N802  # gRPC's generated code names the methods

from collections.abc import Collection, Iterator, Sequence

import grpc

from firstlight._convert_feedback import user_event
from firstlight._enums import WarningCode
from firstlight._errors import Violation
from firstlight._feedback import Recorded
from firstlight._recommendation import RequestWarning
from firstlight._user_event import UserEvent
from firstlight.testing import _feedback_wire
from firstlight.testing._desk import Desk, tenant_or_default
from firstlight.testing._received import Received
from firstlight.testing._refusal import check_user_events, check_user_ids, invalid
from firstlight.testing._snapshot_book import SnapshotBook
from firstlight.testing._user_book import UserBook
from firstlight.v1 import feedback_service_pb2 as feedback_pb
from firstlight.v1.feedback_service_pb2_grpc import FeedbackServiceServicer

_DEFAULT_PAGE_SIZE = 100


class FakeFeedbackService(FeedbackServiceServicer):
    """Remembers what users do, and forgets them."""

    def __init__(self, desk: Desk, book: SnapshotBook, users: UserBook, item_ids: Collection[str]) -> None:
        self._desk = desk
        self._book = book
        self._users = users
        self._item_ids = item_ids

    def RecordEvents(
        self, request: feedback_pb.RecordEventsRequest, context: grpc.ServicerContext
    ) -> feedback_pb.RecordEventsResponse:
        """Store what users did."""
        tenant, events = tenant_or_default(request.tenant), tuple(user_event(each) for each in request.events)

        def answer() -> feedback_pb.RecordEventsResponse:
            self._book.active_id(tenant)
            check_user_events(events)
            new = self._users.record(tenant, events)
            recorded = Recorded(
                recorded_count=new,
                known_count=len(events) - new,
                warnings=tuple(self._warnings(tenant, events)),
                request_id=request.request_id or "made-by-the-service",
            )
            return _feedback_wire.record_response(recorded)

        return self._desk.serve(Received(method="RecordEvents", tenant=tenant, events=events), context, answer)

    def ExportUser(
        self, request: feedback_pb.ExportUserRequest, context: grpc.ServicerContext
    ) -> feedback_pb.ExportUserResponse:
        """Tell a page of what is stored of a user; its token is where the next one begins."""
        tenant, user_id, token = tenant_or_default(request.tenant), request.user_id, request.page_token

        def answer() -> feedback_pb.ExportUserResponse:
            self._book.active_id(tenant)
            check_user_ids(user_id=user_id)
            if token and not token.isdecimal():
                raise invalid(Violation("page_token", "is not the last reply's next_page_token"))
            stored, begin = self._users.export(tenant, user_id), int(token or 0)
            end = begin + (request.page_size or _DEFAULT_PAGE_SIZE)
            following = str(end) if end < len(stored) else ""
            return _feedback_wire.export_response(stored[begin:end], next_page_token=following)

        return self._desk.serve(Received(method="ExportUser", tenant=tenant, user_ids=(user_id,)), context, answer)

    def DeleteUser(
        self, request: feedback_pb.DeleteUserRequest, context: grpc.ServicerContext
    ) -> feedback_pb.DeleteUserResponse:
        """Forget a user."""
        tenant, user_id = tenant_or_default(request.tenant), request.user_id

        def answer() -> feedback_pb.DeleteUserResponse:
            self._book.active_id(tenant)
            check_user_ids(user_id=user_id)
            return _feedback_wire.delete_response(self._users.delete(tenant, user_id))

        return self._desk.serve(Received(method="DeleteUser", tenant=tenant, user_ids=(user_id,)), context, answer)

    def MergeUsers(
        self, request: feedback_pb.MergeUsersRequest, context: grpc.ServicerContext
    ) -> feedback_pb.MergeUsersResponse:
        """Give all of one user to another."""
        tenant, user_ids = tenant_or_default(request.tenant), (request.from_user_id, request.into_user_id)

        def answer() -> feedback_pb.MergeUsersResponse:
            self._book.active_id(tenant)
            check_user_ids(from_user_id=user_ids[0], into_user_id=user_ids[1])
            if user_ids[0] == user_ids[1]:
                raise invalid(Violation("into_user_id", "is from_user_id: name another user"))
            return _feedback_wire.merge_response(self._users.merge(tenant, *user_ids))

        return self._desk.serve(Received(method="MergeUsers", tenant=tenant, user_ids=user_ids), context, answer)

    def _warnings(self, tenant: str, events: Sequence[UserEvent]) -> Iterator[RequestWarning]:
        for place, each in enumerate(events):
            if each.event.item_id not in self._item_ids and not each.event.text:
                field, message = f"events[{place}].event.item_id", "is not in the snapshot; the event was stored"
                yield RequestWarning(code=WarningCode.UNKNOWN_ITEM, field=field, message=message)
            if each.request_id and not self._users.knows_answer(tenant, each.request_id):
                field, message = f"events[{place}].request_id", "no such answer was remembered; the event was stored"
                yield RequestWarning(code=WarningCode.UNKNOWN_REQUEST, field=field, message=message)
