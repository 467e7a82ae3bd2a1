"""The server's metrics, made once and handed to those who count. Knows nothing of what the numbers mean."""

from collections.abc import Callable
from importlib.metadata import version

from prometheus_client import CollectorRegistry, GCCollector, ProcessCollector, disable_created_metrics

from firstlight_server.admission.gate import Gate
from firstlight_server.metrics.answer_metrics import AnswerMetrics
from firstlight_server.metrics.arm_metrics import ArmMetrics
from firstlight_server.metrics.call_metrics import CallMetrics
from firstlight_server.metrics.load_metrics import LoadMetrics
from firstlight_server.metrics.meter import BATCH_BUCKETS, Meter
from firstlight_server.metrics.snapshot_metrics import SnapshotMetrics
from firstlight_server.metrics.text_metrics import TextMetrics
from firstlight_server.tenants import TenantRegistry


class Instruments:
    """One process's metrics.

    Attributes:
        meter: makes more of them.
        texts: for those who encode.
        answers: for those who answer.
        arms: for experiments.
        load: for those who let calls in.
        search_batches: for whoever searches: how many questions at once.
    """

    def __init__(self) -> None:
        """Makes a registry of its own, with the process's memory, processor time and garbage collection."""
        disable_created_metrics()  # type: ignore[no-untyped-call]  # a third of all series, and Prometheus has no use for them
        registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        GCCollector(registry)
        self.meter = Meter(registry)
        self.meter.gauge("build_info", "1, labelled with what runs.", "version").labels(version("firstlight")).set(1)
        self.texts = TextMetrics(self.meter)
        self.answers = AnswerMetrics(self.meter)
        self.arms = ArmMetrics(self.meter)
        self.load = LoadMetrics(self.meter)
        self.search_batches = self.meter.histogram(
            "search_batch_queries", "Questions searched for at once.", buckets=BATCH_BUCKETS
        )

    def watch(self, tenants: TenantRegistry, *, gate: Gate, serving: Callable[[], bool]) -> CallMetrics:
        """Adds what ``tenants`` serve, what passes ``gate`` and whether health says SERVING.

        Returns what the calls are counted by.
        """
        self.meter.reads("admitted_calls", "Users' calls worked on now.", lambda: gate.running)
        self.meter.reads("waiting_calls", "Users' calls that wait to be let in now.", lambda: gate.waiting)
        self.meter.registry.register(SnapshotMetrics(tenants))
        self.meter.reads("serving", "1 while health says SERVING, else 0.", serving)
        return CallMetrics(self.meter, known_tenants=tenants)
