"""Write, seal and publish files so that they survive a crash; after a failed fsync it refuses everything.

It knows nothing of manifests: it moves bytes and directories.
"""

import secrets
from pathlib import Path

from firstlight_store.errors import DurabilityLost
from firstlight_store.filesystem import FileSystem


class DurableFiles:
    """The only way in which the store changes the disk.

    NOTE: once an fsync has failed, the kernel may have dropped the dirty pages and a second fsync would succeed
    without them. So the first failure is final for this object.
    """

    def __init__(self, filesystem: FileSystem) -> None:
        self._filesystem = filesystem
        self._lost: str | None = None

    def make_directory(self, path: Path) -> None:
        """Create one directory and make its entry durable.

        Raises:
            DurabilityLost: the fsync failed, now or earlier.
        """
        self._require_durable()
        self._filesystem.make_directory(path)
        self._fsync(path.parent)

    def write(self, path: Path, data: bytes) -> None:
        """Write a file and fsync it; its directory entry is not durable yet.

        Raises:
            DurabilityLost: the fsync failed, now or earlier.
            OSError: the write failed (a full disk, say); nothing that is served has changed.
        """
        self._require_durable()
        self._filesystem.write_bytes(path, data)
        self._fsync(path)

    def seal(self, directory: Path) -> None:
        """Make every file under `directory` read-only and durable, and then every directory, the innermost first.

        Raises:
            DurabilityLost: an fsync failed, now or earlier.
        """
        self._require_durable()
        entries = sorted(directory.rglob("*"), key=lambda path: (-len(path.parts), path))
        for path in entries:
            if not path.is_dir():
                self._filesystem.make_read_only(path)
            self._fsync(path)
        self._fsync(directory)

    def publish(self, source: Path, target: Path) -> None:
        """Move `source` to `target` atomically and make the move durable.

        Raises:
            DurabilityLost: the fsync failed, now or earlier; the move itself may or may not survive a power cut.
        """
        self._require_durable()
        self._filesystem.rename(source, target)
        self._fsync(target.parent)

    def replace_line(self, path: Path, line: str) -> None:
        """Replace a small text file by `line` and a newline, so that readers see the old or the new, never a part.

        Raises:
            DurabilityLost: an fsync failed, now or earlier.
        """
        self.replace_bytes(path, line.encode() + b"\n", via=path.parent)

    def replace_bytes(self, path: Path, data: bytes, *, via: Path) -> None:
        """Replace a small file by `data` in one step; it is written in the directory `via` first.

        Raises:
            DurabilityLost: an fsync failed, now or earlier.
        """
        temporary = via / f".{path.name}.{secrets.token_hex(8)}"
        try:
            self.write(temporary, data)
            self.publish(temporary, path)
        except OSError:
            temporary.unlink(missing_ok=True)
            raise

    def remove(self, path: Path) -> None:
        """Delete a directory or file; not durable, since what comes back after a crash is cleaned up again."""
        self._filesystem.remove_tree(path)

    def _fsync(self, path: Path) -> None:
        self._require_durable()
        try:
            self._filesystem.fsync(path)
        except OSError as error:
            self._lost = f"fsync of {path} failed: {error}"
            self._require_durable(error)

    def _require_durable(self, cause: OSError | None = None) -> None:
        if self._lost is not None:
            raise DurabilityLost(f"{self._lost}; check the disk and start a new process, do not retry") from cause
