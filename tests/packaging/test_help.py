"""What programs tell about themselves: nothing that the source says is lost on the way to the reader."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from firstlight_evaluation.cli import app as evaluate
from firstlight_indexer.cli import app as indexer
from firstlight_server.cli import app as server

_TABLE = re.compile(r"\[[a-z_.]+\]")
_WIDE = {"COLUMNS": "1000"}


def helps(command: Any, *path: str) -> Iterator[tuple[tuple[str, ...], str]]:
    """Every command's path and all that the source says of it; ``command`` is a click command, whoever ships click."""
    yield path, " ".join([command.help or "", *(str(getattr(option, "help", "")) for option in command.params)])
    for name, below in getattr(command, "commands", {}).items():
        yield from helps(below, *path, name)


@pytest.mark.parametrize("program", [indexer, evaluate, server], ids=["indexer", "evaluate", "server"])
def test_help_names_every_table_that_the_source_names(program: typer.Typer) -> None:
    for path, text in helps(typer.main.get_command(program)):
        if tables := _TABLE.findall(text):
            told = CliRunner().invoke(program, [*path, "--help"], env=_WIDE, catch_exceptions=False).output
            assert not [table for table in tables if table not in told], f"{' '.join(path)} --help"
