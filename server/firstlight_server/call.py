"""What the server knows of the call it is handling: its id, its deadline, and what the log line will say.

Each call runs in an asyncio task of its own, so one context variable tells them apart. Knows nothing of the API.
"""

import math
import time
import uuid
from contextvars import ContextVar
from dataclasses import dataclass, field

from firstlight_server.errors import DeadlinePassedError


@dataclass(frozen=True)
class Deadline:
    """When the caller stops waiting: ``at_s`` on the monotonic clock, infinite if the caller set none."""

    at_s: float = math.inf

    @classmethod
    def after(cls, remaining_s: float | None) -> "Deadline":
        """The deadline ``remaining_s`` from now; None means none."""
        return cls() if remaining_s is None else cls(time.monotonic() + remaining_s)

    def check(self) -> None:
        """Raises `DeadlinePassedError` once nobody waits any more."""
        if time.monotonic() >= self.at_s:
            raise DeadlinePassedError("the deadline passed before the work began; it was not done")


@dataclass
class Call:
    """One call. Filled in as it becomes known; the interceptor logs it at the end.

    Attributes:
        snapshot_id: which version answers, once that is settled.
        is_canary: whether that is the tenant's canary rather than its live snapshot.
    """

    method: str
    deadline: Deadline = field(default_factory=Deadline)
    request_id: str = field(default_factory=lambda: uuid.uuid4().hex)
    tenant: str = ""
    snapshot_id: str = ""
    is_canary: bool = False
    started_s: float = field(default_factory=time.perf_counter)

    @property
    def elapsed_ms(self) -> float:
        """Milliseconds since the call arrived."""
        return (time.perf_counter() - self.started_s) * 1_000


current_call: ContextVar[Call] = ContextVar("current_call")
