"""Where the repository is: what these tests read are its own files."""

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def repository() -> Path:
    return Path(__file__).parents[2]


@pytest.fixture(scope="session")
def makefile(repository: Path) -> str:
    return (repository / "Makefile").read_text(encoding="utf-8")
