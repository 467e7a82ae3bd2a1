"""How many events a second a server acknowledges: RecordEvents over gRPC, all events new, one call or more in flight.

The client, in this process, sends messages that were made before; it has one of the two cores. Knows nothing of logs.
"""

import asyncio
import itertools
import secrets
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import grpc
from rich.progress import Progress

from benchmarks.measure import Row, WrongAnswerError, percentile, summarise
from benchmarks.processor_time import processor_s
from benchmarks.serve import LOGS
from benchmarks.setting import Setting
from examples.server_process import ServerProcess, firstlight_server, server_process
from firstlight.v1 import feedback_service_pb2 as pb
from firstlight.v1 import types_pb2
from tests.postgresql import PostgreSQLMissing, postgresql

METHOD = "/firstlight.v1.FeedbackService/RecordEvents"
BATCH = 100
CALLS = 100
IN_FLIGHT = (1, 8)
RUNS = 7
_USERS = 1_000
AS_DEPLOYED = ("autovacuum=on", "autovacuum_naptime=1s")
"""Without its statistics PostgreSQL reads all of a tenant where an index would do; a server that runs has them."""
_DEADLINE_S = 10.0
_PAUSE_S = 0.1


@dataclass
class Recording:
    """One server, and so many calls in flight: events a second, its CPU (us an event), latency (ms), a value a run."""

    name: str
    server: ServerProcess
    in_flight: int
    rates: list[float] = field(default_factory=list[float])
    processor_us: list[float] = field(default_factory=list[float])
    late_ms: list[float] = field(default_factory=list[float])

    def run(self, messages: Sequence[bytes]) -> None:
        """One run more."""
        before, began_s = processor_s(self.server.pid), time.perf_counter()
        took_ms = asyncio.run(_sent(self.server.address, messages, in_flight=self.in_flight))
        events = BATCH * len(messages)
        self.rates.append(events / (time.perf_counter() - began_s))
        self.processor_us.append(1e6 * (processor_s(self.server.pid) - before) / events)
        self.late_ms.append(percentile(took_ms, 0.99))


def measure_recording(setting: Setting, progress: Progress) -> list[Row]:
    """Events a second in batches of 100 on each database that can be opened here; runs in turn.

    Raises:
        WrongAnswerError: an event was not acknowledged as new.
    """
    batches = _batches(setting.items()["item_id"].to_list(), setting.tenant)
    with ExitStack() as stack:
        recordings = [
            Recording(f"{name}, {in_flight} in flight", server, in_flight)
            for name, server in _servers(setting, stack)
            for in_flight in IN_FLIGHT
        ]
        for _ in progress.track(range(1 + RUNS), description=f"record: {RUNS} runs after a warm-up"):
            for recording in recordings:
                recording.run(list(itertools.islice(batches, CALLS)))
    return [row for recording in recordings for row in _rows(recording)]


def _servers(setting: Setting, stack: ExitStack) -> Iterator[tuple[str, ServerProcess]]:
    directory = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=setting.workdir)))
    settings = {"SQLite": [f"events_url=sqlite:///{directory / 'events.db'}"]}
    try:
        key = directory / "key"
        key.write_text(secrets.token_hex(32), encoding="ascii")
        settings["PostgreSQL"] = [
            f"events_url={stack.enter_context(postgresql(settings=AS_DEPLOYED)).database()}",
            f"events_key_file={key}",
        ]
    except PostgreSQLMissing:
        pass
    for name, given in settings.items():
        command = firstlight_server(setting.data_dir, *given)
        yield name, stack.enter_context(server_process(command, log=LOGS / f"record-{name}.log"))


async def _sent(address: str, messages: Sequence[bytes], *, in_flight: int) -> list[float]:
    """Milliseconds until each of ``messages`` was acknowledged."""
    waiting, took_ms = iter(messages), list[float]()
    async with grpc.aio.insecure_channel(address) as channel:

        async def sends() -> None:
            for message in waiting:
                began_s = time.perf_counter()
                while not await _acknowledged(channel, message):
                    await asyncio.sleep(_PAUSE_S)
                took_ms.append(1e3 * (time.perf_counter() - began_s))

        await asyncio.gather(*(sends() for _ in range(in_flight)))
    return took_ms


async def _acknowledged(channel: grpc.aio.Channel, message: bytes) -> bool:
    """Whether the events were stored now; False where the server has too much to do, as on a busy machine."""
    call: grpc.aio.UnaryUnaryMultiCallable[bytes, bytes] = channel.unary_unary(METHOD)
    try:
        reply = pb.RecordEventsResponse.FromString(await call(message, timeout=_DEADLINE_S))
    except grpc.aio.AioRpcError as error:
        if error.code() is grpc.StatusCode.RESOURCE_EXHAUSTED:
            return False
        raise
    if reply.recorded_count != BATCH:
        raise WrongAnswerError(f"of {BATCH} new events {reply.recorded_count} were stored")
    return True


def _batches(items: Sequence[str], tenant: str) -> Iterator[bytes]:
    for start in itertools.count(step=BATCH):
        events = [
            pb.UserEvent(
                event_id=secrets.token_hex(16),
                user_id=f"user-{place * 7_919 % _USERS}",
                event=types_pb2.Event(item_id=items[place * 104_729 % len(items)], type=types_pb2.EVENT_TYPE_VIEW),
            )
            for place in range(start, start + BATCH)
        ]
        yield pb.RecordEventsRequest(tenant=tenant, events=events).SerializeToString()


def _rows(recording: Recording) -> list[Row]:
    # The first run was the warm-up.
    return [
        summarise(f"RecordEvents of {BATCH}, {recording.name}", recording.rates[1:], unit="events/s"),
        summarise(f"the same: server CPU, {recording.name}", recording.processor_us[1:], unit="us an event"),
        summarise(f"the same: p99, {recording.name}", recording.late_ms[1:], unit="ms"),
    ]
