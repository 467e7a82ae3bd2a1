"""Learns one experiment's arms from the event log, as far as it goes, and keeps what was learnt in it.

What it knows is a function of what it has read, so that every process that reads the same log agrees, and a restart
goes on where the kept state ends. Blocking; run it on one thread. Knows nothing of requests.
"""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from structlog.typing import FilteringBoundLogger

from firstlight_encoder.errors import ExplorationError
from firstlight_server.exploration.experiments import Experiment
from firstlight_server.exploration.feedback_log import FeedbackLog
from firstlight_server.exploration.known_arm import KnownArm
from firstlight_server.exploration.lessons import Drawn, Lessons

if TYPE_CHECKING:
    from firstlight_store.event_log import Impression, LoggedEvent

MOST = 1_000
"""Events, and impressions, read at once."""

_JOIN_S = 0.5
"""How long an event waits for the impression that it names, which may be stored a little later."""


class Learner:
    """One experiment's.

    Attributes:
        tenant: whose.
        arms: those that learn, by name.
    """

    def __init__(
        self,
        experiment: Experiment,
        log: FeedbackLog,
        *,
        logger: FilteringBoundLogger,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Takes up what was kept; what cannot be read is logged and learnt again."""
        self.tenant = experiment.tenant
        self._negative_after_s = experiment.settings.negative_after_s
        self._log = log
        self._clock = clock
        self._logger = logger.bind(tenant=experiment.tenant)
        half_life_s = experiment.settings.half_life_h * 3_600
        self.arms = {arm.name: KnownArm(arm, half_life_s) for arm in experiment.arms.values() if arm.learns}
        self._lessons = Lessons(experiment, log, self.arms)
        self._restore()

    def learn(self) -> int:
        """Reads the next of the log and learns from it; returns how many events and impressions were read."""
        return self._learn_events() + self._learn_impressions()

    def keep(self) -> None:
        """Keeps what was learnt."""
        for arm in self.arms.values():
            name = f"arm/{arm.arm.name}"
            self._log.keep_state(self.tenant, name, sequence=arm.events + arm.shown, content=arm.to_bytes())

    def _restore(self) -> None:
        kept: list[KnownArm] = []
        for arm in self.arms.values():
            found = self._log.state(self.tenant, f"arm/{arm.arm.name}")
            if found is None:
                continue
            kept.append(arm)
            try:
                arm.restore(found[1])
            except ExplorationError as error:
                self._logger.warning("arm's state not read; learning again", arm=arm.arm.name, fault=str(error))
        self._events = min((arm.events for arm in kept), default=0)
        self._shown = min((arm.shown for arm in kept), default=0)

    def _learn_events(self) -> int:
        read = self._log.since(self._events, most=MOST)
        own = [event for tenant, event in read if tenant == self.tenant and event.request_id and event.counted]
        impressions = self._log.impressions_of(self.tenant, sorted({one.request_id for one in own})) if own else {}
        upto = read[-1][1].sequence if read else self._events
        if early := next((one for one in own if self._is_early(one, impressions)), None):
            upto = early.sequence - 1
            own = [one for one in own if one.sequence <= upto]
        self._take(self._lessons.of_events(own, impressions))
        done = sum(event.sequence <= upto for _, event in read)
        self._events = max(self._events, upto)
        for arm in self.arms.values():
            arm.events = max(arm.events, self._events)
        return done

    def _is_early(self, event: "LoggedEvent", impressions: "dict[str, Impression]") -> bool:
        return event.request_id not in impressions and event.recorded_at_s > self._clock() - _JOIN_S

    def _learn_impressions(self) -> int:
        read = [one for _, one in self._log.shown_since(self._shown, most=MOST, tenant=self.tenant)]
        settled_s = self._clock() - self._negative_after_s
        young = next((place for place, one in enumerate(read) if one.at_s > settled_s), len(read))
        settled = read[:young]
        self._take(self._lessons.of_impressions(settled))
        if settled:
            self._shown = settled[-1].sequence
            for arm in self.arms.values():
                arm.reach(self._shown)
        return len(settled)

    def _take(self, drawn: Drawn) -> None:
        for (name, fingerprint), lessons in drawn.items():
            if lessons:
                self.arms[name].learn(fingerprint, lessons)
