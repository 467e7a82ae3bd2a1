"""The Dockerfile passes hadolint, takes what is there, runs as nobody in particular, and brings no torch.

No image is built here: that needs a registry of base images.
"""

import importlib.metadata
import json
import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from firstlight_server.errors import SettingsError
from firstlight_server.logs import json_logger
from firstlight_server.settings import Settings, load_settings
from firstlight_server.tls.listener import require_guarded
from tests.deploy.conftest import Document, checked

TRAINING = {"torch", "transformers", "lightgbm", "accelerate", "peft", "onnx", "onnxscript", "scipy"}


@pytest.fixture(scope="module")
def image_environment(dockerfile: str) -> dict[str, str]:
    (block,) = re.findall(r"^ENV (.+)$", dockerfile, re.MULTILINE)
    return dict(pair.split("=", 1) for pair in block.split())


@pytest.fixture(scope="module")
def image_settings(image_environment: dict[str, str]) -> Settings:
    return load_settings({}, environment=image_environment)


def test_hadolint_has_nothing_to_say(deploy: Path) -> None:
    assert checked("hadolint", deploy / "Dockerfile") == []


def test_everything_that_is_copied_exists_and_is_not_ignored(repository: Path, dockerfile: str) -> None:
    copied = {name for line in re.findall(r"^COPY ([^-].*)$", dockerfile, re.MULTILINE) for name in line.split()[:-1]}
    let_through = set(re.findall(r"^!(\S+)$", (repository / ".dockerignore").read_text(encoding="utf-8"), re.MULTILINE))
    assert copied == let_through
    assert [name for name in copied if not (repository / name).exists()] == []


def test_it_runs_as_an_unprivileged_user_and_asks_itself_for_its_health(dockerfile: str) -> None:
    last = dockerfile.rpartition("\nFROM ")[2]
    (user,) = re.findall(r"^USER (\d+):\d+$", last, re.MULTILINE)
    assert int(user) > 0
    (probe,) = re.findall(r"HEALTHCHECK .*CMD (\[.*\])", last)
    assert json.loads(probe) == ["firstlight-server", "probe"]


def test_its_environment_is_settings_that_the_server_knows(image_settings: Settings, dockerfile: str) -> None:
    assert image_settings.listen.startswith("0.0.0.0:")
    exposed = {image_settings.listen.rpartition(":")[2], image_settings.metrics_listen.rpartition(":")[2]}
    assert set(re.findall(r"^EXPOSE (.+)$", dockerfile, re.MULTILINE)[0].split()) == exposed
    assert f" {image_settings.data_dir}\n" in dockerfile  # made, and the user's own


def test_alone_it_is_refused_and_compose_says_that_only_this_machine_may_call(
    image_environment: dict[str, str], image_settings: Settings, compose: Document
) -> None:
    with pytest.raises(SettingsError, match="allow_insecure=true"):
        require_guarded(image_settings, logger=json_logger())
    service = compose["services"]["server"]
    together = load_settings({}, environment=image_environment | service["environment"])
    require_guarded(together, logger=json_logger("error"))
    assert together.allow_insecure
    assert [port for port in service["ports"] if not port.startswith("127.0.0.1:")] == []


def test_its_packages_are_the_servers_without_those_that_train(repository: Path, dockerfile: str) -> None:
    (extras,) = re.findall(r'install .*-c constraints\.txt "\.\[(\S+)\]"', dockerfile)
    project = tomllib.loads((repository / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = [line for extra in extras.split(",") for line in project["optional-dependencies"][extra]]
    closure = installed_closure([*project["dependencies"], *lines])
    assert {"faiss-cpu", "onnxruntime", "grpcio"} < closure
    assert closure & TRAINING == set()


def installed_closure(lines: list[str]) -> set[str]:
    """The names of all that a list of requirements brings, by what the installed distributions say."""
    found: set[str] = set()
    waiting = [Requirement(line) for line in lines]
    while waiting:
        requirement = waiting.pop()
        name = str(canonicalize_name(requirement.name))
        if name in found:
            continue
        found.add(name)
        wanted = [Requirement(line) for line in importlib.metadata.requires(name) or ()]
        extras = [{"extra": extra} for extra in ("", *requirement.extras)]
        waiting += [one for one in wanted if one.marker is None or any(one.marker.evaluate(extra) for extra in extras)]
    return found


def test_compose_mounts_what_is_there_where_it_is_read(
    deploy: Path, compose: Document, image_settings: Settings
) -> None:
    for name, service in compose["services"].items():
        for mount in service["volumes"]:
            source, target = mount.split(":")[:2]
            if source == "../var/snapshots":
                assert target == str(image_settings.data_dir)
            elif source.startswith("."):
                assert (deploy / source).is_dir(), f"{name}: {source}"
            else:
                assert source in compose["volumes"], f"{name}: {source}"


def test_compose_publishes_to_this_machine_only_and_hardens_the_server(
    compose: Document, image_settings: Settings
) -> None:
    ports = [port for service in compose["services"].values() for port in service["ports"]]
    assert [port for port in ports if not port.startswith("127.0.0.1:")] == []
    server = compose["services"]["server"]
    assert server["ports"][0].endswith(f":{image_settings.listen.rpartition(':')[2]}")
    assert (server["read_only"], server["cap_drop"]) == (True, ["ALL"])
    assert float(server["stop_grace_period"].removesuffix("s")) > image_settings.drain_grace_s


def test_compose_builds_this_dockerfile_from_the_repositorys_root(repository: Path, compose: Document) -> None:
    build = compose["services"]["server"]["build"]
    root = (repository / "deploy" / build["context"]).resolve()
    assert (root, root / build["dockerfile"]) == (repository, repository / "deploy/Dockerfile")
