"""What became of events and impressions, and how the event log answers. Knows nothing of databases."""

from collections.abc import Callable
from functools import cache

from firstlight_server.metrics.meter import BATCH_BUCKETS, Meter


class MemoryMetrics:
    """Counts by tenant."""

    def __init__(self, meter: Meter) -> None:
        self._meter = meter
        events = meter.counter(
            "events",
            "Events sent to be stored: new, known already, or refused as conflict (their call's) or unavailable.",
            "tenant",
            "outcome",
        )
        impressions = meter.counter(
            "impressions",
            "Answers to be remembered: stored, failed, or dropped as too many waited.",
            "tenant",
            "outcome",
        )
        failures = meter.counter(
            "event_log_failures", "Times that the event log failed or was late, by what was asked.", "work"
        )
        # Finding a metric's child by its labels costs more than changing it.
        self._events_of = cache(events.labels)
        self._impressions_of = cache(impressions.labels)
        self._failures_of = cache(failures.labels)
        for work in ("open", "read", "write", "other"):
            self._failures_of(work)  # a rate over what is not yet there would miss the first one
        self.reads_s = meter.histogram("history_read_seconds", "How long answers waited for stored events.")
        self.commits_s = meter.histogram("event_commit_seconds", "What one write of the event log took.")
        self.commits = meter.histogram(
            "event_commit_calls", "Calls whose events one write stored.", buckets=BATCH_BUCKETS
        )

    def events(self, tenant: str, outcome: str, count: int) -> None:
        """So many events of a tenant that exists: ``new``, ``known``, ``conflict`` or ``unavailable``."""
        if count:
            self._events_of(tenant, outcome).inc(count)

    def impression(self, tenant: str, outcome: str) -> None:
        """An answer of a tenant that exists was ``stored``, ``failed`` or ``dropped``."""
        self._impressions_of(tenant, outcome).inc()

    def failed(self, work: str) -> None:
        """The log failed or was late: to ``open``, ``read``, ``write`` or anything ``other``."""
        self._failures_of(work).inc()

    def watch(self, is_open: Callable[[], bool]) -> None:
        """Tells at every scrape whether the log is open."""
        self._meter.reads("event_log_open", "1 while the event log is open, else 0.", is_open)
