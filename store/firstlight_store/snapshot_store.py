"""One tenant's snapshots on disk: write, activate, roll back, list, open, collect.

It knows nothing of serving: whoever serves asks `current_id` and opens what it names.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime
from pathlib import Path

from firstlight_store.canary_pointer import Canary, CanaryPointer
from firstlight_store.directory_lock import hold_shared
from firstlight_store.durable_files import DurableFiles
from firstlight_store.errors import (
    CanaryIsCurrent,
    CurrentMoved,
    FileUnsafe,
    NothingToRollBack,
    SnapshotNotFound,
    SnapshotRefused,
)
from firstlight_store.filesystem import FileSystem
from firstlight_store.manifest import Manifest
from firstlight_store.manifest_file import manifest_bytes
from firstlight_store.rollback import RollbackTarget, rollback_target
from firstlight_store.signature import PublicKeys, SigningKey, read_signature
from firstlight_store.snapshot import Snapshot
from firstlight_store.snapshot_pointer import SnapshotPointer
from firstlight_store.snapshot_writer import SnapshotWriter
from firstlight_store.tenant_directory import TenantDirectory
from firstlight_store.verification import read_in_place, read_manifest, verify

_OPEN_ATTEMPTS = 5


class SnapshotStore:
    """The snapshots of one tenant under `root`. Safe to use from several processes at once.

    Attributes:
        tenant: the tenant's name.
    """

    def __init__(
        self,
        root: Path,
        tenant: str = "default",
        *,
        trusted: PublicKeys | None = None,
        filesystem: FileSystem | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Nothing is read or created yet. With `trusted` keys, only what one of them signed is opened or listed.

        Raises:
            InvalidNameError: `tenant` is not a tenant name.
        """
        self.root = root
        self._trusted = trusted
        self._files = DurableFiles(filesystem or FileSystem())
        self.tenant = tenant
        self._tenant = TenantDirectory(root, tenant, self._files)
        self._pointer = SnapshotPointer(self._tenant, self._files)
        self._canary = CanaryPointer(self._tenant, self._files)
        self._clock = clock

    def write(self, *, parent_id: str | None = None, signing_key: SigningKey | None = None) -> SnapshotWriter:
        """Return a writer, for a `with` block; the parent is what is current unless given, and the key signs.

        Raises:
            DurabilityLost: an fsync failed, now or earlier.
        """
        self._tenant.create()
        parent = parent_id or self._pointer.current_or_none()
        return SnapshotWriter(
            self._tenant,
            self._files,
            parent_id=parent,
            signing_key=signing_key,
            open_snapshot=self.open,
            clock=self._clock,
        )

    def current_id(self) -> str | None:
        """Return the id of what is served, or None where nothing was activated yet. Reads one line.

        Raises:
            ManifestInvalid: CURRENT is damaged.
            TenantNotFound: there is no such tenant.
        """
        self._tenant.require_exists()
        return self._pointer.current_id()

    def open(self, snapshot_id: str | None = None) -> Snapshot:
        """Open and verify a snapshot, what is current by default; the caller closes it.

        Raises:
            SnapshotNotFound: it does not exist, or nothing is current.
            SnapshotRefused: it is damaged or inconsistent.
            TenantNotFound: there is no such tenant.
            InvalidNameError: the id is no id.
        """
        self._tenant.require_exists()
        wanted = self._current() if snapshot_id is None else snapshot_id
        for _ in range(_OPEN_ATTEMPTS):
            snapshot = self._try_open(wanted, verify)
            if snapshot is not None:
                return snapshot
            missed, wanted = wanted, self._current() if snapshot_id is None else snapshot_id
            if wanted == missed:
                break
        raise self._not_found(wanted)

    def hold(self, snapshot_id: str) -> Snapshot:
        """Open a snapshot for whoever has `open` verify it in another process before a file of it is read here.

        Only its manifest and its files' names and sizes are looked at. Raises as `open` does.
        """
        self._tenant.require_exists()
        snapshot = self._try_open(snapshot_id, read_in_place)
        if snapshot is None:
            raise self._not_found(snapshot_id)
        return snapshot

    def sign(self, snapshot_id: str, key: SigningKey) -> None:
        """Sign a snapshot that is there already, after verifying it; its signature is replaced, nothing else changes.

        Raises:
            SnapshotNotFound: it does not exist.
            SnapshotRefused: it is damaged.
            DurabilityLost: an fsync failed.
        """
        with self.open(snapshot_id) as snapshot, self._tenant.locked():
            self._tenant.clear_leftovers()
            content = manifest_bytes(snapshot.manifest)
            if read_signature(self._tenant.snapshot(snapshot_id)) != key.sign(content):
                self._files.replace_bytes(self._tenant.signature(snapshot_id), key.sign(content), via=self._tenant.path)

    def activate(self, snapshot: str | Snapshot, *, replacing: str | None = None) -> None:
        """Serve a snapshot from now on; if `replacing` is given, only where that is current.

        One given by id is verified first. An open one was when it was opened, so that only its files' names and sizes
        are looked at: this makes going back to one that a server has kept a matter of milliseconds. Where it is the
        canary, there is none any more.

        Raises:
            CurrentMoved: another publisher was faster.
            SnapshotNotFound: it does not exist.
            SnapshotRefused: it is damaged; CURRENT stays.
            DurabilityLost: an fsync failed; CURRENT is the old or the new line, whole.
        """
        with self._opened(snapshot) as held, self._tenant.locked():
            self._tenant.clear_leftovers()
            before = self._pointer.current_or_none()
            if replacing is not None and before != replacing:
                raise CurrentMoved(f"CURRENT is {before}, not {replacing}; look at it, then activate {held.id} again")
            if before != held.id:
                self._move(held.id, earlier=[*self._pointer.earlier_ids(), *([before] if before else [])])

    def canary(self) -> Canary | None:
        """Return what a share of users is answered by, or None. Reads one line.

        Raises:
            ManifestInvalid: CANARY is damaged.
            TenantNotFound: there is no such tenant.
        """
        self._tenant.require_exists()
        return self._canary.read()

    def set_canary(self, snapshot: str | Snapshot, share: float) -> None:
        """Answer a `share` of users, from 0.000001 to 1, by a snapshot from now on; verified as `activate` says.

        Raises:
            CanaryIsCurrent: everybody is answered by it already.
            ValueError: the share is none.
            SnapshotNotFound: it does not exist.
            SnapshotRefused: it is damaged; CANARY stays.
            DurabilityLost: an fsync failed; CANARY is the old or the new line, whole.
        """
        with self._opened(snapshot) as held, self._tenant.locked():
            canary = Canary(held.id, share)
            self._tenant.clear_leftovers()
            if self._pointer.current_or_none() == held.id:
                raise CanaryIsCurrent(f"{held.id} is CURRENT: everybody is answered by it; choose another snapshot")
            self._canary.set(canary)

    def clear_canary(self) -> None:
        """Answer everybody by CURRENT from now on; harmless when repeated.

        Raises:
            DurabilityLost: an fsync failed; CANARY is the old or the new line, whole.
        """
        with self._tenant.locked():
            self._canary.clear()

    def rollback(self) -> str:
        """Serve again what was served before, verified, and return its id; repeated calls go further back.

        Raises:
            NothingToRollBack: no earlier snapshot is left on disk.
            SnapshotRefused: the earlier snapshot is damaged; CURRENT stays.
            DurabilityLost: an fsync failed; CURRENT is the old or the new line, whole.
        """
        with self._tenant.locked():
            target = self._rollback_target()
            if target is None:
                raise NothingToRollBack(f"{self._tenant.path} holds no snapshot that was served before the current one")
            verify(self._tenant.snapshot(target.snapshot_id), trusted=self._trusted)
            self._move(target.snapshot_id, earlier=target.earlier)
            return target.snapshot_id

    def list(self) -> list[Manifest]:
        """Return the manifests of all snapshots that have a sound one, the newest first; `damaged` has the others."""
        found = [manifest for manifest in self._manifests().values() if isinstance(manifest, Manifest)]
        return sorted(found, key=lambda manifest: (manifest.created_at, manifest.snapshot_id), reverse=True)

    def damaged(self) -> dict[str, SnapshotRefused]:
        """Return the snapshots whose manifest is not sound, by id, and why. Their other files are not looked at."""
        return {name: found for name, found in self._manifests().items() if isinstance(found, SnapshotRefused)}

    def collect(self, *, keep: int) -> tuple[str, ...]:
        """Delete old and damaged snapshots and dead writers' leftovers; return the ids deleted.

        Kept are the newest `keep`, what is current, what a rollback would serve, the canary, and whatever anybody has
        open.

        Raises:
            ValueError: `keep` is negative.
        """
        if keep < 0:
            raise ValueError(f"keep is {keep}; it is a number of snapshots, from 0")
        with self._tenant.locked():
            self._tenant.clear_leftovers()
            target = self._rollback_target()
            kept = {manifest.snapshot_id for manifest in self.list()[:keep]}
            canary = self._canary.read_or_none()
            kept |= {self._pointer.current_or_none() or "", target.snapshot_id if target else ""}
            kept |= {canary.snapshot_id} if canary else set()
            old = sorted(path for path in self._tenant.snapshots() if path.name not in kept)
            return tuple(path.name for path in old if self._tenant.doom_unless_held(path))

    def _opened(self, snapshot: str | Snapshot) -> AbstractContextManager[Snapshot]:
        """The snapshot, held: one given by id is verified and closed at the end, an open one stays the caller's."""
        if isinstance(snapshot, str):
            return self.open(snapshot)
        snapshot.require_at(self._tenant.snapshot(snapshot.id))
        return nullcontext(snapshot)

    def _move(self, snapshot_id: str, *, earlier: Sequence[str]) -> None:
        """Move CURRENT; a canary that it makes everybody's is cleared first, so that it cannot come back later."""
        canary = self._canary.read_or_none()
        if canary is not None and canary.snapshot_id == snapshot_id:
            self._canary.clear()
        self._pointer.move(snapshot_id, earlier=earlier)

    def _current(self) -> str:
        current = self._pointer.current_id()
        if current is None:
            raise SnapshotNotFound(
                f"{self._tenant.path} has no current snapshot; build and activate one (`make index`)"
            )
        return current

    def _not_found(self, snapshot_id: str) -> SnapshotNotFound:
        held = ", ".join(sorted(path.name for path in self._tenant.snapshots())) or "none"
        return SnapshotNotFound(f"{self._tenant.path} holds no complete snapshot {snapshot_id}; it holds {held}")

    def _try_open(self, snapshot_id: str, check: Callable[..., Manifest]) -> Snapshot | None:
        """Return the snapshot, held before it is checked, or None where it is not there, or no longer."""
        directory = self._tenant.snapshot(snapshot_id)
        try:
            hold = hold_shared(directory)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise FileUnsafe(f"{directory} is not a plain directory ({error}); remove it") from error
        try:
            if not hold.still_at(directory):
                hold.close()
                return None
            return Snapshot(directory, check(directory, trusted=self._trusted), hold)
        except BaseException:
            hold.close()
            raise

    def _rollback_target(self) -> RollbackTarget | None:
        current, earlier = self._pointer.current_or_none(), self._pointer.earlier_ids()
        return rollback_target(self._tenant.path, current=current, earlier=earlier)

    def _manifests(self) -> dict[str, Manifest | SnapshotRefused]:
        found: dict[str, Manifest | SnapshotRefused] = {}
        for path in self._tenant.snapshots():
            try:
                found[path.name] = read_manifest(path, trusted=self._trusted)
            except SnapshotRefused as refused:
                found[path.name] = refused
        return found
