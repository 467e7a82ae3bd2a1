"""From a failed RPC to the exception that the caller sees: the one table of statuses.

It reads gRPC's error, its trailing metadata and `google.rpc` details; it does not know requests.
"""

from collections.abc import Iterable
from typing import cast

import grpc

from firstlight import _errors, _rpc_status
from firstlight._call import Call

PUSHBACK_KEY = "grpc-retry-pushback-ms"
"""The trailing metadata by which a server says when to try again; a negative one says never."""

_EXCEPTIONS: dict[grpc.StatusCode, type[_errors.CallFailed]] = {
    grpc.StatusCode.INVALID_ARGUMENT: _errors.InvalidRequest,
    grpc.StatusCode.OUT_OF_RANGE: _errors.InvalidRequest,
    grpc.StatusCode.NOT_FOUND: _errors.NotFound,
    grpc.StatusCode.UNAUTHENTICATED: _errors.Unauthenticated,
    grpc.StatusCode.PERMISSION_DENIED: _errors.PermissionDenied,
    grpc.StatusCode.FAILED_PRECONDITION: _errors.FailedPrecondition,
    grpc.StatusCode.RESOURCE_EXHAUSTED: _errors.Overloaded,
    grpc.StatusCode.DEADLINE_EXCEEDED: _errors.DeadlineExceeded,
    grpc.StatusCode.UNAVAILABLE: _errors.Unavailable,
    grpc.StatusCode.CANCELLED: _errors.Cancelled,
}


def exception_for(error: grpc.RpcError, call: Call) -> _errors.CallFailed:
    """Return the exception for a failed call, to be raised from `error`.

    Args:
        error: What grpc or grpc.aio raised.
        call: The call that failed.

    """
    details = _rpc_status.StatusDetails()
    pushback_s: float | None = None
    for key, value in _trailing_metadata(error):
        if key == _rpc_status.METADATA_KEY and isinstance(value, bytes):
            details = _rpc_status.decode(value)
        elif key == PUSHBACK_KEY:
            pushback_s = _pushback_s(value)
    failure = _errors.Failure(
        code=error.code(),
        message=_message(error, call),
        method=call.method,
        request_id=call.request_id,
        violations=tuple(_errors.Violation(field, description) for field, description in details.violations),
        retry_after_s=details.retry_after_s if pushback_s is None else pushback_s,
    )
    return _EXCEPTIONS.get(failure.code, _errors.ServerError)(failure)


def closed_under_way(call: Call) -> _errors.Cancelled:
    """Return the exception for a call whose client was closed before it was answered."""
    message = "the client was closed before the answer came"
    return _errors.Cancelled(
        _errors.Failure(code=grpc.StatusCode.CANCELLED, message=message, method=call.method, request_id=call.request_id)
    )


def _message(error: grpc.RpcError, call: Call) -> str:
    said = error.details() or "the service gave no message"
    if error.code() is grpc.StatusCode.DEADLINE_EXCEEDED:  # gRPC does not say what the deadline was
        return f"no answer within {call.timeout_s:g} s ({said})"
    if error.code() is grpc.StatusCode.CANCELLED:  # not by this side: the clients tell that themselves
        return f"the service ended the call before it began it, as it does when it is overloaded or stops ({said})"
    return said


def _trailing_metadata(error: grpc.RpcError) -> Iterable[tuple[str, str | bytes]]:
    # grpc gives named pairs, grpc.aio a Metadata, and either gives None where nothing came back from a server
    return cast("Iterable[tuple[str, str | bytes]] | None", error.trailing_metadata()) or ()


def _pushback_s(value: str | bytes) -> float | None:
    try:
        milliseconds = int(value)
    except ValueError:  # not a number: gRPC reads it as "do not retry", and so it gives no time
        return None
    return milliseconds / 1000 if milliseconds >= 0 else None
