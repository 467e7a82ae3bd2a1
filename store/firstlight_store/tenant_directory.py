"""The layout of one tenant's directory: where snapshots, pointers, the lock and unfinished work lie.

It holds the lock and clears what dead writers left; it knows nothing of what a snapshot contains.
"""

import secrets
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Final

from firstlight_store.directory_lock import Hold, locked, try_hold_alone
from firstlight_store.durable_files import DurableFiles
from firstlight_store.errors import FileUnsafe, TenantNotFound
from firstlight_store.names import is_snapshot_id, is_tenant, require_snapshot_id, require_tenant
from firstlight_store.signature import SIGNATURE_NAME

_WRITING: Final = ".writing-"
_DOOMED: Final = ".doomed-"
_POINTER_LEFTOVERS: Final = (".CURRENT.", ".HISTORY.", ".CANARY.", f".{SIGNATURE_NAME}.")


def tenants(root: Path) -> list[str]:
    """Return the tenants that have a directory under `root`, sorted; links are not followed."""
    if not root.is_dir():
        return []
    return sorted(
        path.name for path in root.iterdir() if is_tenant(path.name) and path.is_dir() and not path.is_symlink()
    )


class TenantDirectory:
    """Paths under `<root>/<tenant>/`, and the one lock that its publishers share."""

    def __init__(self, root: Path, tenant: str, files: DurableFiles) -> None:
        self.path = root / require_tenant(tenant)
        self._tenant = tenant
        self._files = files

    @property
    def current(self) -> Path:
        """The pointer to what is served."""
        return self.path / "CURRENT"

    @property
    def history(self) -> Path:
        """What was current before, the latest last."""
        return self.path / "HISTORY"

    @property
    def canary(self) -> Path:
        """The pointer to what a share of users is answered by."""
        return self.path / "CANARY"

    def snapshot(self, snapshot_id: str) -> Path:
        """Return where a snapshot lies, or would lie.

        Raises:
            InvalidNameError: the id could leave the directory.
        """
        return self.path / require_snapshot_id(snapshot_id)

    def signature(self, snapshot_id: str) -> Path:
        """Return where a snapshot's signature lies, or would lie.

        Raises:
            InvalidNameError: the id could leave the directory.
        """
        return self.snapshot(snapshot_id) / SIGNATURE_NAME

    def snapshots(self) -> Iterator[Path]:
        """Yield every snapshot directory, damaged ones included, in no order."""
        self.require_exists()
        return (path for path in self.path.iterdir() if is_snapshot_id(path.name))

    def require_exists(self) -> None:
        """Check that the tenant is there.

        Raises:
            TenantNotFound: it is not.
            FileUnsafe: a symbolic link stands in its place.
        """
        if self.path.is_symlink():
            raise FileUnsafe(f"{self.path} is a symbolic link; a tenant's directory must be a real one")
        if not self.path.is_dir():
            raise TenantNotFound(
                f"no tenant {self._tenant!r} under {self.path.parent}; publish a snapshot for it first"
            )

    def locked(self) -> AbstractContextManager[None]:
        """Wait for and hold the publishers' lock. Not reentrant."""
        self.require_exists()
        return locked(self.path / ".lock")

    def create(self) -> None:
        """Create the root and the tenant's directory where they are absent, durably."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        if not self.path.is_dir():
            try:
                self._files.make_directory(self.path)
            except FileExistsError:
                self.require_exists()

    def new_writing(self) -> tuple[Path, Hold]:
        """Create an empty directory to fill, held alone so that nobody takes it for a leftover. Needs the lock."""
        path = self.path / f"{_WRITING}{secrets.token_hex(8)}"
        self._files.make_directory(path)
        hold = try_hold_alone(path)
        if hold is None:
            raise FileUnsafe(f"{path} is held by another process the moment it was created; is somebody scanning it?")
        return path, hold

    def doom(self, snapshot: Path) -> None:
        """Take a snapshot out of sight at once, then delete it. Needs the lock."""
        doomed = self.path / f"{_DOOMED}{secrets.token_hex(8)}"
        self._files.publish(snapshot, doomed)
        self._files.remove(doomed)

    def doom_unless_held(self, snapshot: Path) -> bool:
        """Doom a snapshot that nobody has open, and return whether it is gone. Needs the lock."""
        hold = try_hold_alone(snapshot)
        if hold is None:
            return False
        try:
            self.doom(snapshot)
        finally:
            hold.close()
        return True

    def clear_leftovers(self) -> None:
        """Delete what writers left that are no longer alive. Needs the lock."""
        for path in sorted(self.path.iterdir()):
            if path.name.startswith(_POINTER_LEFTOVERS):
                self._files.remove(path)
            elif path.name.startswith((_WRITING, _DOOMED)):
                self._clear(path)

    def _clear(self, path: Path) -> None:
        hold = try_hold_alone(path)
        if hold is not None:
            self._files.remove(path)
            hold.close()
