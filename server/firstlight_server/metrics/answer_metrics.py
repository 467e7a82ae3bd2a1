"""What was answered: items by source, warnings by code, heeded shifts, how sure answers are. Knows nothing of calls."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from prometheus_client import Counter, Histogram

from firstlight_server.answer import Answer, Source, WarningCode
from firstlight_server.metrics.meter import Meter

_CONFIDENCE_BUCKETS = (0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)


class AnswerMetrics:
    """Counts answers, those of a tenant's live snapshot and of its canary apart."""

    def __init__(self, meter: Meter) -> None:
        by = ("tenant", "snapshot")
        self._items = meter.counter("answered_items", "Items answered, by where they came from.", *by, "source")
        self._warnings = meter.counter("warnings", "Warnings in answers, by their code.", *by, "code")
        self._empty = meter.counter("empty_answers", "Answers without an item.", *by)
        self._shifted = meter.counter("shifted_answers", "Answers that heed a shift of their user's interests.", *by)
        self._confidence = meter.histogram(
            "answer_confidence_ratio",
            "The probability that each answer gives of a hit among its first ten.",
            *by,
            buckets=_CONFIDENCE_BUCKETS,
        )
        self._groups: dict[tuple[str, str], _Group] = {}

    def record(self, answers: Iterable[Answer], *, tenant: str, snapshot: str) -> None:
        """Answers of a ``tenant`` that exists, by its snapshot of that role (``live`` or ``canary``)."""
        group = self._groups.get((tenant, snapshot))
        if group is None:
            group = self._groups[tenant, snapshot] = self._group(tenant, snapshot)
        for answer in answers:
            group.record(answer)

    def _group(self, tenant: str, snapshot: str) -> "_Group":
        by = (tenant, snapshot)
        return _Group(
            items={source: self._items.labels(*by, source.name.lower()) for source in Source},
            warnings={code: self._warnings.labels(*by, code.name.lower()) for code in WarningCode},
            empty=self._empty.labels(*by),
            shifted=self._shifted.labels(*by),
            confidence=self._confidence.labels(*by),
        )


@dataclass(frozen=True)
class _Group:
    """The metrics of one tenant's snapshot of one role, found once."""

    items: Mapping[Source, Counter]
    warnings: Mapping[WarningCode, Counter]
    empty: Counter
    shifted: Counter
    confidence: Histogram

    def record(self, answer: Answer) -> None:
        sources = [item.source for item in answer.items]
        if not sources:
            self.empty.inc()
        elif sources.count(sources[0]) == len(sources):  # the usual answer is of one source
            self.items[sources[0]].inc(len(sources))
        else:
            for source, counter in self.items.items():
                counter.inc(sources.count(source))
        if answer.drift_detected:
            self.shifted.inc()
        for notice in answer.notices:
            self.warnings[notice.code].inc()
        if answer.confidence is not None:
            self.confidence.observe(answer.confidence)
