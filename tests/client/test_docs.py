"""The examples in the docstrings run as they stand."""

import textwrap

import pytest

import firstlight
import firstlight.testing
from firstlight.testing import FakeServer


def _example(module: object) -> str:
    lines = (module.__doc__ or "").splitlines()
    return textwrap.dedent("\n".join(line for line in lines if line.startswith("    ") or not line.strip()))


def test_the_example_of_the_package_prints_items(server: FakeServer, capsys: pytest.CaptureFixture[str]) -> None:
    example = _example(firstlight).replace("localhost:50051", server.target).replace("82914", "cereal-1")
    exec(compile(example, "firstlight/__init__.py", "exec"), {})
    assert capsys.readouterr().out.splitlines()[0].startswith("cereal-2 Honey oat rings ")


def test_the_example_of_the_testing_package_holds() -> None:
    example = _example(firstlight.testing)
    assert "assert" in example
    exec(compile(example, "firstlight/testing/__init__.py", "exec"), {})
