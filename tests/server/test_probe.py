"""The health probe, against real servers with and without TLS."""

import asyncio
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import grpc
import pytest
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from typer.testing import CliRunner

from firstlight_server.cli import app
from firstlight_server.errors import SettingsError
from firstlight_server.probe import ProbeResult, ProbeTLS, probe, target_of
from tests.server.running import running

AUTHORITY = "authority.pem"


async def ask(port: int, service: str = "") -> ProbeResult:
    return await asyncio.to_thread(probe, f"127.0.0.1:{port}", service=service, timeout_s=5, tls=ProbeTLS())


async def test_a_server_that_answers_is_found_serving(published: Path) -> None:
    async with running(published) as server:
        port = server.server.port
        assert await ask(port) == ProbeResult(True, f"127.0.0.1:{port}: SERVING")
        assert (await ask(port, "firstlight.v1.IndexService")).ok
        assert (await ask(port, "no.such.Service")).summary.startswith(f"127.0.0.1:{port}: NOT_FOUND")


async def test_a_server_with_nothing_to_serve_and_one_that_is_away_are_not(tmp_path: Path) -> None:
    async with running(tmp_path, wait=False) as server:
        port = server.server.port
        assert await ask(port) == ProbeResult(False, f"127.0.0.1:{port}: NOT_SERVING")
    assert (await ask(port)).summary.startswith(f"127.0.0.1:{port}: UNAVAILABLE")


@pytest.fixture(scope="module")
def certificates(repository: Path) -> Path:
    return repository / "tests/client/certificates"


@contextmanager
def mutual_tls(certificates: Path) -> Generator[str]:
    """Health behind a server that wants a certificate of its callers; its target."""
    server = grpc.server(ThreadPoolExecutor(1))
    servicer = health.HealthServicer()
    servicer.set("", health_pb2.HealthCheckResponse.SERVING)
    health_pb2_grpc.add_HealthServicer_to_server(servicer, server)
    pair = ((certificates / "server.key").read_bytes(), (certificates / "server.pem").read_bytes())
    credentials = grpc.ssl_server_credentials([pair], (certificates / AUTHORITY).read_bytes(), True)
    port = server.add_secure_port("127.0.0.1:0", credentials)
    server.start()
    try:
        yield f"127.0.0.1:{port}"
    finally:
        server.stop(None).wait()


@pytest.mark.parametrize("known", [True, False], ids=["with our certificate", "without"])
def test_mutual_tls_is_answered_only_to_those_who_show_a_certificate(certificates: Path, known: bool) -> None:
    own = {"certificate": certificates / "client.pem", "key": certificates / "client.key"} if known else {}
    tls = ProbeTLS(ca=certificates / AUTHORITY, server_name="server.firstlight.test", **own)
    with mutual_tls(certificates) as target:
        assert probe(target, service="", timeout_s=5, tls=tls).ok is known


def test_a_certificate_that_cannot_be_read_is_named() -> None:
    with pytest.raises(SettingsError, match=r"/nowhere.pem cannot be read"):
        probe("h:1", service="", timeout_s=1, tls=ProbeTLS(ca=Path("/nowhere.pem")))


@pytest.mark.parametrize(
    ("listen", "target"),
    [("0.0.0.0:5", "127.0.0.1:5"), ("[::]:5", "[::1]:5"), ("10.0.0.1:5", "10.0.0.1:5"), ("localhost:5", "localhost:5")],
)
def test_a_server_is_looked_for_where_it_listens(listen: str, target: str) -> None:
    assert target_of(listen) == target


def test_the_command_asks_where_the_settings_say_and_exits_with_the_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FIRSTLIGHT_SERVER_LISTEN", "0.0.0.0:1")
    result = CliRunner().invoke(app, ["probe"])
    assert (result.exit_code, result.stdout.partition(": ")[0]) == (1, "127.0.0.1:1")


async def test_the_command_exits_with_0_where_the_server_answers(published: Path) -> None:
    async with running(published) as server:
        arguments = ["probe", "--target", f"127.0.0.1:{server.server.port}"]
        result = await asyncio.to_thread(CliRunner().invoke, app, arguments)
    assert (result.exit_code, result.stdout) == (0, f"{arguments[-1]}: SERVING\n")
