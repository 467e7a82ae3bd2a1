"""R4: the disk is full or broken at the k-th operation, for every k, once or from then on."""

import errno
import os
import shutil
from collections.abc import Iterator
from itertools import chain, cycle, islice
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.chaos.fault import Outcome
from benchmarks.chaos.store_operations import OPERATIONS, Ids, Operation, version_ids
from benchmarks.chaos.tally import Tally
from firstlight_store import DurabilityLost
from tests.store.faulty_filesystem import SteppedFileSystem
from tests.store.tiny_snapshot import quick_store

MODES = [(code, lasting) for code in (errno.ENOSPC, errno.EIO) for lasting in (False, True)]


class BrokenDisk:
    """What failed is reported, the old or the new state is served, and once there is space it goes on."""

    id = "R4"
    title = "ENOSPC and EIO at every operation of a publisher, once and lasting"
    rounds = 500

    def run(self, rounds: int, seed: int) -> Outcome:
        """As many failures as ``rounds``, every step of every operation before any is repeated; nothing is random."""
        tally = Tally()
        with TemporaryDirectory() as place:
            directory = Path(place)
            ids = version_ids(directory / "ids")
            failures = chain.from_iterable(_every_failure(one, directory, ids) for one in cycle(OPERATIONS))
            for failure in islice(failures, rounds):
                tally.count(failure)
        return tally.outcome(f"{len(MODES)} sorts of failure at every step of {len(OPERATIONS)} operations")


def _every_failure(operation: Operation, directory: Path, ids: Ids) -> Iterator[str | None]:
    base, root = directory / "base", directory / "hurt"
    shutil.rmtree(base, ignore_errors=True)
    operation.prepare(base, ids)
    for code, lasting in MODES:
        step, came_through = 0, False
        while not came_through:
            shutil.rmtree(root, ignore_errors=True)
            shutil.copytree(base, root)
            filesystem = _failing(step, code, lasting=lasting)
            try:
                operation.act(quick_store(root, filesystem=filesystem), filesystem, ids)
                came_through = True
            except (OSError, DurabilityLost):
                yield operation.fault_in(root, ids)
            step += 1


def _failing(first: int, code: int, *, lasting: bool) -> SteppedFileSystem:
    def at_step(number: int, operation: str, path: Path) -> None:
        if number == first or (lasting and number > first):
            raise OSError(code, os.strerror(code), str(path))

    return SteppedFileSystem(at_step)
