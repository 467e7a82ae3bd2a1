"""The deployment's files, parsed."""

import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import pytest
import yaml

Document: TypeAlias = dict[str, Any]
"""One YAML document."""


@pytest.fixture(scope="session")
def repository() -> Path:
    return Path(__file__).parents[2]


@pytest.fixture(scope="session")
def deploy(repository: Path) -> Path:
    return repository / "deploy"


@pytest.fixture(scope="session")
def compose(deploy: Path) -> Document:
    (document,) = documents([deploy / "compose.yaml"])
    return document


@pytest.fixture(scope="session")
def dockerfile(deploy: Path) -> str:
    return (deploy / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")


def documents(files: Iterable[Path]) -> list[Document]:
    return [one for file in files for one in yaml.safe_load_all(file.read_text(encoding="utf-8"))]


def checked(tool: str, *arguments: str | Path) -> Sequence[str]:
    """What a tool of the environment complains of."""
    program = Path(sys.executable).with_name(tool)
    ran = subprocess.run([program, *arguments], capture_output=True, text=True, check=False, timeout=60)
    return (ran.stdout + ran.stderr).splitlines()
