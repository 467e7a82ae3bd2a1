"""How a server treats its snapshots, as far as its operator decides. Knows nothing of settings' names or sources."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class SnapshotPolicy:
    """What every tenant's snapshots are held to.

    Attributes:
        text_cache_entries: encoded texts remembered a snapshot.
        min_recall: the least share of exact answers, 0..1, that an index must find.
        keep_loaded: how many snapshots that answered before stay loaded.
        keep_snapshots: how many of the newest stay on disk after a swap; 0 deletes none.
    """

    text_cache_entries: int
    min_recall: float
    keep_loaded: int
    keep_snapshots: int
