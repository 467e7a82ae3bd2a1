"""The asynchronous client's channel, and how a call is sent over it: the twin of `_caller`.

It does not know which calls there are.
"""

import asyncio
from functools import cached_property
from typing import TypeVar

import grpc
import grpc.aio

from firstlight._call import Call, ClientBase
from firstlight._channel import open_async_channel
from firstlight._failure import closed_under_way, exception_for

RequestT = TypeVar("RequestT")
ReplyT = TypeVar("ReplyT")


class AsyncCaller(ClientBase):
    """Sends a call without blocking; the channel opens at the first one."""

    @cached_property
    def _channel(self) -> grpc.aio.Channel:
        return open_async_channel(self._config)

    async def _send(
        self, rpc: grpc.aio.UnaryUnaryMultiCallable[RequestT, ReplyT], request: RequestT, call: Call
    ) -> ReplyT:
        try:
            return await rpc(request, timeout=call.timeout_s, metadata=call.metadata)
        except grpc.RpcError as error:
            raise exception_for(error, call) from error
        except asyncio.CancelledError as cancelled:
            task = asyncio.current_task()
            if self._closed and task is not None and not task.cancelling():
                raise closed_under_way(call) from cancelled  # nobody cancelled the caller
            raise
