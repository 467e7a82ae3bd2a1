"""The outer edge of one call: it begins, and however it ends, that becomes its status and its record.

Here alone an exception becomes a status. Knows nothing of messages, or of who is let in.
"""

import asyncio
from collections.abc import Iterable
from types import TracebackType
from typing import Any, TypeAlias
from urllib.parse import quote

import grpc
import grpc.aio

from firstlight_server.call import Call, Deadline, current_call
from firstlight_server.call_recorder import CallRecorder
from firstlight_server.errors import InvalidRequestError, OverloadedError
from firstlight_server.limits import MAX_REQUEST_ID_CHARACTERS
from firstlight_server.redaction import message_for_caller, reason_for_log
from firstlight_server.status import DETAILS_KEY, PUSHBACK_KEY, details_of, status_of

REQUEST_ID_KEY = "x-request-id"
SNAPSHOT_ID_KEY = "x-snapshot-id"

Context: TypeAlias = grpc.aio.ServicerContext[Any, Any]
Metadata: TypeAlias = tuple[tuple[str, str | bytes], ...]


class CallEdge:
    """Holds a call from its arrival to its end. A class, for a generator's context manager costs three times as much.

    Attributes:
        call: what is known of it.
    """

    __slots__ = ("_context", "_metadata", "_recorder", "call")

    def __init__(self, details: grpc.HandlerCallDetails, context: Context, recorder: CallRecorder) -> None:
        self._metadata: Metadata = tuple(details.invocation_metadata or ())
        self._context, self._recorder = context, recorder
        deadline = Deadline.after(context.time_remaining())
        self.call = Call(str(details.method), deadline, caller_id=_given_id(self._metadata))

    async def __aenter__(self) -> Call:
        current_call.set(self.call)
        self._recorder.began(self.call, self._metadata)
        return self.call

    async def __aexit__(
        self, _kind: type[BaseException] | None, error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        call = self.call
        if error is None:
            self._recorder.ended(call, grpc.StatusCode.OK)
        elif isinstance(error, grpc.aio.AbortError):
            self._recorder.ended(call, self._context.code())
        elif isinstance(error, asyncio.CancelledError | GeneratorExit):
            call.deadline.give_up()
            self._recorder.ended(call, grpc.StatusCode.CANCELLED)
        elif isinstance(error, Exception):
            await self._fail(error)

    async def _fail(self, error: Exception) -> None:
        call, code = self.call, status_of(error)
        message, trailing = message_for_caller(error), trailing_of(call)
        if isinstance(error, InvalidRequestError):
            trailing = (*trailing, (DETAILS_KEY, details_of(error)))
        if isinstance(error, OverloadedError):
            trailing = (*trailing, pushback(error))
        if code is grpc.StatusCode.INTERNAL:
            message = f"internal error; the service's log has it under request id {call.request_id}"
            self._recorder.ended(call, code, fault=error)
        else:
            self._recorder.ended(call, code, reason=reason_for_log(error))
        await self._context.abort(code, message, trailing)


def trailing_of(call: Call) -> Metadata:
    """What every reply carries beside its message: the call's id, and its snapshot's once that is known."""
    known: Metadata = ((REQUEST_ID_KEY, quote(call.request_id, safe=" !#$&'()*+,/:;=?@[]|~")),)
    return (*known, (SNAPSHOT_ID_KEY, call.snapshot_id)) if call.snapshot_id else known


def pushback(error: OverloadedError) -> tuple[str, str]:
    """The trailing entry that says when to come back."""
    return PUSHBACK_KEY, str(max(1, round(error.retry_after_s * 1_000)))


def _given_id(metadata: Iterable[tuple[str, str | bytes]]) -> str:
    """The id that the caller sent beside the message, which some messages have no field for; empty if none."""
    for key, value in metadata:
        if key == REQUEST_ID_KEY and isinstance(value, str):
            return value[:MAX_REQUEST_ID_CHARACTERS]
    return ""
