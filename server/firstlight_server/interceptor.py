"""The outer edge of every call: its id, deadline and log line, and the one place where an exception becomes a status.

Covers streams as well as unary calls. Knows nothing of the API's messages beyond ``request_id``, ``tenant`` and
``requests``.
"""

import asyncio
import inspect
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeAlias
from urllib.parse import quote

import grpc
import grpc.aio
from google.protobuf.message import DecodeError
from structlog.typing import FilteringBoundLogger

from firstlight_server.admission.admission import Admission
from firstlight_server.call import Call, Deadline, current_call
from firstlight_server.errors import InvalidRequestError, OverloadedError, Violation
from firstlight_server.limits import MAX_REQUEST_ID_CHARACTERS
from firstlight_server.redaction import message_for_caller, reason_for_log, tenant_for_log, trace_for_log
from firstlight_server.status import DETAILS_KEY, PUSHBACK_KEY, details_of, status_of

REQUEST_ID_KEY = "x-request-id"
SNAPSHOT_ID_KEY = "x-snapshot-id"
_QUIET_SERVICES = ("/grpc.health.", "/grpc.reflection.")

# Text, since gRPC's classes are generic in their stubs only.
Handler: TypeAlias = "grpc.RpcMethodHandler[Any, Any]"
Continuation: TypeAlias = "Callable[[grpc.HandlerCallDetails], Awaitable[grpc.RpcMethodHandler[Any, Any] | None]]"
Context = grpc.aio.ServicerContext[Any, Any]
Metadata = tuple[tuple[str, str | bytes], ...]


class CallInterceptor(grpc.aio.ServerInterceptor):
    """Wraps every method. Messages are decoded inside, so that unreadable bytes are INVALID_ARGUMENT too."""

    def __init__(self, *, admission: Admission, logger: FilteringBoundLogger) -> None:
        self._admission = admission
        self._logger = logger

    async def intercept_service(
        self,
        continuation: Continuation,
        handler_call_details: grpc.HandlerCallDetails,
    ) -> "grpc.RpcMethodHandler[Any, Any] | None":
        """The method's handler, wrapped; None if there is no such method."""
        handler = await continuation(handler_call_details)
        if handler is None:
            return None
        method = str(handler_call_details.method)
        if handler.response_streaming:
            return self._streaming(method, handler)
        return self._unary(method, handler)

    def _unary(self, method: str, handler: Handler) -> Handler:
        behaviour: Any = handler.stream_unary if handler.request_streaming else handler.unary_unary

        async def answer(request: Any, context: Context) -> Any:
            async with self._call(method, context) as call:
                message = _decoded(handler, request, call)
                async with self._admission.admit(call):
                    response = await behaviour(message, context)
                context.set_trailing_metadata(_trailing(call))
                return response

        if handler.request_streaming:
            return grpc.stream_unary_rpc_method_handler(
                answer, handler.request_deserializer, handler.response_serializer
            )
        return grpc.unary_unary_rpc_method_handler(answer, None, handler.response_serializer)

    def _streaming(self, method: str, handler: Handler) -> Handler:
        behaviour: Any = handler.stream_stream if handler.request_streaming else handler.unary_stream

        async def answer(request: Any, context: Context) -> AsyncIterator[Any]:
            async with self._call(method, context) as call:
                message = _decoded(handler, request, call)
                async with self._admission.admit(call):
                    replies = behaviour(message, context)
                    if inspect.isawaitable(replies):  # a handler that writes to the context by itself
                        await replies
                        return
                    async for reply in replies:
                        yield reply

        if handler.request_streaming:
            return grpc.stream_stream_rpc_method_handler(
                answer, handler.request_deserializer, handler.response_serializer
            )
        return grpc.unary_stream_rpc_method_handler(answer, None, handler.response_serializer)

    @asynccontextmanager
    async def _call(self, method: str, context: Context) -> AsyncGenerator[Call]:
        call = Call(method, Deadline.after(context.time_remaining()))
        current_call.set(call)
        try:
            call.deadline.check()
            yield call
        except grpc.aio.AbortError:
            self._log(call, context.code())
            raise
        except asyncio.CancelledError:
            call.deadline.give_up()
            self._log(call, grpc.StatusCode.CANCELLED)
            raise
        except Exception as error:  # noqa: BLE001 - the edge: nothing may leave it but a status
            await self._fail(call, context, error)
        else:
            self._log(call, grpc.StatusCode.OK)

    async def _fail(self, call: Call, context: Context, error: Exception) -> None:
        code = status_of(error)
        message, trailing = message_for_caller(error), _trailing(call)
        if isinstance(error, InvalidRequestError):
            trailing = (*trailing, (DETAILS_KEY, details_of(error)))
        if isinstance(error, OverloadedError):
            trailing = (*trailing, (PUSHBACK_KEY, str(max(1, round(error.retry_after_s * 1_000)))))
        if code is grpc.StatusCode.INTERNAL:
            message = f"internal error; the service's log has it under request id {call.request_id}"
            self._logger.error("call failed", **_facts(call, code), exception=trace_for_log(error))
        else:
            self._log(call, code, reason=reason_for_log(error))
        await context.abort(code, message, trailing)

    def _log(self, call: Call, code: grpc.StatusCode, *, reason: str | None = None) -> None:
        # A refusal must cost less than what it refuses: `RefusalLog` sums them up.
        quiet = call.method.startswith(_QUIET_SERVICES) or code is grpc.StatusCode.RESOURCE_EXHAUSTED
        write = self._logger.debug if quiet else self._logger.info
        write("call", **_facts(call, code), **({"reason": reason} if reason else {}))


def _decoded(handler: Handler, request: Any, call: Call) -> Any:
    """The request's message, its id and tenant noted in ``call``; a stream of requests is passed on as it is."""
    if handler.request_streaming:
        return request
    try:
        message: Any = handler.request_deserializer(request) if handler.request_deserializer else request
    except (DecodeError, ValueError) as error:
        raise InvalidRequestError([Violation("", "the bytes are no message of this method")]) from error
    given = getattr(message, "request_id", "")
    call.request_id = given[:MAX_REQUEST_ID_CHARACTERS] or call.request_id
    call.tenant = getattr(message, "tenant", "")
    call.units = max(1, len(getattr(message, "requests", ())))
    return message


def _trailing(call: Call) -> Metadata:
    known: Metadata = ((REQUEST_ID_KEY, quote(call.request_id, safe=" !#$&'()*+,/:;=?@[]|~")),)
    return (*known, (SNAPSHOT_ID_KEY, call.snapshot_id)) if call.snapshot_id else known


def _facts(call: Call, code: grpc.StatusCode) -> dict[str, Any]:
    return {
        "method": call.method,
        "code": code.name,
        "duration_ms": round(call.elapsed_ms, 3),
        "request_id": call.request_id,
        "snapshot_id": call.snapshot_id,
        "tenant": tenant_for_log(call.tenant),
        "caller": call.caller,
    }
