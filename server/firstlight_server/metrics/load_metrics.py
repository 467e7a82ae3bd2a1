"""What became of calls at the door, and how simply those let in were answered. Knows nothing of how that is decided."""

from functools import cache

from firstlight_server.admission.observer import LoadObserver
from firstlight_server.call import Call
from firstlight_server.degradation.rung import Rung
from firstlight_server.metrics.meter import Meter


class LoadMetrics(LoadObserver):
    """Counts by tenant; names that are no tenant's share one series."""

    def __init__(self, meter: Meter) -> None:
        self._waits = meter.histogram("admission_wait_seconds", "How long calls waited to be let in.", "tenant")
        self._refused = meter.counter(
            "refused_calls", "Calls that were not let in, by the reason; given_up: nobody waited.", "tenant", "reason"
        )
        self._answers = meter.counter("answers", "Recommendations served, by their rung.", "tenant", "rung")

        # Finding a metric's child by its labels costs more than changing it.
        self._waits_of = cache(self._waits.labels)
        self._refused_of = cache(self._refused.labels)
        self._answers_of = cache(self._answers.labels)

    def admitted(self, call: Call, *, wait_s: float) -> None:
        """Counts it."""
        self._waits_of(call.line).observe(wait_s)

    def refused(self, call: Call, *, reason: str) -> None:
        """Counts it."""
        self._refused_of(call.line, reason).inc()

    def dropped(self, call: Call) -> None:
        """Counts it."""
        self._refused_of(call.line, "given_up").inc()

    def answered(self, call: Call, *, rung: Rung) -> None:
        """Counts it."""
        self._answers_of(call.line, rung.name.lower()).inc()
