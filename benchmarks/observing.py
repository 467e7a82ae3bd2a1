"""What watching a call costs the server: its metrics, its log line, its trace, in µs of processor time.

Run as `python -m benchmarks.observing`; no snapshot and no network. Each round times every part once, in turn, and
takes off what the empty loop took. Knows nothing of what a call does.
"""

import io
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack

import grpc

from benchmarks.measure import Row, summarise
from firstlight_server.answer import Answer, Item, RankedItem, Source
from firstlight_server.call import LIVE, Call
from firstlight_server.call_log import CallLog
from firstlight_server.call_span import Metadata
from firstlight_server.instruments import Instruments
from firstlight_server.logs import json_logger
from firstlight_server.metrics.call_metrics import CallMetrics
from firstlight_server.settings import LogCalls
from firstlight_server.tracing import OtlpTracer

ROUNDS = 9
CALLS = 5_000
METHOD = "/firstlight.v1.RecommendationService/Recommend"
PARENT: Metadata = (("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"),)
NOWHERE = "http://127.0.0.1:1"  # what cannot be sent is dropped, as with a collector that is away

Part = Callable[[Call], object]


def measure() -> list[Row]:
    """One row a part, in µs a call."""
    parts = [("metrics, one answer of ten items", _metrics())]
    parts += [(f"log line, log_calls={calls}", _log(calls)) for calls in ("all", "errors")]
    with ExitStack() as stack:
        for name, metadata in (("trace, not sampled", ()), ("trace, sampled, two stages", PARENT)):
            tracer = OtlpTracer(NOWHERE, sample_ratio=0, logger=json_logger("error", stream=io.StringIO()))
            stack.callback(tracer.close)
            parts.append((name, _trace(tracer, metadata)))
        times: dict[str, list[float]] = {name: [] for name, _ in parts}
        for _ in range(ROUNDS):
            empty = _us_a_call(lambda _: None)
            for name, part in parts:
                times[name].append(_us_a_call(part) - empty)
    return [summarise(name, values, unit="µs") for name, values in times.items()]


def _us_a_call(part: Part) -> float:
    call = Call(METHOD, caller_id="0123456789abcdef", tenant="default", snapshot_id="s-0", snapshot_role=LIVE)
    started_s = time.process_time()
    for _ in range(CALLS):
        part(call)
    return (time.process_time() - started_s) / CALLS * 1e6


def _metrics() -> Part:
    instruments = Instruments()
    calls = CallMetrics(instruments.meter, known_tenants={"default"})
    items = tuple(RankedItem(Item(f"i{number}", "title"), 1.0, Source.MODEL) for number in range(10))
    answers: Sequence[Answer] = [Answer(items, (), 0.2)]

    def part(call: Call) -> None:
        calls.began(call.method)
        instruments.search_batches.observe(1)
        instruments.answers.record(answers, tenant=call.tenant, snapshot=call.snapshot_role)
        calls.ended(call.method, code="OK", tenant=call.tenant, snapshot=call.snapshot_role, duration_s=0.002)

    return part


def _log(calls: LogCalls) -> Part:
    log = CallLog(json_logger(stream=io.StringIO()), calls=calls, sample_ratio=1.0)
    return lambda call: log.ended(call, grpc.StatusCode.OK, reason=None, fault=None)


def _trace(tracer: OtlpTracer, metadata: Metadata) -> Part:
    def part(call: Call) -> None:
        call.span = tracer.begin(call.method, metadata)
        for stage in ("read", "answer"):
            with call.stage(stage):
                pass
        if call.span is not None:
            call.span.end(grpc.StatusCode.OK, request_id="r", tenant="default", snapshot_id="s-0")

    return part


if __name__ == "__main__":
    for row in measure():
        sys.stdout.write(
            f"{row.name}: {row.value:.2f} {row.unit} ({row.low:.2f} - {row.high:.2f}, {row.runs} rounds)\n"
        )
