"""The front desk of a fake server: records every call, lets it wait, and ends it where script or contract say so.

It does not know how to answer.
"""

import threading
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Never, TypeVar, cast

import grpc

from firstlight import _rpc_status
from firstlight._config import DEFAULT_TENANT
from firstlight._errors import Failure
from firstlight._failure import PUSHBACK_KEY
from firstlight._recommendation import Recommendation, RequestWarning
from firstlight.testing._received import Received
from firstlight.testing._refusal import Refusal
from firstlight.testing._script import Script

AnswerT = TypeVar("AnswerT")

_ATTEMPTS_KEY = "grpc-previous-rpc-attempts"


class Desk:
    """What every call of a fake server passes."""

    def __init__(self, *, token: str | None) -> None:
        self.faults = Script[Failure]()
        self.delays_s = Script[float]()
        self.answers = Script[Recommendation]()
        self.warnings = Script[RequestWarning]()
        self.serving = True
        self.closing = threading.Event()
        self._token = token
        self._received: list[Received] = []
        self._lock = threading.Lock()

    @property
    def received(self) -> list[Received]:
        """Every call so far, in the order of arrival."""
        with self._lock:
            return list(self._received)

    def clear(self) -> None:
        """Forget the script and the records."""
        for script in (self.faults, self.delays_s, self.answers, self.warnings):
            script.clear()
        with self._lock:
            self._received.clear()

    def serve(self, call: Received, context: grpc.ServicerContext, answer: Callable[[], AnswerT]) -> AnswerT:
        """Receive a call and return its answer; a `Refusal` on the way, scripted or not, ends it with its status."""
        try:
            self._receive(call, context)
            return answer()
        except Refusal as refusal:
            _abort(context, refusal.failure)

    def _receive(self, call: Received, context: grpc.ServicerContext) -> None:
        pairs = cast("Iterable[tuple[str, str | bytes]]", context.invocation_metadata())
        metadata = {key: value for key, value in pairs if isinstance(value, str)}
        attempt = 1 + int(metadata.get(_ATTEMPTS_KEY, "0"))
        arrived = replace(call, metadata=metadata, attempt=attempt, timeout_s=_time_left_s(context))
        with self._lock:
            self._received.append(arrived)
        if self._token is not None and metadata.get("authorization") != f"Bearer {self._token}":
            raise Refusal(Failure(code=grpc.StatusCode.UNAUTHENTICATED, message="no token, or not the right one"))
        if (delay_s := self.delays_s.take(call.method)) is not None:
            self.closing.wait(delay_s)
        if (fault := self.faults.take(call.method)) is not None:
            raise Refusal(fault)


def tenant_or_default(tenant: str) -> str:
    """Return the tenant that a message means."""
    return tenant or DEFAULT_TENANT


def _time_left_s(context: grpc.ServicerContext) -> float | None:
    left_s: float | None = context.time_remaining()  # None without a deadline, whatever the stubs say
    return left_s


def _abort(context: grpc.ServicerContext, failure: Failure) -> Never:
    violations = tuple((each.field, each.description) for each in failure.violations)
    details = _rpc_status.StatusDetails(violations, failure.retry_after_s)
    trailing: list[tuple[str, str | bytes]] = []
    if details != _rpc_status.StatusDetails():
        number = failure.code.value[0]
        trailing.append((_rpc_status.METADATA_KEY, _rpc_status.encode(number, failure.message, details)))
    if failure.retry_after_s is not None:
        trailing.append((PUSHBACK_KEY, str(_pushback_ms(failure.retry_after_s))))
    context.set_trailing_metadata(tuple(trailing))
    context.abort(failure.code, failure.message)


def _pushback_ms(retry_after_s: float) -> int:
    # a pushback of 0 hangs gRPC's retries until the deadline (grpc/grpc#41036): "at once" is 1 ms; below 0 is "never"
    milliseconds = round(retry_after_s * 1000)
    return milliseconds if milliseconds < 0 else max(1, milliseconds)
