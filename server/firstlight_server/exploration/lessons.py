"""Draws lessons from the event log: who was shown what by an arm, and what it brought.

* A reward is an event type's, of the item's impression that the event names, by the user it was shown to.
* An item shown brings at most one reward: the highest of what its user did with it (a view, then a purchase).
* What brought nothing within the experiment's ``negative_after_s`` counts as reward 0; what brings something later is
  corrected then.
* What teaches is the explored items or the page, as the experiment's ``learns_from`` says.
* Of one user and item, among the user's latest impressions, only the first ``most_shown`` count: nobody can teach an
  arm by asking or clicking again and again.

Knows nothing of posteriors.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from itertools import chain
from typing import TYPE_CHECKING

from firstlight_encoder.exploration import remembered
from firstlight_server.exploration.context import ShownFeatures
from firstlight_server.exploration.experiments import Experiment
from firstlight_server.exploration.feedback_log import FeedbackLog
from firstlight_server.exploration.known_arm import KnownArm
from firstlight_server.exploration.lesson import Lesson

if TYPE_CHECKING:
    from firstlight_store.event_log import Impression, LoggedEvent

_LATEST_SHOWN = 50
_FETCHED = 100
_LATEST_EVENTS = 200
_LEAST_PROPENSITY = 1e-6

_ShownIds = list[tuple[int, tuple[str, ...]]]

Drawn = dict[tuple[str, str], list[Lesson]]
"""Lessons by arm and fingerprint."""


class Lessons:
    """Draws one experiment's lessons. Blocking, as the log is."""

    def __init__(self, experiment: Experiment, log: FeedbackLog, arms: Mapping[str, KnownArm]) -> None:
        self._tenant = experiment.tenant
        self._settings = experiment.settings
        self._log = log
        self._arms = arms

    def of_events(self, events: "Sequence[LoggedEvent]", impressions: "Mapping[str, Impression]") -> Drawn:
        """What events, of this tenant and in the log's order, teach; ``impressions`` are those that they name."""
        drawn: Drawn = defaultdict(list)
        rewarded = [one for one in events if self._settings.rewards.get(one.type, 0) and one.request_id in impressions]
        before = self._before([impressions[one.request_id] for one in rewarded])
        for event, credit in self._credited(rewarded):
            impression = impressions[event.request_id]
            arm = self._arms.get(impression.arm)
            if credit <= 0 or arm is None or impression.user != event.user or event.sequence <= arm.events:
                continue
            known = ShownFeatures.from_bytes(impression.context, count=len(impression.items))
            place = next((place for place, one in enumerate(impression.items) if one.item_id == event.item_id), None)
            if known is None or place is None or place not in self._counted(impression, before[event.user]):
                continue
            corrects = arm.has_learnt(impression.sequence, place)
            drawn[arm.arm.name, known.fingerprint].append(_lesson(impression, known, place, credit, corrects=corrects))
        return drawn

    def of_impressions(self, impressions: "Sequence[Impression]") -> Drawn:
        """What impressions that are old enough teach: what brought nothing yet is worth nothing."""
        drawn: Drawn = defaultdict(list)
        before = self._before(impressions)
        for impression in impressions:
            arm = self._arms.get(impression.arm)
            known = ShownFeatures.from_bytes(impression.context, count=len(impression.items))
            if arm is None or known is None or impression.sequence <= arm.shown:
                continue
            places = self._counted(impression, before[impression.user]) - arm.early.pop(impression.sequence, set())
            lessons = [_lesson(impression, known, place, 0.0) for place in sorted(places)]
            drawn[arm.arm.name, known.fingerprint] += lessons
        return drawn

    def _credited(self, events: "Sequence[LoggedEvent]") -> "list[tuple[LoggedEvent, float]]":
        """Events with what each adds to the reward that its user's item has had from the same impression."""
        users = sorted({event.user for event in events})
        found = self._log.latest([(self._tenant, user) for user in users], most=_LATEST_EVENTS) if users else []
        latest = dict(zip(users, found, strict=True))
        return [(event, self._credit(event, latest[event.user])) for event in events]

    def _credit(self, event: "LoggedEvent", latest: "Sequence[LoggedEvent]") -> float:
        rewards = self._settings.rewards
        earlier = (
            rewards.get(one.type, 0.0)
            for one in latest
            if one.sequence < event.sequence and (one.item_id, one.request_id) == (event.item_id, event.request_id)
        )
        return rewards[event.type] - max(earlier, default=0.0)

    def _before(self, impressions: "Sequence[Impression]") -> dict[str, _ShownIds]:
        """What the users of these were shown before the latest of them, latest first, `_FETCHED` at most."""
        own = [one for one in impressions if one.arm in self._arms]
        if not own:
            return defaultdict(list)
        users, upto = sorted({one.user for one in own}), max(one.sequence for one in own)
        return defaultdict(list, self._log.shown_before(self._tenant, users, upto, most=_FETCHED))

    def _counted(self, impression: "Impression", fetched: _ShownIds) -> set[int]:
        """The places of an impression that teach, whose items its user has not been shown too often before."""
        before = [ids for sequence, ids in fetched if sequence < impression.sequence]
        if len(before) < _LATEST_SHOWN and len(fetched) >= _FETCHED:  # what was fetched does not reach back far enough
            user, upto = impression.user, impression.sequence
            found = self._log.shown_before(self._tenant, [user], upto, most=_LATEST_SHOWN)
            before = [ids for _, ids in found.get(user, [])]
        shown = Counter(chain.from_iterable(before[:_LATEST_SHOWN]))
        most, learns_from = self._settings.most_shown, self._settings.learns_from
        by_slots = self._arms[impression.arm].arm.explorer.slots.page_teaches
        whole = by_slots if learns_from is None else learns_from == "page"
        return {
            place
            for place, item in enumerate(impression.items)
            if (whole or item.explored) and shown[item.item_id] < most
        }


def _lesson(
    impression: "Impression", known: ShownFeatures, place: int, reward: float, *, corrects: bool = False
) -> Lesson:
    propensity = min(max(impression.items[place].propensity, _LEAST_PROPENSITY), 1.0)
    features = known.features[place]
    [item] = remembered([impression.items[place].item_id], features[None])
    return Lesson(features, reward, propensity, impression.at_s, item, corrects)
