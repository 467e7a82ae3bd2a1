"""Chooses a tenant's rung by how long its calls wait: down while they wait too long, up again after a calm while.

What counts is the shortest wait of an interval, as in CoDel (RFC 8289): a burst that drains is no overload, a queue
that stands is. Each tenant has a ladder of its own, so a flood degrades its own answers only. Knows nothing of what
rungs do.
"""

import math
import time
from collections.abc import Callable

from firstlight_server.admission.observer import LoadObserver
from firstlight_server.call import Call
from firstlight_server.degradation.rung import Rung

_STEPS = (Rung.FULL, Rung.FIRST_STAGE, Rung.KNOWN_VECTORS, Rung.PRIOR)
_INTERVAL_S = 0.2
_CALM_S = 2.0
_CALM_SHARE = 0.25
"""Below this share of the target a wait is calm: between the two, nothing changes."""


class Ladder:
    """One tenant's place on the ladder."""

    def __init__(self, *, target_wait_s: float, now_s: float) -> None:
        self._target_s = target_wait_s
        self._place = 0
        self._interval_at_s = now_s
        self._calm_since_s = now_s
        self._least_wait_s = math.inf

    def waited(self, wait_s: float, *, now_s: float) -> None:
        """A call of the tenant began at ``now_s`` after ``wait_s`` in the queue."""
        self._least_wait_s = min(self._least_wait_s, wait_s)
        self.look(now_s)

    def look(self, now_s: float) -> Rung:
        """The rung for a call that begins at ``now_s``."""
        if now_s - self._interval_at_s >= _INTERVAL_S:
            self._end_interval(now_s)
        return _STEPS[self._place]

    def _end_interval(self, now_s: float) -> None:
        least_s = 0.0 if math.isinf(self._least_wait_s) else self._least_wait_s  # nobody came, so nobody waited
        self._least_wait_s = math.inf
        self._interval_at_s = now_s
        if least_s > self._target_s:
            self._place = min(self._place + 1, len(_STEPS) - 1)
        if least_s > _CALM_SHARE * self._target_s:
            self._calm_since_s = now_s
        elif now_s - self._calm_since_s >= _CALM_S:
            self._place = max(self._place - 1, 0)
            self._calm_since_s = now_s


class Ladders(LoadObserver):
    """The tenants' ladders, told by admission how long calls waited."""

    def __init__(self, *, target_wait_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        """Takes the wait that is still well; infinity means that answers are never made simpler for load."""
        self._target_s = target_wait_s
        self._clock = clock
        self._ladders: dict[str, Ladder] = {}

    def admitted(self, call: Call, *, wait_s: float) -> None:
        """Notes the wait."""
        now_s = self._clock()
        self._of(call.line, now_s).waited(wait_s, now_s=now_s)

    def rung(self, tenant: str) -> Rung:
        """The rung for the tenant's next answer."""
        now_s = self._clock()
        return self._of(tenant, now_s).look(now_s)

    def _of(self, tenant: str, now_s: float) -> Ladder:
        ladder = self._ladders.get(tenant)
        if ladder is None:
            ladder = self._ladders[tenant] = Ladder(target_wait_s=self._target_s, now_s=now_s)
        return ladder
