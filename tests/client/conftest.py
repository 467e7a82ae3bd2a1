"""A fake server and both clients of it: every test here speaks real gRPC over a real port."""

import json
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import grpc
import pytest

from firstlight import AsyncClient, Client
from firstlight._cli import main
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


@dataclass(frozen=True)
class Said:
    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Run: TypeAlias = Callable[..., Said]


@pytest.fixture
def run(server: FakeServer, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run the command line against the fake server, in an environment that says nothing else."""

    def command(*words: str, **environ: str) -> Said:
        status = main(words, environ={"FIRSTLIGHT_TARGET": server.target} | environ)
        said = capsys.readouterr()
        return Said(status, said.out, said.err)

    return command
