"""The blocking client's channel, and how a call is sent over it: what the calls of each service are built on.

It does not know which calls there are.
"""

from typing import TypeVar, Unpack

import grpc

from firstlight._call import Call, ClientBase
from firstlight._channel import open_channel
from firstlight._config import DEFAULT_TARGET, ClientSettings
from firstlight._failure import exception_for

RequestT = TypeVar("RequestT")
ReplyT = TypeVar("ReplyT")


class Caller(ClientBase):
    """Sends a call and waits for its reply."""

    def __init__(self, target: str = DEFAULT_TARGET, **settings: Unpack[ClientSettings]) -> None:
        """See `ClientBase`; the channel connects at the first call."""
        super().__init__(target, **settings)
        self._channel = open_channel(self._config)

    def _send(self, rpc: "grpc.UnaryUnaryMultiCallable[RequestT, ReplyT]", request: RequestT, call: Call) -> ReplyT:
        try:
            return rpc(request, timeout=call.timeout_s, metadata=call.metadata)
        except grpc.RpcError as error:
            raise exception_for(error, call) from error
