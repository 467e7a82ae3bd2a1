"""A real server in a process of its own over tiny snapshots, and what the kernel says of that process.

Knows nothing of faults.
"""

import asyncio
import os
import re
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import grpc.aio

from firstlight.v1 import index_service_pb2_grpc, recommendation_service_pb2_grpc
from firstlight.v1.index_service_pb2 import ActivateSnapshotRequest

_SERVE = "from firstlight_server.cli import main; main()"


@dataclass(frozen=True)
class Footprint:
    """What a process uses: private memory in bytes, open file descriptors, threads."""

    memory_bytes: int
    descriptors: int
    threads: int


@dataclass(frozen=True)
class ServedProcess:
    """A server that answers."""

    pid: int
    channel: grpc.aio.Channel

    @property
    def recommendations(self) -> "recommendation_service_pb2_grpc.RecommendationServiceAsyncStub":
        """Its recommendations."""
        return recommendation_service_pb2_grpc.RecommendationServiceStub(self.channel)

    @property
    def index(self) -> "index_service_pb2_grpc.IndexServiceAsyncStub":
        """Its snapshots."""
        return index_service_pb2_grpc.IndexServiceStub(self.channel)

    async def activate(self, snapshot_id: str) -> None:
        """Swap."""
        await self.index.ActivateSnapshot(ActivateSnapshotRequest(snapshot_id=snapshot_id), timeout=60)

    async def raw(self, method: str, data: bytes) -> None:
        """Send bytes as they are.

        Raises:
            grpc.aio.AioRpcError: the status is not OK.
        """
        call: grpc.aio.UnaryUnaryMultiCallable[bytes, bytes] = self.channel.unary_unary(method)
        await call(data, timeout=30)

    def footprint(self) -> Footprint:
        """What it uses now."""
        process = Path("/proc") / str(self.pid)
        anonymous = re.search(r"RssAnon:\s+(\d+) kB", (process / "status").read_text())
        return Footprint(
            1024 * int(anonymous[1]) if anonymous else 0,
            len(list((process / "fd").iterdir())),
            len(list((process / "task").iterdir())),
        )


@asynccontextmanager
async def served(data_dir: Path, *settings: str) -> AsyncGenerator[ServedProcess]:
    """A server over ``data_dir``, SERVING, until the block ends."""
    command = [sys.executable, "-c", _SERVE, "serve", "--data-dir", str(data_dir), "--listen", "127.0.0.1:0"]
    options = [word for setting in ("metrics_listen=", *settings) for word in ("--set", setting)]
    log = data_dir.with_suffix(".log")
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    with log.open("wb") as file:
        process = await asyncio.create_subprocess_exec(*command, *options, stderr=file, env=environment)
    try:
        port = await _port(log)
        async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
            yield ServedProcess(process.pid, channel)
    finally:
        process.terminate()
        await process.wait()


async def _port(log: Path) -> int:
    async with asyncio.timeout(60):
        while True:
            text = log.read_text()
            port = re.search(r'"port": (\d+)', text)
            if port and '"event": "serving"' in text:
                return int(port[1])
            await asyncio.sleep(0.05)
