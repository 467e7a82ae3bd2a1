"""What is kept of a call: its log line, its metrics and, where asked for, its trace.

Knows nothing of how calls are answered.
"""

import grpc

from firstlight_server.call import Call
from firstlight_server.call_log import CallLog
from firstlight_server.call_span import CallTracer, Metadata
from firstlight_server.metrics.call_metrics import CallMetrics


class CallRecorder:
    """Told when a call begins and how it ended, exactly once each."""

    def __init__(self, *, log: CallLog, metrics: CallMetrics, tracer: CallTracer | None) -> None:
        self._log = log
        self._metrics = metrics
        self._tracer = tracer

    def began(self, call: Call, metadata: Metadata) -> None:
        """A call of a method that exists arrived."""
        self._metrics.began(call.method)
        if self._tracer is not None and not call.is_quiet:
            call.span = self._tracer.begin(call.method, metadata)

    def unknown_method(self) -> None:
        """A call named a method that this server does not have."""
        self._metrics.unknown_method()

    def close(self) -> None:
        """Sends what is left of traces. Blocking."""
        if self._tracer is not None:
            self._tracer.close()

    def ended(
        self, call: Call, code: grpc.StatusCode, *, reason: str | None = None, fault: Exception | None = None
    ) -> None:
        """It ended with ``code``: for the ``reason`` that the caller was told, or by a ``fault`` nobody foresaw."""
        self._metrics.ended(
            call.method,
            code=code.name,
            tenant=call.tenant,
            snapshot=call.snapshot_role,
            duration_s=call.elapsed_s,
        )
        self._log.ended(call, code, reason=reason, fault=fault)
        if call.span is not None:
            call.span.end(code, request_id=call.request_id, tenant=call.tenant, snapshot_id=call.snapshot_id)
