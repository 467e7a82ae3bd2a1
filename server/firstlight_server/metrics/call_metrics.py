"""Rate, errors and duration of calls, and how many are under way.

Labels come from what the server knows, never from a caller: a method it has, a tenant it serves, a status of gRPC's.
Knows nothing of answers.
"""

from collections.abc import Container

from prometheus_client import Counter, Gauge, Histogram

from firstlight_server.metrics.meter import Meter

OTHER = "other"
"""The label of a tenant or a method that this server does not have."""


class CallMetrics:
    """Counts calls; belongs to the event loop. ``known_tenants`` are those that may become a label."""

    def __init__(self, meter: Meter, *, known_tenants: Container[str]) -> None:
        self._known_tenants = known_tenants
        self._requests = meter.counter("requests", "Calls that ended.", "method", "code", "tenant", "snapshot")
        self._durations = meter.histogram(
            "request_duration_seconds", "From a call's arrival to its last reply.", "method", "code", "snapshot"
        )
        self._in_flight = meter.gauge("requests_in_flight", "Calls under way, open streams among them.", "method")
        # Finding a metric's child by its labels costs more than changing it.
        self._under_way: dict[str, Gauge] = {}
        self._ended: dict[tuple[str, str, str, str], tuple[Counter, Histogram]] = {}

    def began(self, method: str) -> None:
        """A call of a method that exists arrived."""
        gauge = self._under_way.get(method)
        if gauge is None:
            gauge = self._under_way[method] = self._in_flight.labels(_label(method))
        gauge.inc()

    def ended(self, method: str, *, code: str, tenant: str, snapshot: str, duration_s: float) -> None:
        """It ended.

        Args:
            method: what `began` was told.
            code: the name of its status.
            tenant: whose, as the caller put it; empty where a method has none.
            snapshot: the role of the snapshot that answered, ``live`` or ``canary``; empty if none did.
            duration_s: seconds since it arrived.
        """
        self._under_way[method].dec()
        if tenant and tenant not in self._known_tenants:
            tenant = OTHER
        key = (method, code, tenant, snapshot)
        found = self._ended.get(key)
        if found is None:
            name = _label(method)
            found = (
                self._requests.labels(name, code, tenant, snapshot),
                self._durations.labels(name, code, snapshot),
            )
            self._ended[key] = found
        requests, durations = found
        requests.inc()
        durations.observe(duration_s)

    def unknown_method(self) -> None:
        """A call named a method that this server does not have."""
        self._requests.labels(OTHER, "UNIMPLEMENTED", "", "").inc()


def _label(method: str) -> str:
    return method.removeprefix("/")
