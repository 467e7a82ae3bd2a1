"""Work of seconds beside the event loop, cut into short turns with rests in between, so that the loop keeps up.

Python's threads share one interpreter: who wants it waits until another lets go. Knows nothing of what is done.
"""

import sys
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

_USUAL_S = sys.getswitchinterval()
_SHORT_S = 0.0002


class Turns:
    """While the block runs a thread that wants the interpreter waits for 0.2 ms, not 5.

    Always, it would cost the server up to a fifth more processor time.
    """

    def __init__(self, *, share: float = 1.0, sleep: Callable[[float], None] = time.sleep) -> None:
        """Takes the ``share`` of this thread's time, above 0 and at most 1, that its work may take."""
        self._rests = 1 / share - 1
        self._sleep = sleep

    def __enter__(self) -> Self:
        sys.setswitchinterval(_SHORT_S)
        self._begun_s = time.thread_time()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        sys.setswitchinterval(_USUAL_S)

    def rest(self) -> None:
        """Sleeps for as long as the processor time since the last rest asks for."""
        spent_s = time.thread_time() - self._begun_s
        self._sleep(spent_s * self._rests)
        self._begun_s = time.thread_time()
