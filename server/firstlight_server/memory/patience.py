"""Waits for work for a bounded time. Knows nothing of what is done."""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

_Result = TypeVar("_Result")


async def within(work: Awaitable[_Result], *, wait_s: float) -> _Result:
    """The result of ``work``.

    Raises:
        TimeoutError: it was not there after ``wait_s`` seconds, and is given up.
    """
    task = asyncio.ensure_future(work)
    try:
        await asyncio.wait([task], timeout=wait_s)
        if not task.done():
            await asyncio.sleep(0)  # a loop that was late itself looks at its clock before it takes what has arrived
        if not task.done():
            raise TimeoutError(f"no answer within {wait_s:g} s")
        return task.result()
    finally:
        task.cancel()
