"""FeedbackService on the wire: check, translate, store, translate. Users' ids end here: below, they are pseudonyms.

Knows nothing of how events are stored or used.
"""

import asyncio
import time
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

import grpc.aio

from firstlight.v1 import feedback_service_pb2 as pb
from firstlight.v1 import feedback_service_pb2_grpc as pb_grpc
from firstlight_server import limits
from firstlight_server.answer import Notice, WarningCode
from firstlight_server.call import Deadline, current_call
from firstlight_server.errors import (
    EventsUnavailableError,
    InvalidRequestError,
    SnapshotNotReadyError,
    Violation,
)
from firstlight_server.memory import feedback_messages, feedback_validation
from firstlight_server.memory.backlog import GATHER_S, Backlog
from firstlight_server.memory.memory import Memory
from firstlight_server.memory.patience import within
from firstlight_server.memory.writes import Change, Conflict, Events
from firstlight_server.metrics.memory_metrics import MemoryMetrics
from firstlight_server.tenant import Tenant
from firstlight_server.tenants import TenantRegistry
from firstlight_store.event_log import LoggedEvent, Recorded, UserCounts

Context = grpc.aio.ServicerContext[Any, Any]
_SECOND_LOOK_S = 2 * GATHER_S
"""When another worker's impression should be stored, had it been made before the feedback on it."""


