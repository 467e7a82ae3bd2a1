"""The `firstlight-server` command as a process of its own."""

import io
import re
import signal
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import grpc
import pytest

from firstlight.v1 import recommendation_service_pb2 as pb
from firstlight.v1 import recommendation_service_pb2_grpc as pb_grpc
from firstlight.v1.types_pb2 import Declaration, Event
from firstlight_server.check import check_tenants
from firstlight_server.logs import json_logger
from firstlight_server.settings import Settings
from tests.server.tiny_snapshot import TinySnapshot

COMMAND = [sys.executable, "-c", "from firstlight_server.cli import main; main()"]
# Imports of what a server must not need fail; at the end the process says which modules it loaded all the same.
WITHOUT_TRAINING = """
import atexit, os, sys
for name in ("torch", "transformers", "firstlight_indexer"):
    sys.modules[name] = None
atexit.register(lambda: print("LOADED", sorted(m for m in sys.modules if sys.modules[m] and m.split(".")[0] in
    {"torch", "transformers", "firstlight_indexer", "sentence_transformers", "opentelemetry"}), flush=True))
atexit.register(lambda: print("REPORTS OFF", os.environ.get("ORT_DISABLE_TELEMETRY"), flush=True))
from firstlight_server.cli import main; main()
"""


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*COMMAND, *arguments], capture_output=True, text=True, timeout=60, check=False)


@contextmanager
def process(command: list[str]) -> Generator[tuple[subprocess.Popen[str], int]]:
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as one:
        try:
            assert one.stderr is not None
            lines: list[str] = []
            while not lines or ('"event": "serving"' not in lines[-1] and lines[-1]):
                lines.append(one.stderr.readline())
            port = re.search(r'"port": (\d+)', "".join(lines))
            assert port is not None, lines
            yield one, int(port[1])
        finally:
            one.kill()


def test_it_serves_without_torch_or_opentelemetry_and_stops_cleanly_at_sigterm(published: Path) -> None:
    arguments = ["serve", "--data-dir", str(published), "--listen", "127.0.0.1:0", "--set", "metrics_listen="]
    with process([sys.executable, "-c", WITHOUT_TRAINING, *arguments]) as (server, port):
        with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
            stub = pb_grpc.RecommendationServiceStub(channel)
            request = pb.RecommendRequest(
                events=[Event(item_id="i0001"), Event(text="honey jam")], declarations=[Declaration(category="Tea")]
            )
            assert len(stub.Recommend(request, timeout=10).items) == 10
        server.send_signal(signal.SIGTERM)
        output, errors = server.communicate(timeout=20)
    assert server.returncode == 0
    assert '"event": "stopped"' in errors
    assert "LOADED []" in output
    assert "REPORTS OFF 1" in output
    assert [line for line in errors.splitlines() if not line.startswith("{")] == []


def test_a_bad_setting_stops_it_with_one_line() -> None:
    result = run("serve", "--listen", "nowhere")
    assert result.returncode == 2
    assert result.stderr == "firstlight-server: --listen: 'nowhere' is not host:port (got 'nowhere')\n"


def test_any_setting_can_be_given_on_the_command_line() -> None:
    result = run("serve", "--set", "poll-interval-s=0")
    assert result.returncode == 2
    assert "--poll-interval-s: Input should be greater than 0" in result.stderr


def test_check_says_what_would_answer(published: Path) -> None:
    result = run("check", "--data-dir", str(published))
    assert result.returncode == 0
    assert re.fullmatch(r"default: s-[0-9a-f]{12} answers, 60 items of tiny\n", result.stdout)


@pytest.mark.parametrize("broken", [False, True], ids=["nothing published", "a broken snapshot"])
async def test_check_fails_where_nothing_would_answer(tmp_path: Path, broken: bool) -> None:
    if broken:
        TinySnapshot(space=False).publish(tmp_path)
    (result,) = await check_tenants(Settings(data_dir=tmp_path), logger=json_logger(stream=io.StringIO()))
    assert not result.ok
    assert result.summary == ("refused: missing_file" if broken else "no snapshot is published")
