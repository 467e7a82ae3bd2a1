"""H1: snapshots are swapped while a server works at 70 % of its peak. What it uses meanwhile is for `swap_leaks.py`."""

import asyncio
from collections.abc import Awaitable
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.chaos.fault import Outcome
from benchmarks.chaos.served_process import served
from benchmarks.chaos.swapped_load import Load
from benchmarks.measure import percentile
from tests.server.tiny_snapshot import TinySnapshot

LOAD = 0.7
STEADY_S = 5.0
VERSIONS = 4


class SwapsUnderLoad:
    """No call fails, and each reply is wholly of the version that it names.

    The latencies are told, not judged: this generator shares the cores with the server.
    """

    id = "H1"
    title = "swaps at 70 % of peak load, every second one a cold load"
    rounds = 100

    def run(self, rounds: int, seed: int) -> Outcome:
        """As many swaps as ``rounds``; a round fails with every call that failed since the last."""
        return asyncio.run(_swaps_under_load(rounds, seed))


async def _swaps_under_load(rounds: int, seed: int) -> Outcome:
    with TemporaryDirectory() as place:
        ids = published(Path(place) / "data", seed)
        async with served(Path(place) / "data", "keep_loaded=1", "degrade=false") as server:
            load = Load(server)
            await load.learn(ids)
            rate = LOAD * await load.peak(STEADY_S)
            steady = await _while(load, rate, asyncio.sleep(STEADY_S))

            async def swap() -> None:
                for number in range(rounds):
                    # Two and two are alternated, so that one swap in two finds its snapshot loaded.
                    await server.activate(ids[number % 2 + 2 * (number // 2 % 2)])
                    await asyncio.sleep(0.05)

            swapped = await _while(load, rate, swap())
    ratio = percentile(swapped, 0.99) / percentile(steady, 0.99)
    detail = (
        f"{len(swapped)} calls at {rate:.0f}/s, {len(load.failures)} failed, {len(load.versions)} versions answered; "
        f"p99 {1e3 * percentile(steady, 0.99):.1f} ms steady, {1e3 * percentile(swapped, 0.99):.1f} ms over swaps "
        f"({ratio:.2f}×)"
    )
    return Outcome(rounds=rounds, failures=load.failures[:3], detail=detail)


async def _while(load: Load, rate: float, work: Awaitable[None]) -> list[float]:
    done = asyncio.Event()

    async def finish() -> None:
        try:
            await work
        finally:
            done.set()

    latencies, _ = await asyncio.gather(load.at(rate, done), finish())
    return latencies


def published(data_dir: Path, seed: int) -> list[str]:
    """Several snapshots of 400 items, all of other content."""
    return [TinySnapshot(seed=seed + number, items=400).publish(data_dir) for number in range(VERSIONS)]
