"""What a learner reads of the event log and keeps in it: `firstlight_store.event_log.EventLog` does all of it.

Here so that a server that keeps no events imports no database. Knows nothing of learning.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from firstlight_store.event_log import Impression, LoggedEvent


class FeedbackLog(Protocol):
    """Blocking; see the event log for what each method says."""

    def since(self, sequence: int, *, most: int) -> "list[tuple[str, LoggedEvent]]":
        """Events stored after ``sequence`` with their tenants."""
        ...

    def shown_since(self, sequence: int, *, most: int, tenant: str | None = None) -> "list[tuple[str, Impression]]":
        """Impressions of a tenant stored after ``sequence``."""
        ...

    def shown_before(
        self, tenant: str, users: Sequence[str], sequence: int, *, most: int
    ) -> dict[str, list[tuple[int, tuple[str, ...]]]]:
        """What users were shown before ``sequence``: impressions' sequences and items' ids, latest first."""
        ...

    def impressions_of(self, tenant: str, request_ids: Sequence[str]) -> "dict[str, Impression]":
        """What answers showed."""
        ...

    def latest(self, users: Sequence[tuple[str, str]], *, most: int) -> "list[list[LoggedEvent]]":
        """Users' latest events."""
        ...

    def state(self, tenant: str, name: str) -> tuple[int, bytes] | None:
        """What was kept."""
        ...

    def keep_state(self, tenant: str, name: str, *, sequence: int, content: bytes) -> None:
        """Keeps what was learnt, unless more is kept already."""
        ...
