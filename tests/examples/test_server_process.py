"""A server as a process of its own: awaited, stopped, and heard when it does not start."""

import socket
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from examples.server_process import ServerStartError, serving
from firstlight import Client


def _empty_server(address: str) -> Sequence[str]:
    return [sys.executable, "-m", "benchmarks.empty_server", address]


def _accepts(address: str) -> bool:
    host, port = address.split(":")
    with socket.socket() as probe:
        return probe.connect_ex((host, int(port))) == 0


def test_inside_the_block_the_server_answers_and_after_it_nothing_listens(tmp_path: Path) -> None:
    with serving(_empty_server, log=tmp_path / "server.log") as address, Client(address) as client:
        assert client.healthy()
        assert len(client.recommend()) == 0
    assert not _accepts(address)


def test_the_server_is_stopped_when_the_block_fails(tmp_path: Path) -> None:
    addresses: list[str] = []

    def fail_inside() -> None:
        with serving(_empty_server, log=tmp_path / "server.log") as address:
            addresses.append(address)
            raise KeyError

    with pytest.raises(KeyError):
        fail_inside()
    assert not _accepts(addresses[0])


def test_a_server_that_ends_at_once_is_reported_with_its_last_words(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "raise SystemExit('no snapshot found')"]
    with (
        pytest.raises(ServerStartError, match=r"status 1:\nno snapshot found"),
        serving(lambda _: command, log=tmp_path / "server.log"),
    ):
        pytest.fail("it never served")


def test_a_server_that_never_serves_is_given_up_and_stopped(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "import time; print('loading', flush=True); time.sleep(60)"]
    with (
        pytest.raises(ServerStartError, match=r"not serving after 1 s:\nloading"),
        serving(lambda _: command, log=tmp_path / "server.log", start_s=1.0),
    ):
        pytest.fail("it never served")
