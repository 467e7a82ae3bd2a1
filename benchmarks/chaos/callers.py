"""Callers that ask through the SDK without pause, and how their calls ended. Knows nothing of faults."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from firstlight import AsyncClient, CallFailed

_PAUSE_S = 0.01


@dataclass
class Calls:
    """How calls ended so far, as the caller saw them: retries are the channel's.

    Attributes:
        answered: how many.
        failed: how many, by status.
        slowest_s: the longest time that an answered call took.
    """

    answered: int = 0
    failed: Counter[str] = field(default_factory=Counter[str])
    slowest_s: float = 0.0


@asynccontextmanager
async def calling(target: str, *, callers: int = 4, timeout_s: float = 20.0) -> AsyncGenerator[Calls]:
    """Callers ask for as long as the block runs; their last calls are awaited."""
    calls, over = Calls(), asyncio.Event()
    async with AsyncClient(target, timeout_s=timeout_s) as client:

        async def caller() -> None:
            while not over.is_set():
                began_s = time.perf_counter()
                try:
                    await client.recommend()
                    calls.answered += 1
                    calls.slowest_s = max(calls.slowest_s, time.perf_counter() - began_s)
                except CallFailed as error:
                    calls.failed[error.code.name] += 1
                await asyncio.sleep(_PAUSE_S)

        tasks = [asyncio.create_task(caller()) for _ in range(callers)]
        try:
            yield calls
        finally:
            over.set()
            await asyncio.gather(*tasks)
