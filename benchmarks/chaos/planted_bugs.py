"""M1: plants each bug into a copy of the tree and shows which test turned red. Run as a program, it prints a table.

A suite that stays green over a planted bug would stay green over a real one. Knows nothing of the bugs.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from benchmarks.chaos.fault import Outcome
from benchmarks.chaos.plants import PLANTS, Plant
from benchmarks.chaos.tally import Tally

_PACKAGES = ("client", "encoder", "evaluation", "indexer", "server", "store")
_LEFT_OUT = shutil.ignore_patterns(".*", "__pycache__", "var", "reports", "build", "dist")
_FAILED = re.compile(r"^(?:FAILED|ERROR) (\S+.*?)(?: - .*)?$", re.MULTILINE)
TREE = Path(__file__).parents[2]


class PlantedBugs:
    """Each bug turns a test red."""

    id = "M1"
    title = "planted bugs"
    rounds = len(PLANTS)

    def run(self, rounds: int, seed: int) -> Outcome:
        """The first ``rounds`` bugs; nothing is random."""
        tally = Tally()
        for plant, red in audit(PLANTS[:rounds]):
            tally.count(None if red else f"{plant.name}: every test stayed green")
        return tally.outcome(f"{len(PLANTS)} bugs are known")


def audit(plants: tuple[Plant, ...]) -> Iterator[tuple[Plant, str | None]]:
    """Each bug and the first test that it turned red, or None where none did.

    Raises:
        ValueError: a bug no longer fits its file, or its tests are red without it.
    """
    with TemporaryDirectory() as place:
        copy = Path(place) / "tree"
        shutil.copytree(TREE, copy, ignore=_LEFT_OUT)
        sound: set[tuple[str, ...]] = set()
        for plant in plants:
            if plant.tests not in sound and (red := _first_red(copy, plant.tests)):
                raise ValueError(f"{red} is red without {plant.name!r} planted; mend it first")
            sound.add(plant.tests)
            yield plant, _planted(copy, plant)


def _planted(copy: Path, plant: Plant) -> str | None:
    path = copy / plant.file
    source = path.read_text(encoding="utf-8")
    if source.count(plant.before) != 1:
        found = source.count(plant.before)
        raise ValueError(f"{plant.name!r}: {plant.file} holds its text {found} times, not once; write the plant anew")
    path.write_text(source.replace(plant.before, plant.after), encoding="utf-8")
    try:
        return _first_red(copy, plant.tests)
    finally:
        path.write_text(source, encoding="utf-8")


def _first_red(copy: Path, tests: tuple[str, ...]) -> str | None:
    command = [sys.executable, "-m", "pytest", "-p", "no:xdist", "-p", "no:cacheprovider", "-x", "-q", *tests]
    path = os.pathsep.join(str(copy / name) for name in _PACKAGES)
    environment = os.environ | {"PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(command, cwd=copy, env=environment, capture_output=True, text=True, check=False, timeout=600)
    if done.returncode == 0:
        return None
    named = _FAILED.search(done.stdout)
    return named[1] if named else f"pytest ended with {done.returncode}: {done.stdout[-300:]}{done.stderr[-300:]}"


def main(only: Annotated[str, typer.Option(help="Plant only bugs whose name holds this.")] = "") -> None:
    """Plant every bug, print which test turned red, and exit 1 if one was not found."""
    table = Table("bug", "file", "the first test that turned red")
    missed = 0
    for plant, red in audit(tuple(plant for plant in PLANTS if only in plant.name)):
        missed += red is None
        table.add_row(plant.name, Path(plant.file).name, escape(red or "none: NOT FOUND"))
    Console(width=None if sys.stdout.isatty() else 200).print(table)
    raise typer.Exit(1 if missed else 0)


if __name__ == "__main__":
    typer.run(main)
