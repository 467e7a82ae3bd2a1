"""A program that changes stores and is killed at one step after another, then looks at what is left; R1 and R2.

Usage: python -m benchmarks.chaos.dying_publisher ROUNDS SEED POWER_CUTS. It prints an outcome as JSON. With power cuts
only what was fsynced survives each kill, each other thing by the toss of a coin. It forks, so that a round costs
milliseconds, and so it is a process of its own, in which no thread runs.
"""

import json
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.chaos.fault import Outcome
from benchmarks.chaos.store_operations import OPERATIONS, Ids, Operation, version_ids
from benchmarks.chaos.tally import Tally
from tests.store.faulty_filesystem import JournallingFileSystem, cut_power
from tests.store.tiny_snapshot import quick_store


def killed_publishers(rounds: int, seed: int, *, power_cuts: int) -> Outcome:
    """Runs the program and returns what it found; ``power_cuts`` of 0 leaves the bytes as the kill left them."""
    command = [sys.executable, "-m", "benchmarks.chaos.dying_publisher", str(rounds), str(seed), str(power_cuts)]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(command, check=True, env=environment, capture_output=True, text=True)
    return Outcome(**json.loads(done.stdout))


def run(rounds: int, seed: int, *, power_cuts: int, directory: Path) -> Outcome:
    """Kills until ``rounds`` stores were looked at."""
    tally, rng, ids = Tally(), random.Random(seed), version_ids(directory / "ids")
    bases = [_base(operation, directory, ids) for operation in OPERATIONS]
    kills, sweeps = 0, 0
    while tally.passed + tally.failed < rounds:
        sweeps += 1
        for operation, base in zip(OPERATIONS, bases, strict=True):
            for hurt in _every_step(operation, base, directory / "hurt", ids):
                kills += 1
                for failure in _failures(operation, hurt, rng, ids, power_cuts=power_cuts):
                    tally.count(failure)
                if tally.passed + tally.failed >= rounds:
                    return tally.outcome(f"{kills} kills in {sweeps} sweeps over {len(OPERATIONS)} operations")
    return tally.outcome(f"{kills} kills in {sweeps} sweeps over {len(OPERATIONS)} operations")


def _base(operation: Operation, directory: Path, ids: Ids) -> Path:
    base = directory / operation.name.replace(" ", "-")
    operation.prepare(base, ids)
    return base


def _every_step(operation: Operation, base: Path, hurt: Path, ids: Ids) -> Iterator[Path]:
    """Yields a store that was killed at step 0, then at step 1 and so on, until the operation came through."""
    step, came_through = 0, False
    while not came_through:
        shutil.rmtree(hurt, ignore_errors=True)
        shutil.copytree(base, hurt)
        journal = hurt.with_suffix(".journal")
        journal.unlink(missing_ok=True)
        child = os.fork()
        if child == 0:
            filesystem = JournallingFileSystem(step, journal)
            operation.act(quick_store(hurt, filesystem=filesystem), filesystem, ids)
            os._exit(0)
        came_through = os.waitpid(child, 0)[1] == 0
        yield hurt
        step += 1


def _failures(
    operation: Operation, hurt: Path, rng: random.Random, ids: Ids, *, power_cuts: int
) -> Iterator[str | None]:
    if not power_cuts:
        yield operation.fault_in(hurt, ids)
    for number in range(power_cuts):
        root = Path(shutil.copytree(hurt, hurt.with_name(f"cut-{number}"), dirs_exist_ok=False))
        cut_power(hurt.with_suffix(".journal"), rng, moved=lambda path, root=root: root / Path(path).relative_to(hurt))  # type: ignore[misc]
        yield operation.fault_in(root, ids)
        shutil.rmtree(root)


if __name__ == "__main__":
    wanted, given, cuts = (int(word) for word in sys.argv[1:])
    with TemporaryDirectory() as place:
        found = run(wanted, given, power_cuts=cuts, directory=Path(place))
    sys.stdout.write(json.dumps(asdict(found)) + "\n")
