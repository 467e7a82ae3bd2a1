"""O2: calls that expire or are given up, and whether anybody still worked on them."""

import asyncio
import random
import statistics
from collections import Counter
from dataclasses import dataclass

import grpc
import grpc.aio

from benchmarks.chaos.fault import Outcome, unmet
from benchmarks.chaos.in_process import server_in_thread
from benchmarks.chaos.shop import shop
from firstlight.v1 import recommendation_service_pb2 as pb
from firstlight.v1 import recommendation_service_pb2_grpc as pb_grpc
from firstlight.v1.types_pb2 import Declaration
from firstlight_server.app import Server

AT_A_TIME = 100
LEAST_SPARED = 0.99


@dataclass(frozen=True)
class Late:
    """A round is a call with a text of its own and a deadline from 1 ms to the usual time; every fifth is given up."""

    id: str = "O2"
    title: str = "deadlines of 1 ms to the median, cancels; a round a call"
    rounds: int = 10_000

    def run(self, rounds: int, seed: int) -> Outcome:
        """The text encoder's own memory says which texts were encoded."""
        with shop() as data_dir, server_in_thread(data_dir, text_cache_entries=2 * rounds + 1_000) as server:
            return asyncio.run(_run(server, rounds, random.Random(seed)))


async def _run(server: Server, rounds: int, draw: random.Random) -> Outcome:
    async with grpc.aio.insecure_channel(f"127.0.0.1:{server.port}", [("grpc.enable_retries", 0)]) as channel:
        stub = pb_grpc.RecommendationServiceStub(channel)
        usual_s = statistics.median([await _took_s(stub, f"usual {number}") for number in range(50)])
        ended: Counter[str] = Counter()
        unwanted: list[str] = []
        for start in range(0, rounds, AT_A_TIME):
            texts = [f"late {number}" for number in range(start, min(rounds, start + AT_A_TIME))]
            longest_s = max(0.002, usual_s)
            calls = (_ended(stub, text, draw.uniform(0.001, longest_s), draw.random() < 0.2) for text in texts)
            for text, status in zip(texts, await asyncio.gather(*calls), strict=True):
                ended[status] += 1
                unwanted += [text] if status in {"DEADLINE_EXCEEDED", "CANCELLED"} else []
    encoder = server.tenants.find("").live.texts
    encoded = len(encoder.known(unwanted)) if encoder else 0
    spared = 1 - encoded / max(1, len(unwanted))
    failures = unmet(
        statuses=(not set(ended) - {"OK", "DEADLINE_EXCEEDED", "CANCELLED", "RESOURCE_EXHAUSTED"}, str(dict(ended))),
        work=(spared >= LEAST_SPARED, f"{encoded:,} of {len(unwanted):,} expired texts were encoded"),
        rest=(server.gate.running == server.gate.waiting == 0, "calls are still held at the gate"),
    )
    figures = {"usual ms": 1e3 * usual_s, "expired": len(unwanted), "never encoded": spared} | dict(ended)
    return Outcome(rounds=rounds, failures=failures, figures=figures)


def _asked(text: str) -> pb.RecommendRequest:
    return pb.RecommendRequest(declarations=[Declaration(text=text)])


async def _took_s(stub: "pb_grpc.RecommendationServiceAsyncStub", text: str) -> float:
    began_s = asyncio.get_running_loop().time()
    await stub.Recommend(_asked(text), timeout=30)
    return asyncio.get_running_loop().time() - began_s


async def _ended(stub: "pb_grpc.RecommendationServiceAsyncStub", text: str, timeout_s: float, gives_up: bool) -> str:
    call = stub.Recommend(_asked(text), timeout=timeout_s)
    if gives_up:
        await asyncio.sleep(timeout_s / 2)
        call.cancel()
    try:
        await call
    except grpc.aio.AioRpcError as error:
        return error.code().name
    except asyncio.CancelledError:
        return "CANCELLED"
    return "OK"


FAULTS = (Late(),)
