"""What every call passes on its way to its handler: its edge, its decoding, the permit of its caller, and the gate.

Covers streams as well as unary calls. Knows nothing of the API's messages beyond ``request_id``, ``tenant`` and
``requests``.
"""

import inspect
from collections.abc import AsyncIterator
from typing import Any

import grpc
import grpc.aio
from google.protobuf.message import DecodeError

from firstlight_server.admission.admission import Admission
from firstlight_server.call import Call
from firstlight_server.call_edge import CallEdge, Context, Metadata, pushback, trailing_of
from firstlight_server.call_recorder import CallRecorder
from firstlight_server.errors import InvalidRequestError, Violation
from firstlight_server.identity.permit import Permit, current_permit
from firstlight_server.limits import DEFAULT_TENANT, MAX_REQUEST_ID_CHARACTERS
from firstlight_server.method_handler import Continuation, Handler, behaviour_of, with_behaviour
from firstlight_server.redaction import message_for_caller
from firstlight_server.status import status_of

TENANT_KEY = "x-tenant"
"""The tenant, repeated where it can be seen before the message is read."""


class CallInterceptor(grpc.aio.ServerInterceptor):
    """Wraps every method. Messages are decoded inside, so that unreadable bytes are INVALID_ARGUMENT too."""

    def __init__(self, *, admission: Admission, recorder: CallRecorder) -> None:
        self._admission = admission
        self._recorder = recorder

    async def intercept_service(
        self,
        continuation: Continuation,
        handler_call_details: grpc.HandlerCallDetails,
    ) -> "grpc.RpcMethodHandler[Any, Any] | None":
        """The method's handler, wrapped; None if there is no such method."""
        handler = await continuation(handler_call_details)
        if handler is None:
            self._recorder.unknown_method()
            return None
        permit = current_permit.get()  # NOTE: here, for the handler runs in a context of its own
        refused = self._refused(handler_call_details, permit)
        if refused is not None:
            return refused
        if handler.response_streaming:
            return self._streaming(handler_call_details, handler, permit)
        return self._unary(handler_call_details, handler, permit)

    def _refused(self, details: grpc.HandlerCallDetails, permit: Permit) -> "grpc.RpcMethodHandler[Any, Any] | None":
        """A handler that ends the call without reading it; None where the call may come in, or must be read to know.

        The tenant in the metadata is believed only against its caller: the message decides whose call it is.
        """
        metadata: Metadata = tuple(details.invocation_metadata or ())
        tenant = next((value for key, value in metadata if key == TENANT_KEY), None)
        if not isinstance(tenant, str) or not permit.allows(tenant):
            return None
        error = self._admission.refusal(Call(str(details.method), tenant=tenant))
        if error is None:
            return None

        async def refuse(_requests: AsyncIterator[Any], context: Context) -> Any:
            await context.abort(status_of(error), message_for_caller(error), (pushback(error),))

        # NOTE: as a stream, since gRPC reads the message of any other kind before it asks its handler.
        return grpc.stream_unary_rpc_method_handler(refuse)

    def _unary(self, details: grpc.HandlerCallDetails, handler: Handler, permit: Permit) -> Handler:
        behaviour = behaviour_of(handler)

        async def answer(request: Any, context: Context) -> Any:
            async with CallEdge(details, context, self._recorder) as call:
                call.deadline.check()
                message = _permitted(_decoded(handler, request, call), permit, call)
                async with self._admission.admit(call):
                    response = await behaviour(message, context)
                context.set_trailing_metadata(trailing_of(call))
                return response

        return with_behaviour(handler, answer, decodes=handler.request_streaming)

    def _streaming(self, details: grpc.HandlerCallDetails, handler: Handler, permit: Permit) -> Handler:
        behaviour = behaviour_of(handler)

        async def answer(request: Any, context: Context) -> AsyncIterator[Any]:
            async with CallEdge(details, context, self._recorder) as call:
                call.deadline.check()
                message = _permitted(_decoded(handler, request, call), permit, call)
                async with self._admission.admit(call):
                    replies = behaviour(message, context)
                    if inspect.isawaitable(replies):  # a handler that writes to the context by itself
                        await replies
                        return
                    async for reply in replies:
                        yield reply

        return with_behaviour(handler, answer, decodes=handler.request_streaming)


def _decoded(handler: Handler, request: Any, call: Call) -> Any:
    """The request's message, its id and tenant noted in ``call``; a stream of requests is passed on as it is."""
    if handler.request_streaming:
        return request
    try:
        message: Any = handler.request_deserializer(request) if handler.request_deserializer else request
    except (DecodeError, ValueError) as error:
        raise InvalidRequestError([Violation("", "the bytes are no message of this method")]) from error
    given = getattr(message, "request_id", "")
    call.caller_id = given[:MAX_REQUEST_ID_CHARACTERS] or call.caller_id
    tenant: str | None = getattr(message, "tenant", None)
    call.tenant = "" if tenant is None else tenant or DEFAULT_TENANT
    call.units = max(1, len(getattr(message, "requests", ())))
    return message


def _permitted(message: Any, permit: Permit, call: Call) -> Any:
    """``message``, if its caller may ask it: a call that may not takes nobody's place, and no tenant's share."""
    call.caller = permit.caller
    permit.check(getattr(message, "tenant", None))
    return message
