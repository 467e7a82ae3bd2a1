"""What the server knows of the call it is handling: its id, its deadline, and what the log line will say.

Each call runs in an asyncio task of its own, so one context variable tells them apart. Knows nothing of the API.
"""

import math
import time
import uuid
from contextlib import AbstractContextManager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cached_property

from firstlight_server.call_span import CallSpan
from firstlight_server.errors import DeadlinePassedError

LIVE = "live"
"""The role of the snapshot that answers a tenant's calls."""
CANARY = "canary"
"""The role of one that answers a share of them."""
_QUIET_SERVICES = ("/grpc.health.", "/grpc.reflection.")


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
    """One call. Filled in as it becomes known; the recorder reads it at the end.

    Attributes:
        method: its full name, such as ``/firstlight.v1.RecommendationService/Recommend``.
        deadline: when its caller stops waiting.
        caller_id: the caller's own id for it; empty if there is none.
        tenant: whose it is, as the caller put it, the default's name if empty; empty if its method has none.
        caller: who makes it, by their token; empty if nobody asked.
        snapshot_id: the snapshot that answers it; empty until known.
        snapshot_role: that snapshot's, ``live`` or ``canary``; empty until known.
        line: the tenant in whose line it stands, empty where there is no such tenant: fit for counting.
        units: how many users it asks for.
        span: its trace; None if it has none.
        started_s: when it arrived, in seconds of the performance counter.
    """

    method: str
    deadline: Deadline = field(default_factory=Deadline)
    caller_id: str = ""
    tenant: str = ""
    caller: str = ""
    snapshot_id: str = ""
    line: str = ""
    units: int = 1
    snapshot_role: str = ""
    span: CallSpan | None = None
    started_s: float = field(default_factory=time.perf_counter)

    @cached_property
    def request_id(self) -> str:
        """The caller's id for it, or one made here; asked for once the message was read."""
        return self.caller_id or uuid.uuid4().hex

    def stage(self, name: str) -> AbstractContextManager[object]:
        """A part of the call, for its trace, that lasts as long as the block."""
        return _UNTRACED if self.span is None else self.span.stage(name)

    @property
    def is_quiet(self) -> bool:
        """Whether it is one of those that come all the time and tell nobody anything: health, reflection."""
        return self.method.startswith(_QUIET_SERVICES)

    @property
    def elapsed_s(self) -> float:
        """Seconds since the call arrived."""
        return time.perf_counter() - self.started_s


_UNTRACED = nullcontext()
current_call: ContextVar[Call] = ContextVar("current_call")


def stage(name: str) -> AbstractContextManager[object]:
    """A part of the call being handled; where none is, nothing."""
    call = current_call.get(None)
    return _UNTRACED if call is None else call.stage(name)
