"""What a fake server received: one record an attempt, for a test to look at. It does not know the wire."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from firstlight._query import Query
from firstlight._user_event import UserEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """One call as it arrived; a retried call arrives more than once.

    Attributes:
        method: The RPC's name, such as "Recommend".
        tenant: The tenant named.
        queries: What was asked: one query, or a batch's. Categories, brands and text arrive as `declarations`.
        item_id: The item whose neighbours were asked for.
        snapshot_id: The snapshot named.
        events: What users did, where it was to be stored.
        user_ids: The users named, where all that is stored of them was asked for or about.
        metadata: What travelled beside the message, text values only.
        timeout_s: How much of the deadline was left on arrival, in seconds; None if the caller set none.
        attempt: 1 for the first attempt of a call, 2 for its first retry.

    """

    method: str
    tenant: str = ""
    queries: tuple[Query, ...] = ()
    item_id: str = ""
    snapshot_id: str = ""
    events: tuple[UserEvent, ...] = ()
    user_ids: tuple[str, ...] = ()
    metadata: Mapping[str, str] = field(default_factory=dict[str, str], hash=False)
    timeout_s: float | None = None
    attempt: int = 1

    @property
    def query(self) -> Query:
        """The one query asked, or a batch's first."""
        return self.queries[0]
