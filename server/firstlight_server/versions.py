"""The loaded snapshots of one tenant and their parts: one answers, one may be the canary, some are kept to go back to.

Bookkeeping alone, all of it on the event loop. Knows nothing of disks, of loading, or of how users are assigned.
"""

from dataclasses import dataclass

from firstlight_server.loaded_snapshot import LoadedSnapshot


@dataclass(frozen=True)
class LiveCanary:
    """A loaded snapshot that answers a share of users, in 0..1."""

    loaded: LoadedSnapshot
    share: float


class Versions:
    """Holds what has a part to play, and lets go of everything else."""

    def __init__(self, *, keep: int) -> None:
        """Takes how many snapshots that answered before are kept."""
        self._keep = keep
        self._loaded: dict[str, LoadedSnapshot] = {}
        self._earlier: list[str] = []
        self.live: LoadedSnapshot | None = None
        self.canary: LiveCanary | None = None

    @property
    def live_id(self) -> str | None:
        """The id of the snapshot that answers; None if none is loaded."""
        return self.live.id if self.live else None

    @property
    def loaded_ids(self) -> tuple[str, ...]:
        """Everything that is loaded, whatever its part."""
        return tuple(self._loaded)

    def find(self, snapshot_id: str) -> LoadedSnapshot | None:
        """The loaded snapshot of this id, if there is one."""
        return self._loaded.get(snapshot_id)

    def go_live(self, loaded: LoadedSnapshot) -> None:
        """Lets ``loaded`` answer; the one before is kept to go back to. A canary that is promoted is none any more."""
        before = self.live_id
        self._adopt(loaded)
        self._earlier = [one for one in self._earlier if one not in (before, loaded.id)]
        if before is not None and before != loaded.id:
            self._earlier.append(before)
        self.live = loaded
        if self.canary is not None and self.canary.loaded.id == loaded.id:
            self.canary = None
        self._release()

    def set_canary(self, loaded: LoadedSnapshot, share: float) -> None:
        """Lets ``loaded`` answer a ``share`` of users beside the one that is live."""
        self._adopt(loaded)
        self.canary = LiveCanary(loaded, share)
        self._release()

    def clear_canary(self) -> None:
        """Lets the live snapshot answer everybody."""
        self.canary = None
        self._release()

    def close(self) -> None:
        """Lets go of everything."""
        self.live = self.canary = None
        self._earlier.clear()
        self._release()

    def _adopt(self, loaded: LoadedSnapshot) -> None:
        present = self._loaded.setdefault(loaded.id, loaded)
        if present is not loaded:
            raise ValueError(f"snapshot {loaded.id} is loaded twice; look for it with find() first")

    def _release(self) -> None:
        kept = self._earlier[-self._keep :] if self._keep else []
        self._earlier = [one for one in kept if one in self._loaded]
        needed = {self.live_id, *self._earlier, self.canary.loaded.id if self.canary else None}
        for snapshot_id in [one for one in self._loaded if one not in needed]:
            self._loaded.pop(snapshot_id).close()
