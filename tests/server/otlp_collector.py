"""A real OTLP gRPC collector of traces on a free port, which keeps what it is sent."""

import threading
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import grpc
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2, trace_service_pb2_grpc
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, Span


class OtlpCollector(trace_service_pb2_grpc.TraceServiceServicer):
    """What arrived so far."""

    def __init__(self) -> None:
        self.resources: list[ResourceSpans] = []
        self.port = 0
        self._lock = threading.Lock()

    def Export(  # noqa: N802 - the API's name
        self, request: trace_service_pb2.ExportTraceServiceRequest, context: grpc.ServicerContext
    ) -> trace_service_pb2.ExportTraceServiceResponse:
        with self._lock:
            self.resources += request.resource_spans
        return trace_service_pb2.ExportTraceServiceResponse()

    @property
    def spans(self) -> list[Span]:
        with self._lock:
            return [span for resource in self.resources for scope in resource.scope_spans for span in scope.spans]


@contextmanager
def collecting() -> Generator[OtlpCollector]:
    collector = OtlpCollector()
    server = grpc.server(ThreadPoolExecutor(1))
    trace_service_pb2_grpc.add_TraceServiceServicer_to_server(collector, server)  # type: ignore[no-untyped-call]
    collector.port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        yield collector
    finally:
        server.stop(None).wait()


def attributes(span: Span) -> dict[str, str | int]:
    return {one.key: one.value.string_value or one.value.int_value for one in span.attributes}
