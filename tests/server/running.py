"""A real server on a free port over real snapshots; nothing is mocked."""

import asyncio
import io
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import grpc.aio
from grpc_health.v1 import health_pb2

from firstlight.v1 import (
    catalogue_service_pb2_grpc,
    feedback_service_pb2_grpc,
    index_service_pb2_grpc,
    profile_service_pb2_grpc,
    recommendation_service_pb2_grpc,
)
from firstlight_server.app import Server, start
from firstlight_server.logs import json_logger
from firstlight_server.settings import Settings

POLL_S = 0.05


@dataclass
class Running:
    """A server and typed stubs for it."""

    server: Server
    channel: grpc.aio.Channel
    log: io.StringIO

    @property
    def recommendations(self) -> "recommendation_service_pb2_grpc.RecommendationServiceAsyncStub":
        return recommendation_service_pb2_grpc.RecommendationServiceStub(self.channel)

    @property
    def index(self) -> "index_service_pb2_grpc.IndexServiceAsyncStub":
        return index_service_pb2_grpc.IndexServiceStub(self.channel)

    @property
    def profiles(self) -> "profile_service_pb2_grpc.ProfileServiceAsyncStub":
        return profile_service_pb2_grpc.ProfileServiceStub(self.channel)

    @property
    def feedback(self) -> "feedback_service_pb2_grpc.FeedbackServiceAsyncStub":
        return feedback_service_pb2_grpc.FeedbackServiceStub(self.channel)

    @property
    def catalogue(self) -> "catalogue_service_pb2_grpc.CatalogueServiceAsyncStub":
        return catalogue_service_pb2_grpc.CatalogueServiceStub(self.channel)

    async def health(self, service: str = "") -> int:
        check = self.channel.unary_unary(
            "/grpc.health.v1.Health/Check",
            request_serializer=health_pb2.HealthCheckRequest.SerializeToString,
            response_deserializer=health_pb2.HealthCheckResponse.FromString,
        )
        return int((await check(health_pb2.HealthCheckRequest(service=service))).status)

    async def until(self, condition: Callable[[], Awaitable[bool]], *, timeout_s: float = 10.0) -> None:
        async with asyncio.timeout(timeout_s):
            while not await condition():
                await asyncio.sleep(POLL_S / 5)

    async def until_serving(self) -> None:
        async def serving() -> bool:
            return await self.health() == health_pb2.HealthCheckResponse.SERVING

        await self.until(serving)


@asynccontextmanager
async def running(data_dir: Path, *, wait: bool = True, **settings: object) -> AsyncGenerator[Running]:
    """A server over `data_dir` until the block ends; it keeps no events unless a setting says where."""
    values = {"data_dir": data_dir, "listen": "127.0.0.1:0", "poll_interval_s": POLL_S, "drain_grace_s": 2.0}
    values |= {"metrics_listen": "127.0.0.1:0", "inspect_apart": False, "events_url": ""} | settings
    log = io.StringIO()
    server = await start(Settings.model_validate(values), logger=json_logger("debug", stream=log))
    try:
        async with grpc.aio.insecure_channel(f"127.0.0.1:{server.port}") as channel:
            one = Running(server, channel, log)
            if wait:
                await one.until_serving()
            yield one
    finally:
        await server.stop()
