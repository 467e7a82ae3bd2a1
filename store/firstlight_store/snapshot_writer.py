"""Fills a new snapshot out of sight and publishes it in one step, or leaves no trace.

It knows nothing of CURRENT: a committed snapshot is complete and verified, but not served until it is activated.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from firstlight_store.directory_lock import Hold
from firstlight_store.durable_files import DurableFiles
from firstlight_store.errors import SnapshotRefused, WriterClosed
from firstlight_store.layout import require_layout
from firstlight_store.manifest import Manifest, SnapshotFacts, snapshot_id
from firstlight_store.manifest_file import MANIFEST_NAME, manifest_bytes
from firstlight_store.signature import SIGNATURE_NAME, SigningKey
from firstlight_store.snapshot import Snapshot
from firstlight_store.tenant_directory import TenantDirectory
from firstlight_store.verification import hash_files, verify


class SnapshotWriter:
    """A `with` block around a private directory: fill `path`, then `commit`. Leaving without a commit deletes it."""

    def __init__(
        self,
        tenant: TenantDirectory,
        files: DurableFiles,
        *,
        parent_id: str | None,
        signing_key: SigningKey | None,
        open_snapshot: Callable[[str], Snapshot],
        clock: Callable[[], datetime],
    ) -> None:
        self._tenant = tenant
        self._files = files
        self._parent_id = parent_id
        self._signing_key = signing_key
        self._open_snapshot = open_snapshot
        self._clock = clock
        self._path: Path | None = None
        self._hold: Hold | None = None

    @property
    def path(self) -> Path:
        """The directory to fill with the snapshot's files, by any means; links and unknown file types are refused.

        Raises:
            WriterClosed: outside the `with` block, or after `commit`.
        """
        if self._path is None:
            raise WriterClosed("the writer is not open; use it as `with store.write() as writer:`, and commit once")
        return self._path

    def commit(self, facts: SnapshotFacts) -> Snapshot:
        """Publish the directory as a snapshot and return it, read back and verified; the caller closes it.

        The same files and facts as an existing snapshot yield that snapshot, and nothing new is kept.

        Raises:
            SnapshotRefused: the files do not make a snapshot, or do not fit `facts`.
            DurabilityLost: an fsync failed; nothing is served of it, and this process must not go on.
            OSError: the disk is full or broken; nothing has changed.
            WriterClosed: the writer is not open.
        """
        path = self.path
        try:
            manifest = self._manifest(path, facts)
            require_layout(path, facts)
            self._files.seal(path)
            content = manifest_bytes(manifest)
            if self._signing_key is not None:
                self._files.write(path / SIGNATURE_NAME, self._signing_key.sign(content))
            self._files.write(path / MANIFEST_NAME, content)
            self._files.seal(path)
            with self._tenant.locked():
                self._publish(path, manifest.snapshot_id)
                # The lock on the directory went with it when it was renamed; readers would wait for it.
                self._discard()
                return self._open_snapshot(manifest.snapshot_id)
        finally:
            self._discard()

    def __enter__(self) -> Self:
        with self._tenant.locked():
            self._tenant.clear_leftovers()
            self._path, self._hold = self._tenant.new_writing()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._discard()

    def _manifest(self, path: Path, facts: SnapshotFacts) -> Manifest:
        files = hash_files(path)
        return Manifest(
            snapshot_id=snapshot_id(facts, files),
            parent_id=self._parent_id,
            created_at=self._clock().astimezone(UTC),
            facts=facts,
            files=files,
        )

    def _publish(self, path: Path, new_id: str) -> None:
        target = self._tenant.snapshot(new_id)
        if target.exists():
            try:
                # NOTE: the same snapshot without our signature is replaced: it was written before there was a key.
                verify(target, trusted=self._signing_key.public_keys if self._signing_key is not None else None)
            except SnapshotRefused:
                self._tenant.doom(target)
            else:
                return
        self._files.publish(path, target)

    def _discard(self) -> None:
        path, self._path = self._path, None
        if path is not None and path.exists():
            self._files.remove(path)
        if self._hold is not None:
            self._hold.close()
