"""A snapshot: one immutable version of the index and the model that belongs to it.

It does not know how it travelled.
"""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """One immutable version of the index and the model that belongs to it.

    Attributes:
        id: Its id.
        parent_id: The snapshot it was built after, empty if none.
        created_at: When it was built, in UTC; None if not told.
        encoder_fingerprint: The fingerprint of the encoder that made its vectors.
        item_count: How many items it holds.
        dimension: The width of an index row, the prior's coordinate included.
        index_type: The kind of index, such as "Flat" or "IVF1024,SQ8".
        recall_at_10: Recall@10 of the index against exact search, measured at the build.
        active: Whether it answers this tenant's requests now.
        domain: The domain it was built from.
        canary_share: The share of users, in 0..1, whom it answers as the tenant's canary; 0 if it is not the canary.

    """

    id: str
    parent_id: str = ""
    created_at: datetime | None = None
    encoder_fingerprint: str = ""
    item_count: int = 0
    dimension: int = 0
    index_type: str = ""
    recall_at_10: float = 0.0
    active: bool = False
    domain: str = ""
    canary_share: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Activation:
    """The outcome of `activate_snapshot`.

    Attributes:
        snapshot: The snapshot that answers now.
        previous_snapshot_id: The one that answered before, empty if none.

    """

    snapshot: Snapshot
    previous_snapshot_id: str = ""
