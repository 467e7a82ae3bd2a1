"""CURRENT, the one line that says what is served, and HISTORY, what was served before it.

CURRENT alone decides. HISTORY is written first and only advises a rollback, so a crash between the two is harmless.
"""

from collections.abc import Sequence
from typing import Final

from firstlight_store.durable_files import DurableFiles
from firstlight_store.errors import ManifestInvalid
from firstlight_store.names import is_snapshot_id
from firstlight_store.pointer_line import read_line
from firstlight_store.tenant_directory import TenantDirectory

_REMEMBERED: Final = 64


class SnapshotPointer:
    """Reads and moves one tenant's pointer. To move it, hold the tenant's lock."""

    def __init__(self, tenant: TenantDirectory, files: DurableFiles) -> None:
        self._tenant = tenant
        self._files = files

    def current_id(self) -> str | None:
        """Return the id of what is served, or None where nothing was ever activated.

        Raises:
            ManifestInvalid: CURRENT does not hold one snapshot id.
        """
        line = read_line(self._tenant.current)
        if line is None:
            return None
        if not is_snapshot_id(line):
            raise ManifestInvalid(
                f"{self._tenant.current} holds {line[:80]!r}, not one snapshot id; activate a snapshot to repair it"
            )
        return line

    def current_or_none(self) -> str | None:
        """Return the id of what is served, or None where there is none or CURRENT is damaged, as when repairing it."""
        try:
            return self.current_id()
        except ManifestInvalid:
            return None

    def earlier_ids(self) -> list[str]:
        """Return what was current before, the oldest first; unreadable entries are left out."""
        line = read_line(self._tenant.history) or ""
        return [word for word in line.split(" ") if is_snapshot_id(word)]

    def move(self, snapshot_id: str, *, earlier: Sequence[str]) -> None:
        """Serve `snapshot_id` from now on, and remember `earlier`.

        Raises:
            DurabilityLost: an fsync failed; CURRENT is the old or the new line, whole.
            OSError: nothing has changed.
        """
        self._files.replace_line(self._tenant.history, " ".join(earlier[-_REMEMBERED:]))
        self._files.replace_line(self._tenant.current, snapshot_id)
