"""Callers that record events of their own. They know nothing of why a call fails."""

from dataclasses import dataclass, field

import grpc

from benchmarks.chaos.writers import DEADLINE_S, Writers
from firstlight.v1 import feedback_service_pb2 as pb
from firstlight.v1 import feedback_service_pb2_grpc
from firstlight.v1.types_pb2 import EVENT_TYPE_VIEW, Event

_USERS = 50


@dataclass
class EventWriters(Writers):
    """They write events.

    Attributes:
        batch: events a call.
        acknowledged: the ids of events whose call was answered.
        known: events that had been stored already when they were sent again.
    """

    batch: int = 25
    acknowledged: list[str] = field(default_factory=list[str])
    known: int = 0

    def call(self, channel: grpc.Channel, writer: int, number: int) -> None:
        """Records a batch."""
        service, request = feedback_service_pb2_grpc.FeedbackServiceStub(channel), self._request(writer, number)
        reply = service.RecordEvents(request, timeout=DEADLINE_S, wait_for_ready=True)
        with self.lock:
            self.acknowledged += [one.event_id for one in request.events]
            self.written = len(self.acknowledged)
            self.known += reply.known_count
            if reply.recorded_count + reply.known_count != len(request.events):
                self.failures.append(f"{len(request.events)} events sent, {reply} answered")

    def _request(self, writer: int, number: int) -> pb.RecordEventsRequest:
        events = [
            pb.UserEvent(
                event_id=f"{writer}-{number}-{place}",
                user_id=f"u{(number * self.batch + place) % _USERS}",
                event=Event(item_id=f"i{place % 200:04d}", type=EVENT_TYPE_VIEW),
            )
            for place in range(self.batch)
        ]
        return pb.RecordEventsRequest(events=events)
