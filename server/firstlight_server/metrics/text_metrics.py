"""How often a text had to be encoded, in what batches and how long that took. Knows nothing of encoders."""

from firstlight_server.metrics.meter import BATCH_BUCKETS, Meter


class TextMetrics:
    """Counts texts; safe across threads."""

    def __init__(self, meter: Meter) -> None:
        lookups = meter.counter("text_cache_lookups", "Texts looked for among those remembered.", "result")
        self._hits, self._misses = lookups.labels("hit"), lookups.labels("miss")
        self._batches = meter.histogram(
            "encode_batch_texts", "Texts encoded at once; the sum is of all texts encoded.", buckets=BATCH_BUCKETS
        )
        self._durations = meter.histogram("encode_duration_seconds", "What one such batch took.")

    def looked_up(self, *, hits: int, misses: int) -> None:
        """So many distinct texts were remembered, so many were not."""
        self._hits.inc(hits)
        self._misses.inc(misses)

    def encoded(self, texts: int, *, duration_s: float) -> None:
        """One batch of ``texts`` was encoded in ``duration_s`` seconds; warming a snapshot does so too."""
        self._batches.observe(texts)
        self._durations.observe(duration_s)
