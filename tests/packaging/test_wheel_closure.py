"""The wheel, built and installed into a bare environment: exactly the SDK and its two dependencies, and it works there.

It asks the package registry for the build backend and the dependencies, and nothing else of the network.
"""

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

CLOSURE = {"firstlight", "grpcio", "protobuf", "typing_extensions"}
PACKAGES = {
    "firstlight",
    "firstlight_encoder",
    "firstlight_evaluation",
    "firstlight_indexer",
    "firstlight_server",
    "firstlight_store",
}
INSTALLED = """
import json
from importlib.metadata import distributions
print(json.dumps(sorted(each.metadata["Name"].replace("-", "_") for each in distributions())))
"""
ROUND_TRIP = """
from firstlight import Client, Event
from firstlight.testing import FakeServer
with FakeServer() as server, Client(server.target) as client:
    client.wait_until_ready()
    print(client.recommend(events=[Event.purchase("cereal-1")]).items[0].item_id)
"""


def _run(*command: str | Path, cwd: Path) -> str:
    environ = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    done = subprocess.run(command, cwd=cwd, env=environ, capture_output=True, text=True, check=False, timeout=110)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check")
    _run(*pip, "wheel", "--quiet", "--no-deps", "--wheel-dir", folder, repository, cwd=folder)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def bare_python(wheel: Path, repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interpreter of an environment that holds what the wheel brings, not even pip beside it."""
    environment = tmp_path_factory.mktemp("bare") / "venv"
    _run(sys.executable, "-m", "venv", "--without-pip", environment, cwd=environment.parent)
    python = environment / "bin" / "python"
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", python)
    _run(
        *pip, "install", "--quiet", "--no-compile", "-c", repository / "constraints.txt", wheel, cwd=environment.parent
    )
    return python


def test_the_wheel_brings_the_sdk_and_its_two_dependencies_and_nothing_else(bare_python: Path) -> None:
    assert set(json.loads(_run(bare_python, "-c", INSTALLED, cwd=bare_python.parent))) == CLOSURE


def test_the_sdk_works_in_the_bare_environment(bare_python: Path) -> None:
    assert _run(bare_python, "-W", "error", "-c", ROUND_TRIP, cwd=bare_python.parent) == "cereal-2\n"


def test_the_command_line_works_in_the_bare_environment(bare_python: Path) -> None:
    assert _run(bare_python.with_name("firstlight"), "--version", cwd=bare_python.parent).startswith("firstlight ")


def test_the_wheel_holds_the_packages_and_no_folder_with_a_generic_name(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        tops = {name.split("/")[0] for name in archive.namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == PACKAGES


def test_the_wheel_holds_the_migrations_of_the_event_log(wheel: Path, repository: Path) -> None:
    migrations = repository / "store" / "firstlight_store" / "event_log" / "migrations"
    wanted = {path.relative_to(repository / "store").as_posix() for path in migrations.rglob("*.py")}
    assert len(wanted) >= 5
    assert wanted <= set(zipfile.ZipFile(wheel).namelist())


def test_every_package_of_the_wheel_is_marked_as_typed_and_carries_the_licence(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    assert {f"{package}/py.typed" for package in PACKAGES} <= names
    assert "firstlight/v1/types_pb2.pyi" in names
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in names)
