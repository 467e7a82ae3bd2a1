"""A gRPC server of the real one's stack (grpc.aio, uvloop) whose Recommend does nothing: the floor of serving.

Run as `python -m benchmarks.empty_server HOST:PORT`; ends at SIGTERM. Knows nothing of recommending.
"""

import asyncio
import signal
import sys

import grpc
import uvloop
from grpc_health.v1 import health, health_pb2, health_pb2_grpc

from firstlight.v1 import recommendation_service_pb2 as pb

SERVICE = pb.DESCRIPTOR.services_by_name["RecommendationService"].full_name


async def recommend_nothing(
    _request: pb.RecommendRequest,
    _context: grpc.aio.ServicerContext[pb.RecommendRequest, pb.RecommendResponse],
) -> pb.RecommendResponse:
    """An empty reply, at once."""
    return pb.RecommendResponse()


async def serve(address: str) -> None:
    """Serve on an address ("host:port") until SIGTERM."""
    server = grpc.aio.server()
    recommend = grpc.unary_unary_rpc_method_handler(
        recommend_nothing,
        request_deserializer=pb.RecommendRequest.FromString,
        response_serializer=pb.RecommendResponse.SerializeToString,
    )
    server.add_registered_method_handlers(SERVICE, {"Recommend": recommend})
    state = health.aio.HealthServicer()
    health_pb2_grpc.add_HealthServicer_to_server(state, server)
    server.add_insecure_port(address)
    await server.start()
    await state.set("", health_pb2.HealthCheckResponse.SERVING)
    stopped = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopped.set)
    await stopped.wait()
    await server.stop(grace=1.0)


if __name__ == "__main__":
    uvloop.run(serve(sys.argv[1]))
