"""Which of the authority's clients are let in: those whose certificate carries one of a few names.

Without it, mutual TLS admits whoever the authority ever signed for. Knows nothing of tokens.
"""

from collections.abc import Collection
from typing import Any

import grpc
import grpc.aio

from firstlight_server.errors import UnauthenticatedError
from firstlight_server.method_handler import Continuation, behaviour_of, with_behaviour

_NAMES_KEY = "x509_subject_alternative_name"


class ClientNames(grpc.aio.ServerInterceptor):
    """Stops calls over connections whose certificate names none of ``admitted``; unary calls and streams alike."""

    def __init__(self, admitted: Collection[str]) -> None:
        self._admitted = frozenset(name.encode() for name in admitted)

    async def intercept_service(
        self,
        continuation: Continuation,
        handler_call_details: grpc.HandlerCallDetails,
    ) -> "grpc.RpcMethodHandler[Any, Any] | None":
        """The method's handler behind the check; None if there is no such method."""
        handler = await continuation(handler_call_details)
        if handler is None:
            return None
        behaviour = behaviour_of(handler)

        # NOTE: not a coroutine: whatever the handler returns, an awaitable or replies, is CallInterceptor's to read.
        def answer(request: Any, context: Any) -> Any:
            if self._admitted.isdisjoint(context.auth_context().get(_NAMES_KEY, ())):
                raise UnauthenticatedError("the client's certificate carries no name that is admitted here")
            return behaviour(request, context)

        return with_behaviour(handler, answer)
