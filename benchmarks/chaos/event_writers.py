"""Callers that record events of their own without a pause, and send each batch again until it is acknowledged.

They know nothing of why a call fails.
"""

import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field

import grpc

from firstlight.v1 import feedback_service_pb2 as pb
from firstlight.v1 import feedback_service_pb2_grpc
from firstlight.v1.types_pb2 import EVENT_TYPE_VIEW, Event

WRITERS = 8
_DEADLINE_S = 10.0
_PAUSE_S = 0.01
_USERS = 50
_CHANNEL = (("grpc.initial_reconnect_backoff_ms", 20), ("grpc.min_reconnect_backoff_ms", 20),
            ("grpc.max_reconnect_backoff_ms", 100), ("grpc.use_local_subchannel_pool", 1))  # fmt: skip
_WORTH_ANOTHER_TRY = (
    grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED, grpc.StatusCode.RESOURCE_EXHAUSTED,
    grpc.StatusCode.CANCELLED, grpc.StatusCode.UNKNOWN,
)  # fmt: skip


@dataclass
class EventWriters:
    """What was sent so far, by all writers.

    Attributes:
        target: the server's address, also after it was started again.
        batch: events a call.
        acknowledged: the ids of events whose call was answered.
        retried: calls that were sent again.
        known: events that had been stored already when they were sent again.
        failures: calls that nobody should send again, in words.
        threads: the writers.
    """

    target: str
    batch: int
    acknowledged: list[str] = field(default_factory=list[str])
    retried: int = 0
    known: int = 0
    failures: list[str] = field(default_factory=list[str])
    threads: list[threading.Thread] = field(default_factory=list[threading.Thread])
    _stop: threading.Event = field(default_factory=threading.Event)
    _give_up: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def until_acknowledged(self, events: int) -> None:
        """Waits until as many events were acknowledged, or a writer has given up."""
        while len(self.acknowledged) < events and not self.failures:
            time.sleep(_PAUSE_S)

    def write(self, writer: int) -> None:
        """One writer, until all are stopped; its last batch is acknowledged too."""
        with grpc.insecure_channel(self.target, options=_CHANNEL) as channel:
            service = feedback_service_pb2_grpc.FeedbackServiceStub(channel)
            number = 0
            while not self._stop.is_set() and not self.failures:
                request = self._request(writer, number)
                while not self._was_stored(service, request) and not self._give_up.is_set():
                    time.sleep(_PAUSE_S)
                number += 1

    def stop_and_wait(self) -> None:
        """Lets the writers end; what they had begun is acknowledged."""
        self._stop.set()
        for thread in self.threads:
            thread.join()

    def give_up(self) -> None:
        """Lets the writers end although nobody answers."""
        self._give_up.set()

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

    def _was_stored(
        self, service: "feedback_service_pb2_grpc.FeedbackServiceStub", request: pb.RecordEventsRequest
    ) -> bool:
        """Whether the writer is done with a batch: it was acknowledged, or must not be sent again."""
        try:
            reply = service.RecordEvents(request, timeout=_DEADLINE_S, wait_for_ready=True)
        except grpc.RpcError as error:
            again = error.code() in _WORTH_ANOTHER_TRY
            with self._lock:
                self.retried += again
                if not again:
                    self.failures.append(f"{error.code().name}: {error.details()}")
            return not again
        with self._lock:
            self.acknowledged += [one.event_id for one in request.events]
            self.known += reply.known_count
            if reply.recorded_count + reply.known_count != len(request.events):
                self.failures.append(f"{len(request.events)} events sent, {reply} answered")
        return True


@contextmanager
def writing(target: str, *, batch: int) -> Generator[EventWriters]:
    """Writers that write until they are told to stop, at the latest when the block ends."""
    writers = EventWriters(target, batch)
    writers.threads += [threading.Thread(target=writers.write, args=(number,)) for number in range(WRITERS)]
    for thread in writers.threads:
        thread.start()
    try:
        yield writers
    finally:
        writers.give_up()
        writers.stop_and_wait()
