"""What became of changes of catalogues, and how long they took. Knows nothing of how a catalogue changes."""

from functools import cache

from firstlight_server.metrics.meter import Meter


class CatalogueMetrics:
    """Counts by tenant."""

    def __init__(self, meter: Meter) -> None:
        changes = meter.counter(
            "catalogue_changes",
            "Items to be changed: added, replaced, deleted, or refused as too_many or unavailable.",
            "tenant",
            "outcome",
        )
        failures = meter.counter(
            "catalogue_failures",
            "Times that changes of catalogues could not be stored or read, by what was asked.",
            "work",
        )
        self._changes_of = cache(changes.labels)
        self._failures_of = cache(failures.labels)
        for work in ("change", "follow"):
            self._failures_of(work)  # a rate over what is not yet there would miss the first one
        self.changes_s = meter.histogram(
            "catalogue_change_seconds", "From encoded items to durable changes that every answer of this process knows."
        )

    def changed(self, tenant: str, outcome: str, count: int) -> None:
        """So many items of a tenant that exists."""
        if count:
            self._changes_of(tenant, outcome).inc(count)

    def failed(self, work: str) -> None:
        """The database could not do a ``change``, or could not be asked what others changed, to ``follow``."""
        self._failures_of(work).inc()
