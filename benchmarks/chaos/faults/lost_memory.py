"""O4: the event store hangs, then dies: recommendations go on, marked, and nothing is acknowledged."""

import asyncio
import itertools
import os
import secrets
import signal
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

import grpc
import grpc.aio

from benchmarks.chaos.fault import Outcome, unmet
from benchmarks.chaos.frozen import family, frozen
from benchmarks.chaos.in_process import server_in_thread
from benchmarks.chaos.shop import known_user, shop
from benchmarks.measure import percentile
from firstlight.v1 import feedback_service_pb2 as pb
from firstlight.v1 import feedback_service_pb2_grpc as pb_grpc
from firstlight.v1 import recommendation_service_pb2_grpc as recommendation_grpc
from firstlight.v1 import types_pb2
from firstlight.v1.types_pb2 import Event
from firstlight_server.feedback_settings import FeedbackSettings
from tests.postgresql import PostgreSQL, postgresql

AT_A_TIME = 4
RECORDED_EVERY = 50
"""Calls between two events that are recorded beside them."""
WRITE_WAIT_S = float(FeedbackSettings.model_fields["events_write_wait_s"].default)
RECOVERY_S = 15.0
LEAST_WHOLE = 0.999
"""Of answers while the store is well: a machine that is too busy to read in time says so."""


@dataclass
class Seen:
    """What became of the calls while the store was in one state."""

    took_ms: list[float] = field(default_factory=list[float])
    answers: Counter[str] = field(default_factory=Counter[str])
    events: Counter[str] = field(default_factory=Counter[str])
    longest_event_s: float = 0.0


@dataclass(frozen=True)
class LostMemory:
    """A round is a recommendation in each state of the store; every 50th has an event recorded beside it."""

    id: str = "O4"
    title: str = "the event store hangs, then dies; a round a call in each state"
    rounds: int = 2_000

    def run(self, rounds: int, seed: int) -> Outcome:
        """A real PostgreSQL, whose processes are stopped, go on, and are killed."""
        with shop() as data_dir, postgresql() as database:
            key = data_dir / "pseudonyms.key"
            key.write_text(secrets.token_hex(32), encoding="ascii")
            with server_in_thread(data_dir, events_url=database.database(), events_key_file=key) as server:
                return asyncio.run(_run(f"127.0.0.1:{server.port}", database, rounds, seed))


async def _run(target: str, database: PostgreSQL, rounds: int, seed: int) -> Outcome:
    async with grpc.aio.insecure_channel(target, [("grpc.enable_retries", 0)]) as channel:
        seen = {"well": await _asked(channel, rounds, seed, "well")}
        with frozen(database.process.pid):
            seen["hangs"] = await _asked(channel, rounds, seed, "hangs")
        back_s = await _back_s(channel)
        seen["back"] = await _asked(channel, rounds, seed, "back")
        for process in family(database.process.pid):
            os.kill(process, signal.SIGKILL)
        seen["dead"] = await _asked(channel, rounds, seed, "dead")
    return _outcome(seen, back_s, rounds)


async def _asked(channel: grpc.aio.Channel, rounds: int, seed: int, state: str) -> Seen:
    seen, numbers = Seen(), itertools.count()
    recommendations = recommendation_grpc.RecommendationServiceStub(channel)

    async def ask() -> None:
        while (number := next(numbers)) < rounds:
            if number % RECORDED_EVERY == 0:
                await _record(channel, f"{state}-{number}", seen)
            request = known_user(seed + number)
            request.user_id = f"user-{number % 100}"
            began_s = time.perf_counter()
            answer = await recommendations.Recommend(request, timeout=10)
            seen.took_ms.append(1e3 * (time.perf_counter() - began_s))
            marks = {warning.code for warning in answer.warnings}
            marked = types_pb2.WARNING_CODE_HISTORY_UNAVAILABLE in marks
            seen.answers[f"{len(answer.items)} items, {'marked' if marked else 'whole'}"] += 1

    await asyncio.gather(*(ask() for _ in range(AT_A_TIME)))
    return seen


async def _record(channel: grpc.aio.Channel, event_id: str, seen: Seen) -> None:
    event = pb.UserEvent(event_id=event_id, user_id="recorded", event=Event(item_id="i0001"))
    began_s = time.perf_counter()
    try:
        await pb_grpc.FeedbackServiceStub(channel).RecordEvents(pb.RecordEventsRequest(events=[event]), timeout=10)
        seen.events["OK"] += 1
    except grpc.aio.AioRpcError as error:
        seen.events[error.code().name] += 1
    seen.longest_event_s = max(seen.longest_event_s, time.perf_counter() - began_s)


async def _back_s(channel: grpc.aio.Channel) -> float:
    """How long it takes until events are stored and read again, in seconds."""
    began_s = time.perf_counter()
    while time.perf_counter() - began_s < RECOVERY_S:
        seen = await _asked(channel, 1, 0, f"recovery-{time.perf_counter()}")
        if seen.events["OK"] and seen.answers["10 items, whole"]:
            break
        await asyncio.sleep(0.05)
    return time.perf_counter() - began_s


def _outcome(seen: Mapping[str, Seen], back_s: float, rounds: int) -> Outcome:
    marked, nearly = Counter({"10 items, marked": rounds}), LEAST_WHOLE * rounds
    away = [seen["hangs"], seen["dead"]]
    usual = percentile(seen["well"].took_ms, 0.5)
    failures = unmet(
        well=(seen["well"].answers["10 items, whole"] >= nearly, str(seen["well"].answers)),
        hangs=(seen["hangs"].answers == marked, str(seen["hangs"].answers)),
        back=(seen["back"].answers["10 items, whole"] >= nearly, f"{back_s:.1f} s, {seen['back'].answers}"),
        dead=(seen["dead"].answers["10 items, marked"] >= rounds - AT_A_TIME, str(seen["dead"].answers)),
        acknowledged=(all(not one.events["OK"] for one in away), "an event was acknowledged that nobody stored"),
        statuses=(all(set(one.events) == {"UNAVAILABLE"} for one in away), str([one.events for one in away])),
        fast=(all(one.longest_event_s < WRITE_WAIT_S + 1 for one in away), "events were refused late"),
        bounded=(all(percentile(one.took_ms, 0.5) < 2 * usual for one in away), "recommendations waited"),
    )
    figures = {f"{state} {name} ms": percentile(one.took_ms, share) for state, one in seen.items()
               for name, share in (("p50", 0.5), ("p99", 0.99))}  # fmt: skip
    figures |= {"longest refusal s": max(one.longest_event_s for one in away), "back after s": back_s}
    return Outcome(rounds=rounds, failures=failures, figures=figures)


FAULTS = (LostMemory(),)
