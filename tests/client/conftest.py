"""A fake server and both clients of it: every test here speaks real gRPC over a real port."""

from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeAlias

import grpc
import pytest

from firstlight import AsyncClient, Client
from firstlight.testing import FakeServer

Serve: TypeAlias = Callable[..., str]


@pytest.fixture
def server() -> Iterator[FakeServer]:
    with FakeServer() as running:
        yield running


@pytest.fixture
def client(server: FakeServer) -> Iterator[Client]:
    with Client(server.target) as connected:
        yield connected


@pytest.fixture
async def async_client(server: FakeServer) -> AsyncIterator[AsyncClient]:
    async with AsyncClient(server.target) as connected:
        yield connected


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Serve hand-made services; each is given as what registers it with a server."""
    running: list[grpc.Server] = []

    def start(*registrations: Callable[[grpc.Server], None]) -> str:
        server = grpc.server(ThreadPoolExecutor(4))
        for register in registrations:
            register(server)
        port = server.add_insecure_port("localhost:0")
        server.start()
        running.append(server)
        return f"localhost:{port}"

    yield start
    for server in running:
        server.stop(None).wait()


@pytest.fixture(scope="session")
def certificates() -> Path:
    """An authority, a server's and a client's certificate, for these tests and nothing else."""
    return Path(__file__).with_name("certificates")
