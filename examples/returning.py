"""Somebody who comes back: what they did is remembered, counts at the next visit, is told as interests, and forgotten.

Knows nothing of how any of it is stored.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from examples.newcomers import Newcomer
from firstlight import Client, InterestProfile, Recommendation, UserEvent

TOLD = 3
"""Interests named of each kind."""


@dataclass(frozen=True)
class Return:
    """A second visit.

    Attributes:
        visitor: who came back, and what is known of them.
        answer: what was recommended to them, by their id alone.
        after: for people: what the service made of them, a line each.
    """

    visitor: Newcomer
    answer: Recommendation
    after: tuple[str, ...]


def comes_back(newcomer: Newcomer, client: Client, *, page_size: int) -> Return:
    """Has a user see a page, do what ``newcomer`` does, come back by their id alone, and ask to be forgotten."""
    user = f"demo-{uuid.uuid4().hex}"
    shown = client.recommend(user_id=user, page_size=page_size)
    done = [UserEvent(user, event, request_id=shown.request_id) for event in newcomer.events]
    stored = client.record_events(done).recorded_count
    answer = client.recommend(user_id=user, page_size=page_size, want_reasons=True)
    profile = client.interest_profile(user)
    forgotten = client.delete_user(user)
    known = (f"{stored} events recorded at the first visit; this time only the user's id is sent",)
    gone = f"asked to be forgotten: {forgotten.event_count} events and {forgotten.impression_count} answers deleted"
    return Return(Newcomer(title="Comes back", known=known), answer, (*_told(profile), gone))


def _told(profile: InterestProfile) -> tuple[str, str]:
    interests = [(one.name, one.weight) for one in profile.long_term if one.category]
    return (
        f"interests: {_shares(interests)}",
        f"next: {_shares([(one.name, one.weight) for one in profile.next.categories])}",
    )


def _shares(named: Sequence[tuple[str, float]]) -> str:
    return ", ".join(f"{name} {share:.0%}" for name, share in named[:TOLD]) or "not told, the items have no categories"
