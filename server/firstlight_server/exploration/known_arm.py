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
from firstlight_encoder.exploration import posterior_from, posterior_to
from firstlight_server.exploration.arm import Arm
from firstlight_server.exploration.lesson import Lesson

_VERSION = 2
_READ = (1, _VERSION)
"""Before 2, `early` was kept by the ids of answers, which may name a user: it is left behind."""


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
    _as_of_s: dict[str, float] = field(default_factory=dict[str, float])

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
        posterior = self.arm.posterior(fingerprint, len(lessons[0].features))
        newest_s = max(lesson.at_s for lesson in lessons)
        as_of_s = max(self._as_of_s.get(fingerprint, newest_s), newest_s)
        before_s = self._as_of_s.get(fingerprint, as_of_s)
        posterior = posterior.aged(2.0 ** ((before_s - as_of_s) / self.half_life_s))
        most = self.arm.settings.most_weight
        features = np.stack([lesson.features for lesson in lessons]).astype(np.float64)
        rewards = np.array([lesson.reward for lesson in lessons])
        propensities = np.array([lesson.propensity for lesson in lessons])
        ages = 2.0 ** ((np.array([lesson.at_s for lesson in lessons]) - as_of_s) / self.half_life_s)
        old = np.array([lesson.corrects for lesson in lessons])
        if not old.all():
            posterior = posterior.updated(
                features[~old], rewards[~old], propensities[~old], weights=ages[~old], most_weight=most
            )
        if old.any():
            counts = ages[old] * np.minimum(1 / propensities[old], most)
            posterior = posterior.corrected(features[old], rewards[old] * counts)
        self._as_of_s[fingerprint] = as_of_s
        self.lessons += int((~old).sum())
        self.rewards += float(rewards.sum())
        self.arm.learn(posterior)

    def to_bytes(self) -> bytes:
        """All that a restart needs."""
        posteriors = [
            {"as_of_s": self._as_of_s[one.fingerprint], "content": base64.b64encode(posterior_to(one)).decode()}
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
            told = facts["early"] if facts["version"] == _VERSION else {}
            early = {int(at): set(map(int, places)) for at, places in told.items()}
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise ExplorationError(f"arm {self.arm.name!r}: no readable state: {error!r}") from error
        for as_of_s, posterior in kept:
            prior = self.arm.posterior(posterior.fingerprint, posterior.dimension).prior
            self.arm.learn(replace(posterior, prior=prior))
            self._as_of_s[posterior.fingerprint] = as_of_s
        self.events, self.shown, self.early = events, shown, early
        self.lessons, self.rewards = lessons, rewards
