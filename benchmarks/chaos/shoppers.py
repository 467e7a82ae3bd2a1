"""Callers that are shown a page and buy the first item of it, again and again. They know nothing of who learns."""

import uuid
from dataclasses import dataclass, field

import grpc

from benchmarks.chaos.writers import DEADLINE_S, Writers
from firstlight.v1 import feedback_service_pb2 as pb
from firstlight.v1 import feedback_service_pb2_grpc
from firstlight.v1 import recommendation_service_pb2 as recommendation_pb
from firstlight.v1 import recommendation_service_pb2_grpc as recommendation_grpc
from firstlight.v1.types_pb2 import EVENT_TYPE_PURCHASE, Event

_PAGE = 5


@dataclass
class Shoppers(Writers):
    """They shop, each time as a user whom nobody saw before.

    Attributes:
        pages: what callers were shown and have not yet bought from.
    """

    pages: dict[int, recommendation_pb.RecommendResponse] = field(
        default_factory=dict[int, recommendation_pb.RecommendResponse]
    )

    def call(self, channel: grpc.Channel, writer: int, number: int) -> None:
        """Asks for a page unless one is at hand, and records a purchase from it."""
        user = f"user-{writer}-{number}"
        if writer not in self.pages:
            asked = recommendation_pb.RecommendRequest(user_id=user, page_size=_PAGE, request_id=uuid.uuid4().hex)
            service = recommendation_grpc.RecommendationServiceStub(channel)
            self.pages[writer] = service.Recommend(asked, timeout=DEADLINE_S, wait_for_ready=True)
        page = self.pages[writer]
        bought = Event(item_id=page.items[0].item_id, type=EVENT_TYPE_PURCHASE)
        event = pb.UserEvent(event_id=user, user_id=user, event=bought, request_id=page.request_id)
        feedback = feedback_service_pb2_grpc.FeedbackServiceStub(channel)
        feedback.RecordEvents(pb.RecordEventsRequest(events=[event]), timeout=DEADLINE_S, wait_for_ready=True)
        del self.pages[writer]
        with self.lock:
            self.written += 1
