"""I1: bytes of every sort at the door of a real server, over one real channel."""

import asyncio
import random
import struct
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

import grpc
import grpc.aio

from benchmarks.chaos.fault import Outcome
from benchmarks.chaos.random_requests import RandomRequests
from benchmarks.chaos.served_process import ServedProcess, served
from benchmarks.chaos.tally import Tally
from firstlight.v1 import recommendation_service_pb2 as pb
from tests.server.tiny_snapshot import TinySnapshot

CALLERS = 16
EXPECTED = {grpc.StatusCode.OK, grpc.StatusCode.INVALID_ARGUMENT, grpc.StatusCode.RESOURCE_EXHAUSTED}
TELLTALE = ("Traceback", 'File "', ".py", "line ")
_MESSAGES: "dict[str, type[pb.RecommendRequest | pb.BatchRecommendRequest | pb.SimilarItemsRequest]]" = {
    "Recommend": pb.RecommendRequest,
    "BatchRecommend": pb.BatchRecommendRequest,
    "SimilarItems": pb.SimilarItemsRequest,
}


class FuzzedMessages:
    """OK, INVALID_ARGUMENT or RESOURCE_EXHAUSTED, or NOT_FOUND for what names a tenant or item that is not there.

    No message tells of code, and the server's process is the same at the end.
    """

    id = "I1"
    title = "random, mutated, nested, oversized and badly encoded messages"
    rounds = 1_000_000

    def run(self, rounds: int, seed: int) -> Outcome:
        """As many messages as ``rounds``."""
        return asyncio.run(_run(rounds, seed))


async def _run(rounds: int, seed: int) -> Outcome:
    tally, codes = Tally(), Counter[str]()
    with TemporaryDirectory() as place:
        data_dir = Path(place) / "data"
        TinySnapshot().publish(data_dir)
        async with served(data_dir, "log_level=info") as server:
            fuzz = Fuzz(random.Random(seed))
            left = iter(range(rounds))

            async def call() -> None:
                for _ in left:
                    method, data = fuzz.message()
                    code, told = await _ask(server, method, data)
                    codes[code.name] += 1
                    tally.count(_wrong(method, data, code, told))

            await asyncio.gather(*(call() for _ in range(CALLERS)))
            alive = await _ask(server, "Recommend", b"")
            tally.count(None if alive[0] is grpc.StatusCode.OK else f"at the end: {alive}")
    return tally.outcome(", ".join(f"{count:,} {name}" for name, count in codes.most_common()))


class Fuzz:
    """Draws messages."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._requests = RandomRequests(rng, items=60, unsound=True)

    def message(self) -> tuple[str, bytes]:
        """A method's name and bytes for it."""
        method, request = self._requests.any_of()
        data = request.SerializeToString()
        draw = self._rng.random()
        if draw < 0.4:
            return method, data
        if draw < 0.75:
            return method, self._mutated(data)
        if draw < 0.85:
            return method, self._rng.randbytes(self._rng.choice((1, 10, 100, 1_000)))
        if draw < 0.999:
            return method, self._crafted(data)
        return method, data + _field(15, b"x" * self._rng.choice((1_000_000, 5_000_000)))

    def _mutated(self, data: bytes) -> bytes:
        changed = bytearray(data or b"\x00")
        for _ in range(self._rng.choice((1, 1, 2, 8))):
            place = self._rng.randrange(len(changed))
            match self._rng.randrange(4):
                case 0:
                    changed[place] ^= 1 << self._rng.randrange(8)
                case 1:
                    changed[place:place] = self._rng.randbytes(self._rng.choice((1, 4)))
                case 2:
                    del changed[place + 1 :]
                case _:
                    changed += changed[: place + 1]
        return bytes(changed)

    def _crafted(self, data: bytes) -> bytes:
        """Nested groups and messages, bad UTF-8, lying lengths, endless numbers, fields that nobody knows."""
        depth = self._rng.choice((10, 99, 101, 5_000))
        nested = b""
        for _ in range(min(depth, 200)):
            nested = _field(2, nested)
        crafted = (
            b"\x0b" * depth,
            nested,
            data + _field(1, b"\xff\xfe\x80"),
            data + _field(8, b"\xed\xa0\x80"),
            data + b"\x0a" + b"\xff" * 9 + b"\x01",
            data + b"\x20" + b"\xff" * self._rng.choice((9, 10, 11)),
            data + _field(self._rng.randrange(16, 2_000), self._rng.randbytes(20)),
            data + _field(2, _field(4, b"") + b"\x21" + struct.pack("<d", float("nan"))),
        )
        return self._rng.choice(crafted)


def _field(number: int, content: bytes) -> bytes:
    """A length-delimited field."""
    return _varint(number << 3 | 2) + _varint(len(content)) + content


def _varint(number: int) -> bytes:
    data = bytearray()
    while number > 0x7F:
        data.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*data, number])


async def _ask(server: ServedProcess, method: str, data: bytes) -> tuple[grpc.StatusCode, str]:
    try:
        await server.raw(f"/firstlight.v1.RecommendationService/{method}", data)
    except grpc.aio.AioRpcError as error:
        return error.code(), error.details() or ""
    return grpc.StatusCode.OK, ""


def _wrong(method: str, data: bytes, code: grpc.StatusCode, told: str) -> str | None:
    if code not in EXPECTED and not (code is grpc.StatusCode.NOT_FOUND and _names_nothing(method, data)):
        return f"{method} {data[:200].hex()}: {code.name} {told[:200]}"
    return f"{method}: told {told[:200]!r}" if any(sign in told for sign in TELLTALE) else None


def _names_nothing(method: str, data: bytes) -> bool:
    """Whether a message that can be read names another tenant, or an item that need not be there."""
    return method == "SimilarItems" or _MESSAGES[method].FromString(data).tenant not in ("", "default")
