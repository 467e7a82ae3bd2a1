"""OpenTelemetry spans of calls, sent by OTLP over gRPC; a caller's W3C ``traceparent`` is honoured.

The only module that imports opentelemetry, itself imported only where `otlp_endpoint` is set: a traced call costs as
much again as an empty one. Knows nothing of what calls do.
"""

import logging
from collections.abc import Generator
from contextlib import contextmanager
from importlib.metadata import version

import grpc
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased
from opentelemetry.trace import Span, SpanKind, Status, StatusCode, Tracer, format_trace_id, set_span_in_context
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from structlog.typing import FilteringBoundLogger

from firstlight_server.call_span import Metadata

_EXPORT_TIMEOUT_S = 3.0
_CONTEXT_KEYS = ("traceparent", "tracestate")
_FAULTS = {  # the statuses that OpenTelemetry counts as the server's own fault
    grpc.StatusCode.UNKNOWN,
    grpc.StatusCode.DEADLINE_EXCEEDED,
    grpc.StatusCode.UNIMPLEMENTED,
    grpc.StatusCode.INTERNAL,
    grpc.StatusCode.UNAVAILABLE,
    grpc.StatusCode.DATA_LOSS,
}


class OtlpTracer:
    """A `CallTracer`; the share of calls that it traces is the caller's decision where there is a ``traceparent``."""

    def __init__(self, endpoint: str, *, sample_ratio: float, logger: FilteringBoundLogger) -> None:
        """Connects at the first export to ``endpoint``, an http:// (plaintext) or https:// URL."""
        exporter = OTLPSpanExporter(endpoint=endpoint, timeout=_EXPORT_TIMEOUT_S)
        resource = Resource.create({"service.name": "firstlight-server", "service.version": version("firstlight")})
        self._provider = TracerProvider(
            sampler=ParentBased(TraceIdRatioBased(sample_ratio)), resource=resource, shutdown_on_exit=False
        )
        self._provider.add_span_processor(BatchSpanProcessor(exporter))
        self._tracer: Tracer = self._provider.get_tracer("firstlight_server")
        self._propagator = TraceContextTextMapPropagator()
        self._complaints = _Complaints(logger)
        logging.getLogger("opentelemetry").addHandler(self._complaints)

    def begin(self, method: str, metadata: Metadata) -> "OtlpCallSpan | None":
        """The span of a call; None if it is not sampled."""
        carrier = {key: value for key, value in metadata if key in _CONTEXT_KEYS and isinstance(value, str)}
        context = self._propagator.extract(carrier, Context()) if carrier else Context()
        span = self._tracer.start_span(method.removeprefix("/"), context, kind=SpanKind.SERVER)
        if not span.is_recording():
            return None
        service, _, name = method.removeprefix("/").rpartition("/")
        span.set_attributes({"rpc.system": "grpc", "rpc.service": service, "rpc.method": name})
        return OtlpCallSpan(self._tracer, span)

    def close(self) -> None:
        """Sends what is left, for a few seconds at most."""
        self._provider.shutdown()
        logging.getLogger("opentelemetry").removeHandler(self._complaints)


class OtlpCallSpan:
    """A `CallSpan`."""

    def __init__(self, tracer: Tracer, span: Span) -> None:
        self._tracer = tracer
        self._span = span
        self._context = set_span_in_context(span, Context())

    @property
    def trace_id(self) -> str:
        """32 hexadecimal digits."""
        return format_trace_id(self._span.get_span_context().trace_id)

    @contextmanager
    def stage(self, name: str) -> Generator[None]:
        """A child span."""
        child = self._tracer.start_span(name, self._context)
        try:
            yield
        finally:
            child.end()

    def end(self, code: grpc.StatusCode, *, request_id: str, tenant: str, snapshot_id: str) -> None:
        """Says how it ended, and ends it."""
        number: int = code.value[0]
        self._span.set_attributes(
            {
                "rpc.grpc.status_code": number,
                "firstlight.request_id": request_id,
                "firstlight.tenant": tenant,
                "firstlight.snapshot_id": snapshot_id,
            }
        )
        if code in _FAULTS:
            self._span.set_status(Status(StatusCode.ERROR, code.name))
        self._span.end()


class _Complaints(logging.Handler):
    """Makes what OpenTelemetry has to complain of, such as a collector that is away, lines of the server's own log."""

    def __init__(self, logger: FilteringBoundLogger) -> None:
        super().__init__(logging.WARNING)
        self._logger = logger

    def emit(self, record: logging.LogRecord) -> None:
        self._logger.warning("tracing", fault=record.getMessage())
