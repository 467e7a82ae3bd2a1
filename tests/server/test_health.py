"""Health, reflection and draining over real gRPC."""

import asyncio
from pathlib import Path

import grpc
import pytest
from grpc_health.v1.health_pb2 import HealthCheckRequest, HealthCheckResponse
from grpc_reflection.v1alpha import reflection_pb2

from firstlight.v1 import recommendation_service_pb2 as pb
from firstlight.v1.types_pb2 import Declaration
from firstlight_server.health import SERVICE_NAMES
from tests.server.asked import asked
from tests.server.running import Running, running
from tests.server.tiny_snapshot import TinySnapshot

REFLECTION = "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo"


async def reflected(server: Running) -> list[str]:
    method = server.channel.stream_stream(
        REFLECTION,
        request_serializer=reflection_pb2.ServerReflectionRequest.SerializeToString,
        response_deserializer=reflection_pb2.ServerReflectionResponse.FromString,
    )
    names: list[str] = []
    async for reply in method(iter([reflection_pb2.ServerReflectionRequest(list_services="")])):
        names += [service.name for service in reply.list_services_response.service]
    return names


async def test_nothing_published_is_not_serving_and_unavailable_until_something_is(tmp_path: Path) -> None:
    async with running(tmp_path, wait=False) as server:
        await asyncio.sleep(0.2)
        for name in ("", *SERVICE_NAMES):
            assert await server.health(name) == HealthCheckResponse.NOT_SERVING
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await server.recommendations.Recommend(pb.RecommendRequest())
        assert caught.value.code() is grpc.StatusCode.UNAVAILABLE
        await asyncio.to_thread(TinySnapshot().publish, tmp_path)
        await server.until_serving()
        for name in SERVICE_NAMES:
            assert await server.health(name) == HealthCheckResponse.SERVING


async def test_serving_waits_for_every_tenant_that_has_a_snapshot(tmp_path: Path) -> None:
    TinySnapshot().publish(tmp_path)
    bad = TinySnapshot(space=False).publish(tmp_path, "broken")
    async with running(tmp_path, wait=False) as server:

        async def refused() -> bool:
            return bad in server.log.getvalue()

        await server.until(refused)
        assert await server.health() == HealthCheckResponse.NOT_SERVING
        await asyncio.to_thread(TinySnapshot(seed=1).publish, tmp_path, "broken")
        await server.until_serving()


async def test_a_watcher_of_health_sees_the_drain(published: Path) -> None:
    async with running(published) as server:
        watched = server.channel.unary_stream(
            "/grpc.health.v1.Health/Watch",
            request_serializer=HealthCheckRequest.SerializeToString,
            response_deserializer=HealthCheckResponse.FromString,
        )(HealthCheckRequest())
        statuses = (reply.status async for reply in watched)
        assert await anext(statuses) == HealthCheckResponse.SERVING
        stopping = asyncio.create_task(server.server.stop())
        assert await anext(statuses) == HealthCheckResponse.NOT_SERVING
        watched.cancel()
        await stopping


async def test_calls_in_flight_finish_while_draining(published: Path) -> None:
    async with running(published) as server:
        many = [Declaration(text=f"words {number}") for number in range(100)]
        requests = [pb.RecommendRequest(declarations=many)] * 20
        call = server.recommendations.BatchRecommend(pb.BatchRecommendRequest(requests=requests))
        await call.wait_for_connection()
        await asyncio.sleep(0.01)
        stopping = asyncio.create_task(server.server.stop())
        assert len((await call).responses) == 20
        await stopping


async def test_reflection_is_off_unless_asked_for(published: Path) -> None:
    async with running(published) as server:
        assert await asked(server, REFLECTION, None, streams=True) is grpc.StatusCode.UNIMPLEMENTED


async def test_reflection_lists_the_services(published: Path) -> None:
    async with running(published, reflection=True) as server:
        assert set(SERVICE_NAMES) < set(await reflected(server))
