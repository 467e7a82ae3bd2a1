"""What the server says of its own health, by the gRPC health protocol.

NOT_SERVING until the first snapshots are warm, SERVING from then on (a bad snapshot published later changes nothing),
NOT_SERVING again before the listener closes. Knows nothing of snapshots.
"""

import asyncio

import grpc.aio
from grpc_health.v1 import health, health_pb2, health_pb2_grpc

from firstlight.v1 import (
    catalogue_service_pb2,
    feedback_service_pb2,
    index_service_pb2,
    profile_service_pb2,
    recommendation_service_pb2,
)

SERVICE_NAMES = (
    recommendation_service_pb2.DESCRIPTOR.services_by_name["RecommendationService"].full_name,
    index_service_pb2.DESCRIPTOR.services_by_name["IndexService"].full_name,
    profile_service_pb2.DESCRIPTOR.services_by_name["ProfileService"].full_name,
    feedback_service_pb2.DESCRIPTOR.services_by_name["FeedbackService"].full_name,
    catalogue_service_pb2.DESCRIPTOR.services_by_name["CatalogueService"].full_name,
)
HEALTH_SERVICE_NAME = health.SERVICE_NAME


class Health:
    """The health of the server as a whole (the empty name) and of each service.

    Attributes:
        serving: set once calls are answered for the first time.
    """

    def __init__(self) -> None:
        self._servicer = health.aio.HealthServicer()
        self.serving = asyncio.Event()

    @property
    def is_serving(self) -> bool:
        """Whether it says SERVING now."""
        return self._serving

    def register(self, server: grpc.aio.Server) -> None:
        """Adds the health service to ``server``."""
        health_pb2_grpc.add_HealthServicer_to_server(self._servicer, server)

    async def set_serving(self, serving: bool) -> None:
        """Says whether calls will be answered."""
        self._serving = serving
        status = health_pb2.HealthCheckResponse.SERVING if serving else health_pb2.HealthCheckResponse.NOT_SERVING
        for name in ("", *SERVICE_NAMES):
            await self._servicer.set(name, status)
        if serving:
            self.serving.set()

    async def drain(self) -> None:
        """NOT_SERVING for good: the listener is about to close."""
        self._serving = False
        await self._servicer.enter_graceful_shutdown()
