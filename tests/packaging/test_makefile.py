"""The Makefile says what it offers, and the documents offer nothing that it lacks."""

import re
import subprocess
from pathlib import Path

import pytest

DOCUMENTS = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "docs/structure.md", ".ci/run", ".pre-commit-config.yaml")


@pytest.fixture(scope="module")
def public_targets(makefile: str) -> set[str]:
    return set(re.findall(r"^\.PHONY: ([a-z-]+)$", makefile, re.MULTILINE))


def test_help_lists_every_public_target_with_a_line_of_its_own(repository: Path, public_targets: set[str]) -> None:
    shown = subprocess.run(["make", "help"], cwd=repository, capture_output=True, text=True, check=True, timeout=30)
    listed = re.findall(r"^  make ([a-z-]+) +\S.*$", shown.stdout, re.MULTILINE)
    assert sorted(listed) == sorted(public_targets)


def test_a_bare_make_shows_the_help_and_does_nothing_else(repository: Path) -> None:
    bare = subprocess.run(["make"], cwd=repository, capture_output=True, text=True, check=True, timeout=30)
    assert "make demo" in bare.stdout


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_target_that_a_document_names_exists(repository: Path, public_targets: set[str], document: str) -> None:
    text = (repository / document).read_text(encoding="utf-8")
    named = set(re.findall(r"(?:`|^\s*)make ([a-z][a-z-]*)", text, re.MULTILINE))
    assert named <= public_targets


def test_ci_runs_the_command_that_the_readme_gives_for_testing(repository: Path) -> None:
    readme = (repository / "README.md").read_text(encoding="utf-8")
    ci = (repository / ".ci/run").read_text(encoding="utf-8")
    assert "\nmake test\n" in ci
    assert "make test" in readme


def test_no_setting_is_overwritten_further_down(makefile: str) -> None:
    named = re.findall(r"^([A-Z_]+) [?:]?=", makefile, re.MULTILINE)
    assert sorted(named) == sorted(set(named))


def test_nothing_runs_before_its_environment_is_made(makefile: str) -> None:
    rules = re.findall(r"^([a-z-]+):([^\n]*)\n((?:\t[^\n]*\n)+)", makefile, re.MULTILINE)
    bare = [
        target
        for target, prerequisites, recipe in rules
        if "$(BIN)/" in recipe and not re.search(r"\.venv/installed-|\bindex\b", prerequisites)
    ]
    assert bare == []