class FeedbackService(pb_grpc.FeedbackServiceServicer):
    """Remembers what users do, and forgets them on request. Errors are the interceptor's to translate."""

    def __init__(self, tenants: TenantRegistry, memory: Memory, backlog: Backlog, *, metrics: MemoryMetrics) -> None:
        self._tenants = tenants
        self._memory = memory
        self._backlog = backlog
        self._metrics = metrics

    async def RecordEvents(self, request: pb.RecordEventsRequest, context: Context) -> pb.RecordEventsResponse:  # noqa: N802 - the API's name
        """Stores events: all or none, and answers once they are durable."""
        tenant, call = self._tenants.find(request.tenant), current_call.get()
        with call.stage("read"):
            feedback_validation.check_record(request, now_s=time.time())
            name_of = partial(self._memory.opened.names.of, tenant.name)
            events = feedback_messages.logged_events(request, name_of=name_of)
        with call.stage("store"):
            recorded = await self._record(tenant.name, events, deadline=call.deadline)
            notices = [
                *_unknown_items(tenant, events),
                *await self._unknown_requests(tenant.name, events, deadline=call.deadline),
            ]
        return feedback_messages.record_response(recorded, notices, request_id=call.request_id)

    async def ExportUser(self, request: pb.ExportUserRequest, context: Context) -> pb.ExportUserResponse:  # noqa: N802 - the API's name
        """All that is stored of one user, a page at a time."""
        tenant = self._tenants.find(request.tenant).name
        feedback_validation.check_export(request)
        opened, most = self._memory.opened, request.page_size or limits.DEFAULT_EXPORT_PAGE_SIZE
        user = opened.names.of(tenant, request.user_id)
        after = opened.tokens.open(request.page_token, user=user)
        if after is None:
            raise InvalidRequestError(
                [Violation("page_token", "is not the last reply's next_page_token, of this user")]
            )
        await self._backlog.drain()
        events, shown = await self._memory.read(lambda log: log.export(tenant, user, after=after, most=most + 1))
        is_last = len(events) + len(shown) <= most
        events, shown = events[:most], shown[: max(0, most - len(events))]
        at = events[-1].sequence if events else after[0], shown[-1].sequence if shown else after[1]
        token = "" if is_last else opened.tokens.seal(at, user=user)
        return feedback_messages.export_response(events, shown, user_id=request.user_id, next_page_token=token)

    async def DeleteUser(self, request: pb.DeleteUserRequest, context: Context) -> pb.DeleteUserResponse:  # noqa: N802 - the API's name
        """Deletes all that is stored of one user."""
        tenant = self._tenants.find(request.tenant).name
        feedback_validation.check_delete(request)
        user = self._memory.opened.names.of(tenant, request.user_id)
        return feedback_messages.delete_response(await self._change(Change(lambda log: log.delete(tenant, user))))

    async def MergeUsers(self, request: pb.MergeUsersRequest, context: Context) -> pb.MergeUsersResponse:  # noqa: N802 - the API's name
        """Gives all that is stored of one user to another."""
        tenant = self._tenants.find(request.tenant).name
        feedback_validation.check_merge(request)
        names = self._memory.opened.names
        user, into = names.of(tenant, request.from_user_id), names.of(tenant, request.into_user_id)
        change = Change(lambda log: log.merge(tenant, user, into=into))
        return feedback_messages.merge_response(await self._change(change))

    async def _record(self, tenant: str, events: Sequence[LoggedEvent], *, deadline: Deadline) -> Recorded:
        self._backlog.flush()  # feedback on what was just shown comes after it
        try:
            seen = await self._memory.erasure(left_s=0.5 * deadline.left_s)
            what = Events(tenant, events, seen)
            done = await self._memory.write(what, size=len(events), left_s=0.9 * deadline.left_s)
        except EventsUnavailableError:
            self._metrics.events(tenant, "unavailable", len(events))
            raise
        if isinstance(done, Conflict):
            self._metrics.events(tenant, "conflict", len(events))
            raise InvalidRequestError([_conflict(place) for place in done.places])
        assert isinstance(done, Recorded)
        self._metrics.events(tenant, "new", done.new)
        self._metrics.events(tenant, "known", done.known)
        return done

    async def _change(self, change: Change) -> UserCounts:
        self._backlog.flush()
        counts = await self._memory.write(change, left_s=0.9 * current_call.get().deadline.left_s)
        assert isinstance(counts, UserCounts)
        return counts

    async def _unknown_requests(
        self, tenant: str, events: Sequence[LoggedEvent], *, deadline: Deadline
    ) -> list[Notice]:
        """What is odd about the answers that events name; where that cannot be told in time, nothing is.

        What is stored must be acknowledged before the caller gives up, whatever there is to say of it.
        """
        wanted = {event.request_id for event in events if event.request_id}
        if not wanted:
            return []
        try:
            unknown = await within(self._never_remembered(tenant, wanted), wait_s=0.5 * deadline.left_s)
        except (EventsUnavailableError, TimeoutError):
            return []
        return [_unknown_request(index) for index, event in enumerate(events) if event.request_id in unknown]

    async def _never_remembered(self, tenant: str, request_ids: set[str]) -> set[str]:
        unknown = await self._not_remembered(tenant, request_ids)
        if unknown:
            await asyncio.sleep(_SECOND_LOOK_S)
            unknown = await self._not_remembered(tenant, unknown)
        return unknown

    async def _not_remembered(self, tenant: str, request_ids: set[str]) -> set[str]:
        return request_ids - set(await self._memory.read(lambda log: log.impressions_of(tenant, sorted(request_ids))))


def _unknown_items(tenant: Tenant, events: Sequence[LoggedEvent]) -> Iterator[Notice]:
    """What is odd about the items; before a snapshot is loaded, nothing is known of them."""
    try:
        knows = tenant.live.reader.knows
    except SnapshotNotReadyError:
        return
    for index, event in enumerate(events):
        if event.item_id and not event.text and not knows(event.item_id):
            message = "is not in the snapshot; the event was stored, and counts once a snapshot holds the item"
            yield Notice(WarningCode.UNKNOWN_ITEM, f"events[{index}].event.item_id", message)


def _unknown_request(index: int) -> Notice:
    message = "no such answer was remembered for a user; the event was stored, and counts for no policy"
    return Notice(WarningCode.UNKNOWN_REQUEST, f"events[{index}].request_id", message)


def _conflict(place: int) -> Violation:
    return Violation(f"events[{place}].event_id", "was recorded before with other content; give each event its own id")
