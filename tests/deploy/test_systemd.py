"""The systemd unit: parsed, verified where systemd is here, and shut in."""

import configparser
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from firstlight_server.cli import app
from firstlight_server.settings import Settings

MOST_EXPOSURE = 2.0
"""Of 10, by systemd's own reckoning; an unconfined service has 9.6."""


@pytest.fixture(scope="module")
def unit(deploy: Path) -> Path:
    return deploy / "systemd/firstlight-server.service"


@pytest.fixture(scope="module")
def parsed(unit: Path) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(strict=False, interpolation=None)  # a key may come twice
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(unit)
    return parser


@pytest.fixture(scope="module")
def analyze() -> str:
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip("systemd-analyze is not here")
    return program


def test_it_starts_a_command_that_exists_and_gives_it_time_to_drain(parsed: configparser.ConfigParser) -> None:
    service = parsed["Service"]
    program, command, *options = service["ExecStart"].split()
    assert Path(program).name == "firstlight-server"
    assert command in {one.name or one.callback.__name__ for one in app.registered_commands if one.callback}
    assert options == ["--config", "/etc/firstlight/server.toml"]
    assert float(service["TimeoutStopSec"]) > Settings().drain_grace_s


def test_a_bad_setting_is_not_tried_again(parsed: configparser.ConfigParser) -> None:
    assert parsed["Service"]["RestartPreventExitStatus"] == "2"


def test_systemd_knows_every_directive(analyze: str, unit: Path) -> None:
    ran = subprocess.run([analyze, "verify", unit], capture_output=True, text=True, check=False, timeout=60)
    complaints = [line for line in (ran.stdout + ran.stderr).splitlines() if unit.name in line]
    assert [line for line in complaints if "is not executable" not in line] == []


def test_it_is_shut_in(analyze: str, unit: Path) -> None:
    command = [analyze, "security", "--offline=yes", "--no-pager", str(unit)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    exposure = re.search(r"Overall exposure level for .*: ([\d.]+)", ran.stdout)
    assert exposure is not None, ran.stderr
    assert float(exposure[1]) <= MOST_EXPOSURE
