"""What a learner knows of one arm: what it has learnt, as of when, and from how much of the log.

Old observations count less: half after every half-life, as seen from the newest. So sums do not depend on the order in
which the log is read, and all who have read the same of it agree. Knows nothing of how lessons are drawn.
"""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from firstlight_encoder.errors import ExplorationError
from firstlight_encoder.exploration import Landmarks, posterior_from, posterior_to
from firstlight_server.exploration.arm import Arm
from firstlight_server.exploration.lesson import Lesson

_VERSION = 2
_READ = (1, _VERSION)
"""Before 2 nothing was carried from snapshot to snapshot, and `early` was kept by the ids of answers, which may name a
user: it is left behind."""


@dataclass
class KnownArm:
    """An arm as one learner knows it.

    Attributes:
        arm: which posteriors are handed to.
        half_life_s: seconds after which an observation counts half.
        events: the place in the log of the last event that was learnt from.
        shown: likewise of the last impression.
        lessons: how many shown items it has learnt from, ever.
        rewards: what they brought together, ever.
        early: of impressions not learnt from yet, the places that brought a reward already, by their place in the log.
    """

    arm: Arm
    half_life_s: float
    events: int = 0
    shown: int = 0
    lessons: int = 0
    rewards: float = 0.0
    early: dict[int, set[int]] = field(default_factory=dict[int, set[int]])
    _as_of_s: float = 0.0

    def has_learnt(self, shown: int, place: int) -> bool:
        """Whether a place of the impression that is in the log at ``shown`` was learnt from; from now on it is."""
        if shown <= self.shown:
            return True
        early = self.early.setdefault(shown, set())
        known = place in early
        early.add(place)
        return known

    def reach(self, shown: int) -> None:
        """All impressions up to ``shown`` were learnt from, but for those that were deleted meanwhile."""
        self.shown = max(self.shown, shown)
        self.early = {at: places for at, places in self.early.items() if at > self.shown}

    def learn(self, fingerprint: str, lessons: Sequence[Lesson]) -> None:
        """Learns from lessons over features of one fingerprint."""
        self._age_to(max(lesson.at_s for lesson in lessons))
        posterior = self.arm.posterior(fingerprint, len(lessons[0].features))
        most = self.arm.settings.most_weight
        features = np.stack([lesson.features for lesson in lessons]).astype(np.float64)
        rewards = np.array([lesson.reward for lesson in lessons])
        propensities = np.array([lesson.propensity for lesson in lessons])
        items = [lesson.item for lesson in lessons]
        ages = 2.0 ** ((np.array([lesson.at_s for lesson in lessons]) - self._as_of_s) / self.half_life_s)
        old = np.array([lesson.corrects for lesson in lessons])
        if not old.all():
            fresh = [item for item, corrects in zip(items, old, strict=True) if not corrects]
            posterior = posterior.updated(
                features[~old], rewards[~old], propensities[~old], items=fresh, weights=ages[~old], most_weight=most
            )
        if old.any():
            known = [item for item, corrects in zip(items, old, strict=True) if corrects]
            counts = ages[old] * np.minimum(1 / propensities[old], most)
            posterior = posterior.corrected(features[old], rewards[old] * counts, items=known)
        self.lessons += int((~old).sum())
        self.rewards += float(rewards.sum())
        self.arm.learn(posterior)

    def _age_to(self, at_s: float) -> None:
        """Ages all that is known to the newest observation."""
        if at_s > self._as_of_s:
            self.arm.age(2.0 ** ((self._as_of_s - at_s) / self.half_life_s))
            self._as_of_s = at_s

    def to_bytes(self) -> bytes:
        """All that a restart needs."""
        posteriors = [
            {"as_of_s": self._as_of_s, "content": base64.b64encode(posterior_to(one)).decode()}
            for one in self.arm.posteriors.values()
        ]
        facts = {
            "version": _VERSION,
            "events": self.events,
            "shown": self.shown,
            "lessons": self.lessons,
            "rewards": self.rewards,
            "early": {str(at): sorted(places) for at, places in self.early.items()},
            "posteriors": posteriors,
            "landmarks": {
                key: base64.b64encode(one.to_bytes()).decode()
                for key, one in self.arm.landmarks.items()
                if key in self.arm.posteriors
            },
        }
        return json.dumps(facts, separators=(",", ":")).encode()

    def restore(self, content: bytes) -> None:
        """Takes over what `to_bytes` kept, under the prior of today's settings.

        Raises:
            ExplorationError: it is something else.
        """
        try:
            facts = json.loads(content)
            if facts["version"] not in _READ:
                raise ValueError(f"version {facts['version']}, this server reads {_READ}")
            kept = [
                (float(one["as_of_s"]), posterior_from(base64.b64decode(one["content"]))) for one in facts["posteriors"]
            ]
            events, shown = int(facts["events"]), int(facts["shown"])
            lessons, rewards = int(facts["lessons"]), float(facts["rewards"])
            landmarks = {
                str(key): Landmarks.from_bytes(base64.b64decode(one)) for key, one in facts.get("landmarks", {}).items()
            }
            told: dict[str, list[int]] = facts["early"] if facts["version"] == _VERSION else {}
            early = {int(at): set(map(int, places)) for at, places in told.items()}
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise ExplorationError(f"arm {self.arm.name!r}: no readable state: {error!r}") from error
        for as_of_s, posterior in kept:
            self._age_to(as_of_s)
            aged = posterior.aged(2.0 ** ((as_of_s - self._as_of_s) / self.half_life_s))
            self.arm.learn(replace(aged, prior=self.arm.settings.prior(posterior.dimension)))
        for key, one in landmarks.items():
            self.arm.place(key, one)
        self.events, self.shown, self.early = events, shown, early
        self.lessons, self.rewards = lessons, rewards
