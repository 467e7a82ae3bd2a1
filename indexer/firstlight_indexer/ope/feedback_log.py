"""One tenant's answers and what followed, read from the event log as rows of logged bandit feedback.

An event belongs to a row if it names the answer's request id and the item. Knows nothing of policies.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from firstlight_indexer.errors import FeedbackError
from firstlight_indexer.ope.reward_rules import RewardRules
from firstlight_indexer.ope.rounds import Floats
from firstlight_store.event_log import EventLog, Impression, LoggedEvent

_AT_ONCE = 5_000


@dataclass(frozen=True)
class FeedbackLog:
    """A row for every item of every answer, in the order of the answers.

    Attributes:
        item_ids: of all items that were shown.
        items: ``(n,)`` int64, places in ``item_ids``.
        places: ``(n,)`` int64, where in the answer, from 0.
        propensities: ``(n,)`` float64.
        explored: ``(n,)`` bool.
        rewards: ``(n,)`` float64.
        users: ``(n,)`` int64, equal for rows of one user.
        arms: ``(n,)`` str.
        answers: how many there are.
        attributed: events that earned a row something or could have.
        unattributed: events that name an answer which is unknown or did not show their item.
    """

    item_ids: tuple[str, ...]
    items: NDArray[np.int64]
    places: NDArray[np.int64]
    propensities: Floats
    explored: NDArray[np.bool_]
    rewards: Floats
    users: NDArray[np.int64]
    arms: NDArray[np.str_]
    answers: int
    attributed: int
    unattributed: int

    @property
    def shape(self) -> tuple[int, int]:
        """Items, places."""
        return len(self.item_ids), int(self.places.max()) + 1


def read_feedback(log: EventLog, tenant: str, *, rules: RewardRules) -> FeedbackLog:
    """Reads all that is stored of a tenant.

    Raises:
        FeedbackError: the tenant is empty, nothing was shown to its users, or a propensity is not in (0, 1].
        EventLogUnavailable: the log cannot be read.
    """
    if not tenant:
        raise FeedbackError("the tenant is empty; name whose log is to be read")
    answers = {one.request_id: one for one in _shown(log, tenant)}
    rows = [(answer, place) for answer in answers.values() for place in range(len(answer.items))]
    if not rows:
        raise FeedbackError(
            f"the event log holds no impressions of the tenant {tenant!r}; record them ([server] events_url) first"
        )
    for answer, place in rows:
        _check(answer, place)
    earned, attributed, unattributed = _earned(_events(log, tenant), answers, rules)
    return _columns(rows, earned, counts=(len(answers), attributed, unattributed))


def _columns(
    rows: Sequence[tuple[Impression, int]], earned: Mapping[tuple[str, str], float], *, counts: tuple[int, int, int]
) -> FeedbackLog:
    shown = [answer.items[place] for answer, place in rows]
    item_ids, items = np.unique([one.item_id for one in shown], return_inverse=True)
    users = np.unique([answer.user for answer, _ in rows], return_inverse=True)[1]
    return FeedbackLog(
        item_ids=tuple(item_ids.tolist()),
        items=items.astype(np.int64),
        places=np.array([place for _, place in rows], dtype=np.int64),
        propensities=np.array([one.propensity for one in shown], dtype=np.float64),
        explored=np.array([one.explored for one in shown], dtype=np.bool_),
        rewards=np.array([earned.get((answer.request_id, answer.items[place].item_id), 0.0) for answer, place in rows]),
        users=users.astype(np.int64),
        arms=np.array([answer.arm for answer, _ in rows]),
        answers=counts[0],
        attributed=counts[1],
        unattributed=counts[2],
    )


def _earned(
    events: Iterator[LoggedEvent], answers: Mapping[str, Impression], rules: RewardRules
) -> tuple[dict[tuple[str, str], float], int, int]:
    earned: dict[tuple[str, str], float] = {}
    attributed = unattributed = 0
    for event in events:
        if not event.request_id:
            continue
        answer = answers.get(event.request_id)
        if answer is None or all(one.item_id != event.item_id for one in answer.items):
            unattributed += 1
            continue
        attributed += 1
        place = event.request_id, event.item_id
        reward = rules.reward(event.type, weight=event.weight, after_s=event.at_s - answer.at_s)
        earned[place] = earned.get(place, 0.0) + reward
    return earned, attributed, unattributed


def _check(answer: Impression, place: int) -> None:
    propensity = answer.items[place].propensity
    if not 0 < propensity <= 1:
        raise FeedbackError(
            f"answer {answer.request_id!r}, place {place + 1}: the propensity is {propensity}, and must be in (0, 1]"
        )


def _shown(log: EventLog, tenant: str) -> Iterator[Impression]:
    after = 0
    while page := log.shown_since(after, most=_AT_ONCE, tenant=tenant):
        yield from (impression for _, impression in page)
        after = page[-1][1].sequence


def _events(log: EventLog, tenant: str) -> Iterator[LoggedEvent]:
    after = 0
    while page := log.since(after, most=_AT_ONCE, tenant=tenant):
        yield from (event for _, event in page if event.counted)
        after = page[-1][1].sequence
