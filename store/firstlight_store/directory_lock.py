"""Advisory locks (flock) on files and directories, freed by the kernel when their owner dies.

They keep publishers apart and tell what is in use; they know nothing of what they guard.
"""

import fcntl
import os
import weakref
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path


class Hold:
    """A lock held on one file or directory until `close`, the garbage collector, or the process's end."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._finalizer = weakref.finalize(self, os.close, descriptor)

    def close(self) -> None:
        """Let go; harmless when repeated."""
        self._finalizer()

    def still_at(self, path: Path) -> bool:
        """Whether `path` is the very directory that is held, not a successor of the same name."""
        try:
            return os.path.samestat(os.fstat(self._descriptor), path.stat(follow_symlinks=False))
        except FileNotFoundError:
            return False


def hold_shared(directory: Path) -> Hold:
    """Hold `directory` together with other readers; waits while somebody removes it.

    Raises:
        FileNotFoundError: there is no such directory.
        NotADirectoryError: it is something else, a symbolic link included.
    """
    return _hold(directory, fcntl.LOCK_SH)


def try_hold_alone(path: Path) -> Hold | None:
    """Hold a directory exclusively, or None at once when anybody else holds it."""
    try:
        return _hold(path, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return None


@contextmanager
def locked(file: Path) -> Generator[None]:
    """Wait for, and hold, the exclusive lock on `file`, which is created where absent."""
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o644)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _hold(directory: Path, operation: int) -> Hold:
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC | os.O_NOFOLLOW)
    try:
        fcntl.flock(descriptor, operation)
    except BaseException:
        os.close(descriptor)
        raise
    return Hold(descriptor)
