"""pyproject.toml's ranges and constraints.txt's pins agree."""

import tomllib
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version


@pytest.fixture(scope="module")
def project(repository: Path) -> dict[str, Any]:
    project: dict[str, Any] = tomllib.loads((repository / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return project


@pytest.fixture(scope="module")
def pins(repository: Path) -> dict[str, str]:
    lines = (repository / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pairs = [line.split("==") for line in lines if line and not line.startswith("#")]
    return {canonicalize_name(name): version for name, version in pairs}


@pytest.fixture(scope="module")
def requirements(project: dict[str, Any]) -> list[Requirement]:
    listed = [project["dependencies"], *project["optional-dependencies"].values()]
    parsed = [Requirement(line) for lines in listed for line in lines]
    return [requirement for requirement in parsed if requirement.name != project["name"]]


def test_every_direct_dependency_is_pinned_inside_its_range(
    requirements: list[Requirement], pins: dict[str, str]
) -> None:
    wrong = [
        f"{requirement} is pinned at {pins.get(canonicalize_name(requirement.name))}"
        for requirement in requirements
        if not requirement.specifier.contains(pins.get(canonicalize_name(requirement.name), "0"), prereleases=True)
    ]
    assert wrong == []


def test_every_direct_dependency_has_a_lower_bound_or_is_exact(requirements: list[Requirement]) -> None:
    boundless = [
        str(requirement)
        for requirement in requirements
        if not any(clause.operator in {">=", "=="} for clause in requirement.specifier)
    ]
    assert boundless == []


def test_every_pin_is_one_exact_version(pins: dict[str, str]) -> None:
    assert all(str(Version(version)) for version in pins.values())
    assert all(Version(version).local is None for version in pins.values())


def test_torch_is_pinned_since_an_open_range_can_pull_a_cuda_build(pins: dict[str, str]) -> None:
    assert pins["torch"] == "2.13.0"


def test_the_base_distribution_is_the_sdk_and_needs_two_packages(project: dict[str, Any]) -> None:
    assert {Requirement(line).name for line in project["dependencies"]} == {"grpcio", "protobuf"}


def test_the_two_faiss_builds_are_never_installed_together(project: dict[str, Any]) -> None:
    extras = project["optional-dependencies"]
    both = [name for name, lines in extras.items() if "cpu" in str(lines) and "gpu" in str(lines)]
    assert both == []
