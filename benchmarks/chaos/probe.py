"""The probe's program: asks at a fixed rate, and prints how long calls took by status, as JSON. See `load.probe`."""

import asyncio
import json
import sys
import time
from collections import defaultdict
from pathlib import Path

import grpc
import grpc.aio

from benchmarks.chaos.load import RECOMMEND


async def probe(port: int, body: bytes, *, seconds: float, rate: float, timeout_s: float) -> dict[str, list[float]]:
    """The calls' times in milliseconds, by status."""
    took_ms: dict[str, list[float]] = defaultdict(list)
    async with grpc.aio.insecure_channel(f"127.0.0.1:{port}", [("grpc.enable_retries", 0)]) as channel:
        ask: grpc.aio.UnaryUnaryMultiCallable[bytes, bytes] = channel.unary_unary(RECOMMEND)

        async def one() -> None:
            began_s = time.perf_counter()
            try:
                await ask(body, timeout=timeout_s)
                status = "OK"
            except grpc.aio.AioRpcError as error:
                status = error.code().name
            took_ms[status].append(1e3 * (time.perf_counter() - began_s))

        began_s = time.perf_counter()
        tasks: list[asyncio.Task[None]] = []
        while (spent_s := time.perf_counter() - began_s) < seconds:
            tasks.append(asyncio.create_task(one()))
            await asyncio.sleep(max(0.0, len(tasks) / rate - spent_s))
        await asyncio.gather(*tasks)
    return took_ms


if __name__ == "__main__":
    port, file, seconds, rate, timeout_s = sys.argv[1:]
    found = asyncio.run(
        probe(int(port), Path(file).read_bytes(), seconds=float(seconds), rate=float(rate), timeout_s=float(timeout_s))
    )
    sys.stdout.write(json.dumps(found))
