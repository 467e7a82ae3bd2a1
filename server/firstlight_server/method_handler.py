"""A method's handler taken apart and put together again, for interceptors. Knows nothing of why."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

import grpc

# Text, since gRPC's classes are generic in their stubs only.
Handler: TypeAlias = "grpc.RpcMethodHandler[Any, Any]"
Continuation: TypeAlias = "Callable[[grpc.HandlerCallDetails], Awaitable[grpc.RpcMethodHandler[Any, Any] | None]]"
Behaviour: TypeAlias = Callable[[Any, Any], Any]


def behaviour_of(handler: Handler) -> Behaviour:
    """What answers: takes a request, or a stream of them, and the call's context."""
    if handler.request_streaming:
        chosen: Any = handler.stream_stream if handler.response_streaming else handler.stream_unary
    else:
        chosen = handler.unary_stream if handler.response_streaming else handler.unary_unary
    behaviour: Behaviour = chosen
    return behaviour


def with_behaviour(handler: Handler, behaviour: Behaviour, *, decodes: bool = True) -> Handler:
    """The handler with another behaviour, and without its decoder unless it ``decodes``."""
    make: Any
    if handler.request_streaming:
        many, one = grpc.stream_stream_rpc_method_handler, grpc.stream_unary_rpc_method_handler
        make = many if handler.response_streaming else one
    else:
        many, one = grpc.unary_stream_rpc_method_handler, grpc.unary_unary_rpc_method_handler
        make = many if handler.response_streaming else one
    rebuilt: Handler = make(behaviour, handler.request_deserializer if decodes else None, handler.response_serializer)
    return rebuilt
