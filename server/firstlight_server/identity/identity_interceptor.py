"""Lets a call through to its handler only with a token that permits it, and a request only to a tenant that it names.

The token is checked before a byte of the request is decoded. It stands inside `CallInterceptor`, which turns what is
raised here into a status. Knows nothing of how tokens are verified.
"""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import Any, TypeAlias

import grpc
import grpc.aio

from firstlight_server.errors import ServerError, UnauthenticatedError
from firstlight_server.identity.identity import Identity
from firstlight_server.identity.permit import Permit, current_permit
from firstlight_server.identity.policy import Policy
from firstlight_server.identity.token_verifier import TokenVerifier
from firstlight_server.method_handler import Continuation, Handler, behaviour_of, with_behaviour

AUTHORIZATION_KEY = "authorization"

Metadata: TypeAlias = Sequence[tuple[str, str | bytes]]


class IdentityInterceptor(grpc.aio.ServerInterceptor):
    """Stops every call that no policy permits; unary calls and streams alike."""

    def __init__(self, verifier: TokenVerifier, policies: Mapping[str, Policy], *, open_health: bool) -> None:
        self._verifier = verifier
        self._policies = policies
        self._open_health = open_health

    async def intercept_service(
        self,
        continuation: Continuation,
        handler_call_details: grpc.HandlerCallDetails,
    ) -> "grpc.RpcMethodHandler[Any, Any] | None":
        """The method's handler, bound to its caller; one that refuses, if there is no right; None if no such method."""
        handler = await continuation(handler_call_details)
        policy = self._policies.get(str(handler_call_details.method))
        if handler is None or policy is None:
            return None
        if policy.of_health and self._open_health:
            return handler
        caller = ""
        try:
            metadata: Any = handler_call_details.invocation_metadata
            identity = await self._verifier.verify(bearer_token(metadata))
            caller = identity.caller
            identity.require_scope(policy.scope)
        except ServerError as error:
            current_permit.set(Permit(caller, refusal=error))
            return _refusing(handler, error)
        tenant = identity.require_tenant if policy.of_tenant else None
        current_permit.set(Permit(caller, require_tenant=tenant))
        return _bound(handler, identity, of_tenant=policy.of_tenant)


def bearer_token(metadata: Metadata) -> str:
    """The token that the caller sent.

    Raises:
        UnauthenticatedError: there is none, or more than one.
    """
    sent = [value for key, value in metadata if key == AUTHORIZATION_KEY]
    scheme, _, token = str(sent[0]).partition(" ") if len(sent) == 1 else ("", "", "")
    if scheme.lower() != "bearer" or not token:
        raise UnauthenticatedError("no token: send one metadata entry `authorization` that carries it (RFC 6750)")
    return token


def _refusing(handler: Handler, error: ServerError) -> Handler:
    async def refuse(_request: Any, _context: Any) -> Any:
        raise error

    return with_behaviour(handler, refuse, decodes=False)


def _bound(handler: Handler, identity: Identity, *, of_tenant: bool) -> Handler:
    behaviour = behaviour_of(handler)

    def admit(message: Any) -> Any:
        identity.require_valid()
        if of_tenant:
            identity.require_tenant(message.tenant)
        return message

    # NOTE: not a coroutine: whatever the handler returns, an awaitable or replies, is CallInterceptor's to read.
    def answer(request: Any, context: Any) -> Any:
        return behaviour(_each(request, admit) if handler.request_streaming else admit(request), context)

    return with_behaviour(handler, answer)


async def _each(requests: AsyncIterator[Any], admit: Callable[[Any], Any]) -> AsyncIterator[Any]:
    async for request in requests:
        yield admit(request)
