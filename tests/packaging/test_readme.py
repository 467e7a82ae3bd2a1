"""What the documents show runs as shown: against the SDK's own test server where they call one."""

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from firstlight.testing import FakeServer
from firstlight_indexer.domain_file import load_domain

BLOCK = re.compile(r"^```(?P<language>\w+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
TARGET = "localhost:50051"


@pytest.fixture(scope="module")
def blocks(repository: Path) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name in ("README.md", "CONTRIBUTING.md"):
        for block in BLOCK.finditer((repository / name).read_text(encoding="utf-8")):
            found.setdefault(block["language"], []).append(block["text"])
    return found


@pytest.fixture
def target() -> Iterator[str]:
    with FakeServer() as server:
        yield server.target


def test_every_python_block_runs_and_prints_an_answer(blocks: dict[str, list[str]], target: str) -> None:
    assert blocks["python"]
    for block in blocks["python"]:
        program = [sys.executable, "-c", block.replace(TARGET, target)]
        ran = subprocess.run(program, capture_output=True, text=True, check=False, timeout=60)
        assert (ran.returncode, ran.stderr) == (0, "")
        assert ran.stdout.strip()


def test_every_call_of_the_command_line_answers(blocks: dict[str, list[str]], target: str) -> None:
    lines = "\n".join(blocks["sh"]).replace(TARGET, target).splitlines()
    calls = [shlex.split(line, comments=True)[1:] for line in lines if line.startswith("firstlight ")]
    assert calls
    for call in calls:
        where = [] if "--target" in call else ["--target", target]
        program = [sys.executable, "-m", "firstlight", *call, *where]
        ran = subprocess.run(program, capture_output=True, text=True, check=False, timeout=60)
        assert ran.returncode == 0, ran.stderr
        assert ran.stdout.strip()


def test_every_shell_block_is_shell(blocks: dict[str, list[str]]) -> None:
    for block in blocks["sh"]:
        parsed = subprocess.run(["sh", "-n"], input=block, capture_output=True, text=True, check=False, timeout=60)
        assert (parsed.returncode, parsed.stderr) == (0, "")


def test_every_domain_file_shown_is_one_that_the_indexer_takes(blocks: dict[str, list[str]], tmp_path: Path) -> None:
    assert blocks["toml"]
    for block in blocks["toml"]:
        shown = tmp_path / "firstlight.toml"
        shown.write_text(block, encoding="utf-8")
        assert load_domain(shown).name == "my-shop"
