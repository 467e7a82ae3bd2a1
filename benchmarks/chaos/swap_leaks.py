"""H2: what a server's process uses after many swaps, beside what it used after few."""

import asyncio
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.chaos.fault import Outcome
from benchmarks.chaos.served_process import Footprint, served
from benchmarks.chaos.swapped_load import Load
from benchmarks.chaos.swaps_under_load import VERSIONS, published

SETTLED = 5
"""The swap after which the process is first looked at."""
GROWTH = 1.05
CALLS_A_SWAP = 40


class SwapLeaks:
    """After the last swap the process uses at most 1.05 times what it used after the fifth."""

    id = "H2"
    title = "memory, file descriptors and threads over swaps, each a cold load"
    rounds = 100

    def run(self, rounds: int, seed: int) -> Outcome:
        """As many swaps as ``rounds``; three quantities are judged."""
        return asyncio.run(_swap_leaks(rounds, seed))


async def _swap_leaks(rounds: int, seed: int) -> Outcome:
    with TemporaryDirectory() as place:
        ids = published(Path(place) / "data", seed)
        async with served(Path(place) / "data") as server:
            load, early = Load(server), None
            await load.learn(ids)
            for number in range(rounds):
                await server.activate(ids[number % VERSIONS])
                await asyncio.gather(*(load.call(question) for question in range(CALLS_A_SWAP)))
                early = server.footprint() if number == SETTLED else early
            late = server.footprint()
    return _grown(early or late, late, rounds)


def _grown(early: Footprint, late: Footprint, rounds: int) -> Outcome:
    pairs = {
        "memory": (early.memory_bytes, late.memory_bytes),
        "descriptors": (early.descriptors, late.descriptors),
        "threads": (early.threads, late.threads),
    }
    failed = [name for name, (before, after) in pairs.items() if after > GROWTH * before]
    told = ", ".join(
        f"{name} {before:,} → {after:,} ({after / before:.3f}×)" for name, (before, after) in pairs.items()
    )
    grown = [f"{name} grew beyond {GROWTH:g}×" for name in failed]
    return Outcome(rounds=rounds, failures=grown, detail=f"swap {SETTLED} → swap {rounds}: {told}")
