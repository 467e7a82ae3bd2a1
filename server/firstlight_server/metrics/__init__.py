"""What the server counts, and where Prometheus reads it: always on, kept in memory, one registry a process.

To add one: ``meter.counter("refusals", "Calls refused.", "reason")`` where an object is made, ``.labels(...).inc()``
where it happens; or ``meter.reads("queue_calls", "Calls waiting.", queue.qsize)`` for what can be asked at any time,
which costs a call nothing. Its row goes into docs/operations.md; a test compares. Knows nothing of gRPC.
"""
