"""CANARY, the one line that says which snapshot a share of users is answered by, beside CURRENT.

It is read by every server process, so that all of them, and a restarted one, serve the same users from it. It knows
nothing of who these users are.
"""

import re
from dataclasses import dataclass
from typing import Final

from firstlight_store.durable_files import DurableFiles
from firstlight_store.errors import ManifestInvalid
from firstlight_store.names import require_snapshot_id
from firstlight_store.pointer_line import read_line
from firstlight_store.tenant_directory import TenantDirectory

SMALLEST_SHARE: Final = 1e-6
_NONE: Final = "none"
_LINE: Final = re.compile(r"(?P<snapshot_id>s-[0-9a-f]{12}) (?P<share>[01]\.[0-9]{6})")


@dataclass(frozen=True)
class Canary:
    """A snapshot that answers a share of users, while CURRENT answers the others."""

    snapshot_id: str
    share: float
    """Of users, from 0.000001 to 1."""

    def __post_init__(self) -> None:
        """Raise where the values make no canary: `InvalidNameError`, or `ValueError` for the share."""
        require_snapshot_id(self.snapshot_id)
        if not SMALLEST_SHARE <= self.share <= 1.0:
            raise ValueError(f"a canary's share is {self.share}; give a part of all users, from {SMALLEST_SHARE} to 1")


class CanaryPointer:
    """Reads and moves one tenant's canary. To move it, hold the tenant's lock."""

    def __init__(self, tenant: TenantDirectory, files: DurableFiles) -> None:
        self._tenant = tenant
        self._files = files

    def read(self) -> Canary | None:
        """Return the canary, or None where there is none.

        Raises:
            ManifestInvalid: CANARY is damaged.
        """
        line = read_line(self._tenant.canary)
        if line is None or line == _NONE:
            return None
        match = _LINE.fullmatch(line)
        try:
            if match is not None:
                return Canary(match["snapshot_id"], float(match["share"]))
        except ValueError:
            pass
        raise ManifestInvalid(
            f"{self._tenant.canary} holds {line[:80]!r}, not a snapshot id and a share; set or clear the canary again"
        )

    def read_or_none(self) -> Canary | None:
        """Return the canary, or None where there is none or CANARY is damaged, as when repairing it."""
        try:
            return self.read()
        except ManifestInvalid:
            return None

    def set(self, canary: Canary) -> None:
        """Answer the canary's share of users by it from now on.

        Raises:
            DurabilityLost: an fsync failed; CANARY is the old or the new line, whole.
            OSError: nothing has changed.
        """
        self._files.replace_line(self._tenant.canary, f"{canary.snapshot_id} {canary.share:.6f}")

    def clear(self) -> None:
        """Answer nobody by a canary from now on. Raises as `set`."""
        if self._tenant.canary.exists():
            self._files.replace_line(self._tenant.canary, _NONE)
