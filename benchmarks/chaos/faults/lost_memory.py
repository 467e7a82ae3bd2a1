"""O4: the event store hangs, is locked or dies: recommendations go on, marked, and nothing is acknowledged."""

import asyncio
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import grpc.aio

from benchmarks.chaos.fault import Outcome, unmet
from benchmarks.chaos.frozen import family, frozen
from benchmarks.chaos.in_process import server_in_thread
from benchmarks.chaos.shop import shop
from benchmarks.chaos.user_calls import AT_A_TIME, Seen, UserCalls
from benchmarks.measure import percentile
from firstlight_server.feedback_settings import FeedbackSettings
from tests.postgresql import PostgreSQL, postgresql

WRITE_WAIT_S = float(FeedbackSettings.model_fields["events_write_wait_s"].default)
RECOVERY_S = 15.0
LEAST_WHOLE = 0.999
"""Of answers while the store is well: a machine that is too busy to read in time says so."""
_WHOLE, _MARKED = "10 items, whole", "10 items, marked"
_LOCKING = """
import sqlite3, sys
database = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=30)
database.execute("BEGIN IMMEDIATE")
print("locked", flush=True)
sys.stdin.read()
"""


@dataclass(frozen=True)
class LostMemory:
    """A round is a recommendation in each state of the store; every 10th with a profile, every 50th with an event."""

    id: str = "O4"
    title: str = "PostgreSQL hangs, then dies, under an event log; a round a call in each state"
    rounds: int = 2_000

    def run(self, rounds: int, seed: int) -> Outcome:
        """A real PostgreSQL, whose processes are stopped, go on, and are killed."""
        with shop() as data_dir, postgresql() as database:
            key = data_dir / "pseudonyms.key"
            key.write_text(secrets.token_hex(32), encoding="ascii")
            with server_in_thread(data_dir, events_url=database.database(), events_key_file=key) as server:
                return asyncio.run(self._run(f"127.0.0.1:{server.port}", database, rounds, seed))

    async def _run(self, target: str, database: PostgreSQL, rounds: int, seed: int) -> Outcome:
        async with grpc.aio.insecure_channel(target, [("grpc.enable_retries", 0)]) as channel:
            calls = UserCalls(channel, seed)
            await calls.remember()
            seen = {"well": await calls.asked(rounds, "well")}
            with frozen(database.process.pid):
                seen["hangs"] = await calls.asked(rounds, "hangs")
            back_s = await _back_s(calls)
            seen["back"] = await calls.asked(rounds, "back")
            for process in family(database.process.pid):
                os.kill(process, signal.SIGKILL)
            seen["dead"] = await calls.asked(rounds, "dead")
        failures = unmet(
            hangs=(_are(seen["hangs"], _MARKED, rounds), str(seen["hangs"])),
            dead=(_are(seen["dead"], _MARKED, rounds - AT_A_TIME), str(seen["dead"])),
        )
        return _outcome(seen, back_s, rounds, away=("hangs", "dead"), failures=failures)


@dataclass(frozen=True)
class LockedFile:
    """A round is as in `LostMemory`; reads are done on the server's event loop."""

    id: str = "O4-sqlite"
    title: str = "another process locks an embedded event log; a round a call in each state"
    rounds: int = 2_000

    def run(self, rounds: int, seed: int) -> Outcome:
        """Nothing can be stored meanwhile, and everything that was is read."""
        with shop() as data_dir:
            file = data_dir / "events.db"
            with server_in_thread(data_dir, events_url=f"sqlite:///{file}") as server:
                return asyncio.run(self._run(f"127.0.0.1:{server.port}", file, rounds, seed))

    async def _run(self, target: str, file: Path, rounds: int, seed: int) -> Outcome:
        async with grpc.aio.insecure_channel(target, [("grpc.enable_retries", 0)]) as channel:
            calls = UserCalls(channel, seed)
            await calls.remember()
            seen = {"well": await calls.asked(rounds, "well")}
            with _locked(file):
                seen["locked"] = await calls.asked(rounds, "locked")
            back_s = await _back_s(calls)
            seen["back"] = await calls.asked(rounds, "back")
        failures = unmet(locked=(_are(seen["locked"], _WHOLE, LEAST_WHOLE * rounds), str(seen["locked"])))
        return _outcome(seen, back_s, rounds, away=("locked",), failures=failures)


@contextmanager
def _locked(file: Path) -> Generator[None]:
    with subprocess.Popen(
        [sys.executable, "-c", _LOCKING, str(file)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdout.readline()
        try:
            yield
        finally:
            process.stdin.close()


async def _back_s(calls: UserCalls) -> float:
    """How long it takes until events are stored and read again, in seconds."""
    began_s = time.perf_counter()
    while time.perf_counter() - began_s < RECOVERY_S:
        seen = await calls.asked(1, f"recovery-{time.perf_counter()}")
        if seen.events["OK"] and seen.answers[_WHOLE]:
            break
        await asyncio.sleep(0.05)
    return time.perf_counter() - began_s


def _are(seen: Seen, answer: str, least: float) -> bool:
    """Whether at least so many answers were as is said, and profiles likewise."""
    told = answer.rpartition(" ")[2]
    return seen.answers[answer] >= least and seen.profiles[told] >= seen.profiles.total() - AT_A_TIME


def _outcome(
    seen: Mapping[str, Seen], back_s: float, rounds: int, *, away: tuple[str, ...], failures: tuple[str, ...]
) -> Outcome:
    gone = [seen[state] for state in away]
    usual = percentile(seen["well"].took_ms, 0.5)
    failures += unmet(
        answered=(all(sum(one.answers.values()) == rounds for one in seen.values()), "calls got no answer"),
        well=(_are(seen["well"], _WHOLE, LEAST_WHOLE * rounds), str(seen["well"].answers)),
        back=(_are(seen["back"], _WHOLE, LEAST_WHOLE * rounds), f"{back_s:.1f} s, {seen['back'].answers}"),
        acknowledged=(all(not one.events["OK"] for one in gone), "an event was acknowledged that nobody stored"),
        statuses=(all(set(one.events) == {"UNAVAILABLE"} for one in gone), str([one.events for one in gone])),
        fast=(all(one.longest_event_s < WRITE_WAIT_S + 1 for one in gone), "events were refused late"),
        bounded=(all(percentile(one.took_ms, 0.5) < 2 * usual for one in gone), "recommendations waited"),
    )
    figures = {f"{state} {name} ms": percentile(one.took_ms, share) for state, one in seen.items()
               for name, share in (("p50", 0.5), ("p99", 0.99))}  # fmt: skip
    figures |= {f"{state} profile p99 ms": percentile(one.profiles_ms, 0.99) for state, one in seen.items()}
    figures |= {"longest refusal s": max(one.longest_event_s for one in gone), "back after s": back_s}
    return Outcome(rounds=rounds, failures=failures, figures=figures)


FAULTS = (LostMemory(), LockedFile())
