"""One line a second about refused calls, where one for each would cost more than the refusal. Knows nothing of why."""

import time
from collections import Counter

from structlog.typing import FilteringBoundLogger

from firstlight_server.admission.observer import LoadObserver
from firstlight_server.call import Call

_INTERVAL_S = 1.0


class RefusalLog(LoadObserver):
    """Sums refusals up by reason."""

    def __init__(self, logger: FilteringBoundLogger) -> None:
        self._logger = logger
        self._counts: Counter[str] = Counter()
        self._written_s = -_INTERVAL_S

    def refused(self, call: Call, *, reason: str) -> None:
        """Counts it, and writes a line if the last one is old enough."""
        self._counts[reason] += 1
        now_s = time.monotonic()
        if now_s - self._written_s >= _INTERVAL_S:
            self._logger.warning("calls refused", tenant=call.line, **self._counts)
            self._counts.clear()
            self._written_s = now_s
