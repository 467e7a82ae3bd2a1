"""How long texts take to encode, the ones before them included. For the event loop. Knows nothing of encoders."""

import time
from collections.abc import Generator
from contextlib import contextmanager

from firstlight_server.admission.service_times import ServiceTimes, SharedTime

_TEXT = "text"
_STALE_S = 1.0


class EncodingTime:
    """Measures encodings and foresees the next one."""

    def __init__(self) -> None:
        self._times = ServiceTimes()
        self._shared = SharedTime()
        self._pending = 0
        self._measured_s = 0.0

    def expected_s(self, texts: int) -> float:
        """Until ``texts`` more would be encoded, in seconds; 0 where nothing was measured lately."""
        # NOTE: what is never tried is never measured again, so an old figure must not forbid the attempt.
        if not self._pending and time.monotonic() - self._measured_s > _STALE_S:
            return 0.0
        return self._times.expected_s(_TEXT, self._pending + texts)

    @contextmanager
    def spent_on(self, texts: int) -> Generator[None]:
        """Measures the block, in which ``texts`` are encoded; one that fails counts nothing."""
        self._pending += texts
        given_s = self._shared.enter(time.monotonic())
        try:
            yield
        except BaseException:
            self._shared.leave(time.monotonic())
            raise
        else:
            self._times.record(_TEXT, self._shared.leave(time.monotonic()) - given_s, units=texts)
            self._measured_s = time.monotonic()
        finally:
            self._pending -= texts
