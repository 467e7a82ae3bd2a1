"""Several workers on one port: they share it, follow CURRENT, come back when killed, drain without losing a call."""

import asyncio
import socket
import subprocess
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import grpc
import pytest
from typer.testing import CliRunner

from benchmarks.chaos.fleet import COMMAND, Fleet, fleet
from firstlight import AsyncClient, Client
from firstlight_server.cli import app
from firstlight_server.errors import SettingsError
from firstlight_server.logs import json_logger
from firstlight_server.settings import Settings
from firstlight_server.workers.reserved_port import reserved_port
from firstlight_server.workers.status import ExitStatus
from firstlight_server.workers.supervisor import Supervisor, worker_settings
from tests.server.tiny_snapshot import TinySnapshot

EXPERIMENTS = '[[default.arms]]\nname = "control"\npolicy = "greedy"\nshare = 1\n'


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("shared")
    TinySnapshot().publish(directory)
    return directory


@pytest.fixture(scope="module")
def experiments(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("experiments") / "experiments.toml"
    file.write_text(EXPERIMENTS)
    return file


@pytest.fixture(scope="module")
def two(data_dir: Path, experiments: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    """Two workers that serve; tests run in the order of this file, and the last one stops them."""
    log = tmp_path_factory.mktemp("log") / "server.log"
    with fleet(data_dir, log=log, workers=2, log_level="debug", experiments=str(experiments)) as one:
        one.until_serving(2)
        yield one


def new_connection(target: str) -> grpc.Channel:
    return grpc.insecure_channel(target, [("grpc.use_local_subchannel_pool", 1)])


def live_snapshots(target: str) -> set[str]:
    """What fresh connections say answers; the kernel spreads them over the workers."""
    found: set[str] = set()
    for _ in range(12):
        with Client(target, timeout_s=10) as client:
            found.add(client.snapshot().id)
    return found


def test_both_workers_answer_on_the_one_port(two: Fleet) -> None:
    for _ in range(24):
        with Client(two.target, timeout_s=10) as client:
            assert len(client.recommend()) == 10
    answered = {line["worker"] for line in two.said("call") if line["method"].endswith("/Recommend")}
    assert answered == {0, 1}
    assert len(set(two.pids().values()) - {two.process.pid}) == 2


def test_an_activation_on_one_worker_reaches_the_other(two: Fleet, data_dir: Path) -> None:
    other = TinySnapshot(seed=1).publish(data_dir, activate=False)
    with Client(two.target, timeout_s=30) as client:
        client.activate_snapshot(other)
    two.until(lambda: len([1 for line in two.said("snapshot activated") if line["snapshot_id"] == other]) == 2, "both")
    assert live_snapshots(two.target) == {other}


async def test_a_killed_worker_comes_back_and_the_other_serves_meanwhile(two: Fleet, experiments: Path) -> None:
    killed = two.pids()[0]
    served = len(two.said("serving"))
    async with AsyncClient(two.target, timeout_s=20) as client:
        experiments.write_text("[default]\narms = 3\n")  # what is bad now must not end the other worker
        two.kill(killed)
        while len(two.said("serving")) == served:
            if ExitStatus.BAD_SETTINGS in [line["status"] for line in two.said("worker died")]:
                experiments.write_text(EXPERIMENTS)
            assert len(await client.recommend()) == 10
            await asyncio.sleep(0.02)
    assert two.pids()[0] != killed
    assert two.said("worker died")[-1]["worker"] == 0


async def test_a_stop_under_load_fails_no_call_that_another_server_can_answer(two: Fleet, data_dir: Path) -> None:
    with fleet(data_dir, log=two.log.with_name("other.log"), workers=2) as other:
        other.until_serving(2)
        async with asking(f"ipv4:{two.target},{other.target}") as counts:
            before = counts["answered"]
            status = await asyncio.to_thread(two.stop)
        assert counts["failed"] == 0
        assert counts["answered"] > before
        other.process.kill()
        await gone(*other.pids().values())  # workers end when their supervisor does
    assert status == ExitStatus.DRAINED
    assert "stopped" in two.log.read_text()
    await gone(*two.pids().values())


async def gone(*pids: int) -> None:
    async with asyncio.timeout(30):
        while any(Path(f"/proc/{pid}").exists() for pid in pids):
            await asyncio.sleep(0.02)


@asynccontextmanager
async def asking(target: str, *, callers: int = 4) -> AsyncGenerator[dict[str, int]]:
    """Callers ask through the SDK for as long as the block runs; how their calls ended."""
    counts = {"answered": 0, "failed": 0}
    over = asyncio.Event()
    async with AsyncClient(target, timeout_s=20) as client:

        async def caller() -> None:
            while not over.is_set():
                try:
                    counts["answered"] += len(await client.recommend()) == 10
                except Exception:
                    counts["failed"] += 1
                    raise
                await asyncio.sleep(0.01)

        tasks = [asyncio.create_task(caller()) for _ in range(callers)]
        await asyncio.sleep(0.3)
        yield counts
        over.set()
        await asyncio.gather(*tasks)


def test_a_port_that_is_taken_stops_it_with_one_line(data_dir: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        command = [*COMMAND, "serve", "--data-dir", str(data_dir), "--listen", address, "--set", "workers=2"]
        result = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert result.returncode == ExitStatus.BAD_SETTINGS
    assert result.stderr.count("\n") == 1
    assert f"listen: {address} cannot be listened on" in result.stderr


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("experiments", "[shop] is no tenant that is served; there are default"),
        ("events_key_file", "does not give 64 hexadecimal digits"),
        ("snapshot_public_key", "snapshot_public_key: "),
    ],
)
def test_a_file_that_workers_would_find_bad_is_told_before_any_begins(
    data_dir: Path, tmp_path: Path, name: str, told: str
) -> None:
    file = tmp_path / "bad.toml"
    file.write_text(EXPERIMENTS.replace("default", "shop"))
    given = {"workers": "2", "tenants": "default", name: str(file)}
    if name == "events_key_file":
        given["events_url"] = "postgresql://u@h/d"
    options = [word for key, value in given.items() for word in ("--set", f"{key}={value}")]
    result = CliRunner().invoke(app, ["serve", "--data-dir", str(data_dir), *options])
    assert (result.exit_code, result.stderr.count("\n")) == (ExitStatus.BAD_SETTINGS, 1)
    assert told in result.stderr
    assert str(file) in result.stderr


async def test_settings_that_the_first_worker_finds_bad_end_it_once_and_for_all(
    data_dir: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    settings = worker_settings(Settings(data_dir=data_dir, workers=3), "nowhere.invalid:1")
    status = await Supervisor(settings, count=3, logger=json_logger("error")).run()
    assert status == ExitStatus.BAD_SETTINGS
    said = [line for line in capfd.readouterr().err.splitlines() if line.startswith("firstlight-server:")]
    assert len(said) == 1
    assert "listen: nowhere.invalid:1" in said[0]


def test_a_reserved_port_is_for_those_that_share_it() -> None:
    with reserved_port("127.0.0.1:0", shared=False) as address:
        assert int(address.rpartition(":")[2]) > 0
        with socket.socket() as worker:
            worker.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            worker.bind(("127.0.0.1", int(address.rpartition(":")[2])))
            worker.listen()
            with pytest.raises(SettingsError, match="is the port taken"), reserved_port(address, shared=False):
                pass
            with reserved_port(address, shared=True) as same:
                assert same == address


def test_a_worker_gets_its_part_of_every_quota() -> None:
    settings = Settings(workers=4, tenant_rate=100, tenant_rates={"shop": 8})
    one = worker_settings(settings, "127.0.0.1:1234")
    assert (one.tenant_rate, one.tenant_rates, one.workers, one.listen) == (25, {"shop": 2}, 1, "127.0.0.1:1234")
