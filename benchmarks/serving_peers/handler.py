"""A plain gRPC server, as its tutorial writes one: a pool of threads, one method, an answer by whatever it is given.

Knows nothing of how answers come about.
"""

import signal
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import FrameType

import grpc

from benchmarks.serving_peers.messages import answered
from benchmarks.serving_peers.question import Answer
from firstlight.v1 import recommendation_service_pb2 as pb

SERVICE = pb.DESCRIPTOR.services_by_name["RecommendationService"].full_name
THREADS = 2
"""One a core of the machine that was measured on."""

Answerer = Callable[[pb.RecommendRequest], Answer]


def serve(address: str, answer: Answerer) -> None:
    """Serves on an address ("host:port") until SIGTERM."""

    def recommend(request: pb.RecommendRequest, _context: grpc.ServicerContext) -> pb.RecommendResponse:
        return answered(answer(request))

    server = grpc.server(ThreadPoolExecutor(THREADS))
    method = grpc.unary_unary_rpc_method_handler(
        recommend,
        request_deserializer=pb.RecommendRequest.FromString,
        response_serializer=pb.RecommendResponse.SerializeToString,
    )
    server.add_registered_method_handlers(SERVICE, {"Recommend": method})
    server.add_insecure_port(address)
    server.start()
    stopped = threading.Event()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        stopped.set()

    signal.signal(signal.SIGTERM, stop)
    stopped.wait()
    server.stop(grace=1.0).wait()
