"""A few places kept for the calls by which the service is run, whatever users ask. Knows nothing of queues."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from firstlight_server.admission.observer import LoadObserver
from firstlight_server.call import Call
from firstlight_server.errors import OverloadedError

_RETRY_AFTER_S = 0.5


class Reserve:
    """At most ``places`` calls at a time; none waits."""

    def __init__(self, places: int, *, observer: LoadObserver) -> None:
        self._places = places
        self._observer = observer
        self._taken = 0

    @asynccontextmanager
    async def admit(self, call: Call) -> AsyncGenerator[None]:
        """Holds a place for as long as the block runs.

        Raises:
            OverloadedError: all are taken.
        """
        if self._taken >= self._places:
            self._observer.refused(call, reason="reserve")
            raise OverloadedError(
                f"{self._taken} administrative calls are under way, and admin_calls allows no more; try again soon",
                reason="reserve",
                retry_after_s=_RETRY_AFTER_S,
            )
        self._taken += 1
        try:
            yield
        finally:
            self._taken -= 1
