"""File systems that fail, die or lose power at a chosen step, as disks and machines do."""

import errno
import json
import os
import random
import shutil
import signal
from collections.abc import Callable
from pathlib import Path

from firstlight_store import FileSystem


class UnsyncedFileSystem(FileSystem):
    """Only pretends to fsync, which takes milliseconds. What a missing fsync would lose is for `cut_power` to show."""

    def fsync(self, path: Path) -> None:
        path.stat()


class SteppedFileSystem(UnsyncedFileSystem):
    """Calls `at_step(number, operation, path)` before every operation; deletions are not counted."""

    def __init__(self, at_step: Callable[[int, str, Path], None]) -> None:
        self._at_step = at_step
        self._number = -1

    def _step(self, operation: str, path: Path) -> None:
        self._number += 1
        self._at_step(self._number, operation, path)

    def make_directory(self, path: Path) -> None:
        self._step("make_directory", path)
        super().make_directory(path)

    def write_bytes(self, path: Path, data: bytes) -> None:
        super().write_bytes(path, data[: len(data) // 2])
        self._step("write", path)
        super().write_bytes(path, data)

    def make_read_only(self, path: Path) -> None:
        self._step("make_read_only", path)
        super().make_read_only(path)

    def fsync(self, path: Path) -> None:
        self._step("fsync", path)
        super().fsync(path)

    def rename(self, source: Path, target: Path) -> None:
        self._step("rename", target)
        super().rename(source, target)


def failing_at(step: int, *, code: int = errno.ENOSPC) -> SteppedFileSystem:
    """A disk on which operation number `step`, and it alone, fails."""

    def at_step(number: int, operation: str, path: Path) -> None:
        if number == step:
            raise OSError(code, os.strerror(code), str(path))

    return SteppedFileSystem(at_step)


class JournallingFileSystem(SteppedFileSystem):
    """Kills its process before operation `step`, and journals what was done until then, for `cut_power`."""

    def __init__(self, step: int, journal: Path) -> None:
        super().__init__(self._die_at)
        self._last = step
        self._journal = journal
        journal.touch()

    def _die_at(self, number: int, operation: str, path: Path) -> None:
        if number == self._last:
            os.kill(os.getpid(), signal.SIGKILL)

    def _note(self, *entry: str) -> None:
        with self._journal.open("a") as journal:
            journal.write(json.dumps(entry) + "\n")

    def make_directory(self, path: Path) -> None:
        super().make_directory(path)
        self._note("made", str(path))

    def write_bytes(self, path: Path, data: bytes) -> None:
        self._note("written", str(path))
        super().write_bytes(path, data)

    def fsync(self, path: Path) -> None:
        super().fsync(path)
        self._note("synced", str(path))

    def rename(self, source: Path, target: Path) -> None:
        before = target.read_text() if target.is_file() else ""
        super().rename(source, target)
        self._note("renamed", str(source), str(target), before)


def cut_power(journal: Path, rng: random.Random, *, moved: Callable[[str], Path]) -> None:
    """Take back what was not fsynced, each thing by the toss of a coin, as a disk does that loses power.

    `moved` maps the journalled paths to where the files lie now.
    """
    entries = [json.loads(line) for line in journal.read_text().splitlines()]
    renames: list[list[str]] = []
    unsynced_data: set[str] = set()
    for entry in entries:
        if entry[0] == "written":
            unsynced_data.add(entry[1])
        elif entry[0] == "renamed":
            renames.append(entry)
            unsynced_data = {_followed(path, source=entry[1], target=entry[2]) for path in unsynced_data}
        elif entry[0] == "synced":
            unsynced_data.discard(entry[1])
            renames = [rename for rename in renames if str(Path(rename[2]).parent) != entry[1]]
    for path in sorted(unsynced_data):
        _truncate(moved(path), rng)
    for _, source, target, before in reversed(renames):
        if rng.random() < 0.5:
            _undo(moved(source), moved(target), before)


def _followed(path: str, *, source: str, target: str) -> str:
    """Where a file lies once `source`, it or a directory above it, was renamed to `target`."""
    return target + path[len(source) :] if path == source or path.startswith(f"{source}/") else path


def _truncate(path: Path, rng: random.Random) -> None:
    if path.is_file():
        data = path.read_bytes()
        path.write_bytes(data[: rng.randint(0, len(data))])


def _undo(source: Path, target: Path, before: str) -> None:
    if target.exists():
        shutil.move(target, source)
        if before:
            target.write_text(before)
