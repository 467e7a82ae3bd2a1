"""What tracing is to the rest of the server: a span of a call, and the stages inside it.

Most calls have none, and then a stage costs a look at one attribute. Knows nothing of OpenTelemetry; `tracing.py` does.
"""

from collections.abc import Iterable
from contextlib import AbstractContextManager
from typing import Protocol

import grpc

Metadata = Iterable[tuple[str, str | bytes]]


class CallSpan(Protocol):
    """A call that is traced."""

    @property
    def trace_id(self) -> str:
        """32 hexadecimal digits, for the log."""
        ...

    def stage(self, name: str) -> AbstractContextManager[object]:
        """A part of the call that lasts as long as the block."""
        ...

    def end(self, code: grpc.StatusCode, *, request_id: str, tenant: str, snapshot_id: str) -> None:
        """The call ended."""
        ...


class CallTracer(Protocol):
    """Decides which calls are traced."""

    def begin(self, method: str, metadata: Metadata) -> CallSpan | None:
        """The span of a call that arrived with ``metadata``; None if it is not traced."""
        ...

    def close(self) -> None:
        """Sends what is left; blocks for some seconds if nobody takes it."""
        ...
