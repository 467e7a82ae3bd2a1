"""The few disk operations that durability rests on, as one small object; it knows nothing of snapshots.

Tests replace it to kill, to fill the disk or to cut the power at every step.
"""

import os
import shutil
from pathlib import Path


class FileSystem:
    """Plain disk operations. Every method raises `OSError` as the operating system does."""

    def make_directory(self, path: Path) -> None:
        """Create one directory, which must not exist."""
        path.mkdir()

    def write_bytes(self, path: Path, data: bytes) -> None:
        """Create or overwrite a file; nothing is durable yet."""
        path.write_bytes(data)

    def make_read_only(self, path: Path) -> None:
        """Take the write permission from a file: it may be memory-mapped by others."""
        path.chmod(0o444)

    def fsync(self, path: Path) -> None:
        """Force a file's bytes, or a directory's entries, to the disk."""
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def rename(self, source: Path, target: Path) -> None:
        """Move a file or directory inside one file system, atomically; a file at `target` is replaced."""
        source.rename(target)

    def remove_tree(self, path: Path) -> None:
        """Delete a directory and all in it, or a file."""
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
