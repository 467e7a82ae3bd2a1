"""Puts the services onto a gRPC server, each method under a policy. Knows nothing of what they do."""

from dataclasses import dataclass
from typing import Any

import grpc.aio
from grpc_reflection.v1alpha import reflection, reflection_pb2_grpc

from firstlight.v1 import (
    catalogue_service_pb2_grpc,
    feedback_service_pb2_grpc,
    index_service_pb2_grpc,
    profile_service_pb2_grpc,
    recommendation_service_pb2_grpc,
)
from firstlight.v1.feedback_service_pb2_grpc import FeedbackServiceServicer
from firstlight_server.catalogue.catalogue_service import CatalogueService
from firstlight_server.health import HEALTH_SERVICE_NAME, SERVICE_NAMES, Health
from firstlight_server.identity.method_register import MethodRegister
from firstlight_server.identity.policy import require_policies
from firstlight_server.index_service import IndexService
from firstlight_server.profile.profile_service import ProfileService
from firstlight_server.recommendation_service import RecommendationService


@dataclass(frozen=True)
class Services:
    """The services of the API."""

    recommendation: RecommendationService
    index: IndexService
    feedback: FeedbackServiceServicer
    profile: ProfileService
    catalogue: CatalogueService


def add_services(server: grpc.aio.Server, services: Services, health: Health, *, reflects: bool) -> None:
    """Adds all of them, and gRPC's reflection if it ``reflects``.

    Raises:
        SettingsError: a method has no policy.
    """
    register = MethodRegister(server)
    recommendation_service_pb2_grpc.add_RecommendationServiceServicer_to_server(
        services.recommendation, register.server
    )
    index_service_pb2_grpc.add_IndexServiceServicer_to_server(services.index, register.server)
    feedback_service_pb2_grpc.add_FeedbackServiceServicer_to_server(services.feedback, register.server)
    profile_service_pb2_grpc.add_ProfileServiceServicer_to_server(services.profile, register.server)
    catalogue_service_pb2_grpc.add_CatalogueServiceServicer_to_server(services.catalogue, register.server)
    health.register(register.server)
    if reflects:
        names = (*SERVICE_NAMES, HEALTH_SERVICE_NAME, reflection.SERVICE_NAME)
        stub: Any = reflection_pb2_grpc  # lacks types
        stub.add_ServerReflectionServicer_to_server(reflection.aio.ReflectionServicer(names), register.server)
    require_policies(register.methods)
