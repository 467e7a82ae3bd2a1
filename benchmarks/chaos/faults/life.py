"""H4, H5, H6: servers that start, stop and die while they are asked."""

import asyncio
import random
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.chaos.callers import calling
from benchmarks.chaos.fault import Outcome, unmet
from benchmarks.chaos.fleet import Fleet, fleet
from benchmarks.chaos.load import probe
from benchmarks.chaos.shop import known_user, shop
from benchmarks.measure import percentile

RESPAWN_S = 5.0


@dataclass(frozen=True)
class Start:
    """A round starts a server and asks it at once."""

    id: str = "H4"
    title: str = "the first 100 calls after SERVING, a round a start"
    rounds: int = 20

    def run(self, rounds: int, seed: int) -> Outcome:
        """Compares the first calls with the thousand that follow."""
        first: list[float] = []
        steady: list[float] = []
        with shop() as data_dir, tempfile.TemporaryDirectory() as logs:
            for number in range(rounds):
                with fleet(data_dir, log=Path(logs) / f"{number}.log") as server:
                    server.until_serving(1)
                    for calls, times in ((100, first), (500, steady)):
                        seen = probe(server.port, known_user(seed), seconds=calls / 50, rate=50.0, timeout_s=5.0)
                        times.extend(seen.took_ms.get("OK", []))
        figures = {"first p99 ms": percentile(first, 0.99), "steady p99 ms": percentile(steady, 0.99)}
        ratio = figures["first p99 ms"] / figures["steady p99 ms"]
        failures = unmet(warmth=(ratio <= 2, f"first calls took {ratio:.2f} times the steady p99, wanted 2"))
        return Outcome(rounds=rounds, failures=failures, figures=figures | {"ratio": ratio})


@dataclass(frozen=True)
class Stop:
    """A round stops one of two servers under load, and starts it again."""

    id: str = "H5"
    title: str = "SIGTERM under load with the SDK's retries, a round a stop"
    rounds: int = 50

    def run(self, rounds: int, seed: int) -> Outcome:
        """Every call must be answered, and every server must have drained."""
        with shop() as data_dir, tempfile.TemporaryDirectory() as logs:
            return asyncio.run(self._run(data_dir, Path(logs), rounds, random.Random(seed)))

    async def _run(self, data_dir: Path, logs: Path, rounds: int, draw: random.Random) -> Outcome:
        answered, undrained = 0, 0
        failed: dict[str, int] = {}
        with fleet(data_dir, log=logs / "stays.log") as stays:
            stays.until_serving(1)
            for number in range(rounds):
                with fleet(data_dir, log=logs / f"{number}.log") as stopped:
                    await asyncio.to_thread(stopped.until_serving, 1)
                    async with calling(f"ipv4:{stays.target},{stopped.target}") as calls:
                        await asyncio.sleep(draw.uniform(0.2, 0.6))
                        undrained += await asyncio.to_thread(stopped.stop) != 0
                        await asyncio.sleep(0.2)
                    answered += calls.answered
                    failed |= calls.failed
        failures = unmet(
            calls=(not failed, f"failed at the SDK: {failed}"),
            drain=(not undrained, f"{undrained} servers cut calls off"),
        )
        return Outcome(rounds=rounds, failures=failures, figures={"answered": answered, "failed": sum(failed.values())})


@dataclass(frozen=True)
class Kill:
    """A round kills one of two workers, under load, and waits until it serves again."""

    id: str = "H6"
    title: str = "SIGKILL one worker of two under load, a round a kill"
    rounds: int = 100

    def run(self, rounds: int, seed: int) -> Outcome:
        """The SDK's callers must not notice; the worker must be back in time."""
        with (
            shop() as data_dir,
            tempfile.TemporaryDirectory() as logs,
            fleet(data_dir, log=Path(logs) / "server.log", workers=2) as server,
        ):
            server.until_serving(2)
            return asyncio.run(self._run(server, rounds, random.Random(seed)))

    async def _run(self, server: Fleet, rounds: int, draw: random.Random) -> Outcome:
        respawned_s: list[float] = []
        served = 2
        async with calling(server.target) as calls:
            for _ in range(rounds):
                await asyncio.sleep(draw.uniform(0.0, 0.3))
                began_s = time.perf_counter()
                server.kill(draw.choice(list(server.pids().values())))
                served += 1
                await asyncio.to_thread(server.until_serving, served)
                respawned_s.append(time.perf_counter() - began_s)
        slowest_s = max(respawned_s)
        failures = unmet(
            calls=(not calls.failed, f"failed at the SDK: {dict(calls.failed)}"),
            respawn=(slowest_s <= RESPAWN_S, f"{slowest_s:.1f} s until it served again, wanted {RESPAWN_S}"),
        )
        figures = {"answered": calls.answered, "failed": sum(calls.failed.values()), "slowest call s": calls.slowest_s}
        respawn = {"respawn median s": percentile(respawned_s, 0.5), "respawn longest s": slowest_s}
        return Outcome(rounds=rounds, failures=failures, figures=figures | respawn)


FAULTS = (Start(), Stop(), Kill())
