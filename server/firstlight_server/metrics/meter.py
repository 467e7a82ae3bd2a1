"""Makes metrics: each gets the server's prefix and lands in the one registry. Knows nothing of what is counted."""

from collections.abc import Callable, Sequence

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

NAMESPACE = "firstlight_server"
DURATION_BUCKETS_S = (
    0.00025, 0.0005, 0.001, 0.0015, 0.002, 0.003, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0,
)  # fmt: skip
"""Seconds; dense where calls usually end, so that a quantile read off them is worth something."""
BATCH_BUCKETS = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0)
"""Things done at once."""


class Meter:
    """Names are given without the prefix, with their unit (``_seconds``, ``_bytes``); counters without ``_total``."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.registry = registry

    def counter(self, name: str, documentation: str, *labels: str) -> Counter:
        """What only grows; it is exported as ``<name>_total``."""
        return Counter(name, documentation, labels, namespace=NAMESPACE, registry=self.registry)

    def gauge(self, name: str, documentation: str, *labels: str) -> Gauge:
        """What rises and falls, told by those who change it."""
        return Gauge(name, documentation, labels, namespace=NAMESPACE, registry=self.registry)

    def reads(self, name: str, documentation: str, value: Callable[[], float]) -> None:
        """A gauge that asks ``value`` at every scrape, on the endpoint's thread."""
        self.gauge(name, documentation).set_function(value)

    def histogram(
        self, name: str, documentation: str, *labels: str, buckets: Sequence[float] = DURATION_BUCKETS_S
    ) -> Histogram:
        """How values spread; ``buckets`` are upper bounds in the name's unit."""
        return Histogram(name, documentation, labels, namespace=NAMESPACE, registry=self.registry, buckets=buckets)
