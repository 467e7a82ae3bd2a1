"""What is kept of a call: its log line and its metrics. Knows nothing of how calls are answered."""

from typing import Any

import grpc
from structlog.typing import FilteringBoundLogger

from firstlight_server.call import Call
from firstlight_server.metrics.call_metrics import CallMetrics

_QUIET_SERVICES = ("/grpc.health.", "/grpc.reflection.")


class CallRecorder:
    """Told when a call begins and how it ended, exactly once each."""

    def __init__(self, *, logger: FilteringBoundLogger, metrics: CallMetrics) -> None:
        self._logger = logger
        self._metrics = metrics

    def began(self, call: Call) -> None:
        """A call of a method that exists arrived."""
        self._metrics.began(call.method)

    def unknown_method(self) -> None:
        """A call named a method that this server does not have."""
        self._metrics.unknown_method()

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
        if fault is not None:
            self._logger.error("call failed", **_facts(call, code), exc_info=fault)
            return
        write = self._logger.debug if call.method.startswith(_QUIET_SERVICES) else self._logger.info
        write("call", **_facts(call, code), **({"reason": reason} if reason else {}))


def _facts(call: Call, code: grpc.StatusCode) -> dict[str, Any]:
    return {
        "method": call.method,
        "code": code.name,
        "duration_ms": round(call.elapsed_s * 1_000, 3),
        "request_id": call.request_id,
        "snapshot_id": call.snapshot_id,
        "tenant": call.tenant,
    }
