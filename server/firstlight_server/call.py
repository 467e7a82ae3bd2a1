"""What the server knows of the call it is handling: its id, its deadline, and what the log line will say.

Each call runs in an asyncio task of its own, so one context variable tells them apart. Knows nothing of the API.
"""

import math
import time
import uuid
from contextvars import ContextVar
from dataclasses import dataclass, field

from firstlight_server.errors import DeadlinePassedError


@dataclass
class Deadline:
    """When the caller stops waiting: ``at_s`` on the monotonic clock, infinite if the caller set none.

    A caller that hangs up moves it to the past, so that whoever checks it on another thread drops the work.
    """

    at_s: float = math.inf

    @classmethod
    def after(cls, remaining_s: float | None) -> "Deadline":
        """The deadline ``remaining_s`` from now; None means none."""
        return cls() if remaining_s is None else cls(time.monotonic() + remaining_s)

    @property
    def left_s(self) -> float:
        """Seconds that are left; negative once it passed."""
        return self.at_s - time.monotonic()

    def give_up(self) -> None:
        """The caller hung up."""
        self.at_s = -math.inf

    def check(self) -> None:
        """Raises `DeadlinePassedError` once nobody waits any more."""
        if time.monotonic() >= self.at_s:
            raise DeadlinePassedError("the deadline passed before the work began; it was not done")


@dataclass
class Call:
    """One call. Filled in as it becomes known; the interceptor logs it at the end.

    Attributes:
        method: "/package.Service/Method".
        deadline: when the caller stops waiting.
        request_id: the caller's id for it, or one made here.
        tenant: as the caller wrote it; empty means the default one.
        snapshot_id: the snapshot that answers.
        line: the tenant in whose line it stands, empty where there is no such tenant: fit for counting.
        units: how many users it asks for.
        started_s: when it arrived, on the performance counter.
    """

    method: str
    deadline: Deadline = field(default_factory=Deadline)
    request_id: str = field(default_factory=lambda: uuid.uuid4().hex)
    tenant: str = ""
    caller: str = ""
    snapshot_id: str = ""
    line: str = ""
    units: int = 1
    started_s: float = field(default_factory=time.perf_counter)

    @property
    def elapsed_ms(self) -> float:
        """Milliseconds since the call arrived."""
        return (time.perf_counter() - self.started_s) * 1_000


current_call: ContextVar[Call] = ContextVar("current_call")
