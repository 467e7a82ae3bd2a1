"""The log line of a call: which calls get one, and its fields. Knows nothing of metrics or traces."""

import random
from typing import Any

import grpc
from structlog.typing import FilteringBoundLogger

from firstlight_server.call import Call
from firstlight_server.redaction import tenant_for_log, trace_for_log
from firstlight_server.settings import LogCalls


class CallLog:
    """Writes at most one line a call: ``call``, or ``call failed`` for a fault nobody foresaw, which is always told."""

    def __init__(self, logger: FilteringBoundLogger, *, calls: LogCalls, sample_ratio: float) -> None:
        """Takes which ``calls`` are told, and the share (0..1) of those that ended well."""
        self._logger = logger
        self._calls = calls
        self._sample_ratio = sample_ratio

    def ended(self, call: Call, code: grpc.StatusCode, *, reason: str | None, fault: Exception | None) -> None:
        """A call ended: for a ``reason`` that its caller was told, or by a ``fault``."""
        if fault is not None:
            self._logger.error("call failed", **_fields(call, code), exception=trace_for_log(fault))
        elif self._tells(code):
            # A refusal must cost less than what it refuses: `RefusalLog` sums them up.
            quiet = call.is_quiet or code is grpc.StatusCode.RESOURCE_EXHAUSTED
            write = self._logger.debug if quiet else self._logger.info
            write("call", **_fields(call, code), **({"reason": reason} if reason else {}))

    def _tells(self, code: grpc.StatusCode) -> bool:
        if code is not grpc.StatusCode.OK:
            return self._calls != "none"
        # Which calls are in the log need not be secret.
        return self._calls == "all" and (self._sample_ratio >= 1 or random.random() < self._sample_ratio)


def _fields(call: Call, code: grpc.StatusCode) -> dict[str, Any]:
    fields = {
        "method": call.method,
        "code": code.name,
        "duration_ms": round(call.elapsed_s * 1_000, 3),
        "request_id": call.request_id,
        "snapshot_id": call.snapshot_id,
        "tenant": tenant_for_log(call.tenant),
        "caller": call.caller,
    }
    return fields if call.span is None else fields | {"trace_id": call.span.trace_id}
