"""The feedback loop of a server: the service that remembers, and what recommendations recall; or neither.

What keeps events is imported only where events are kept, for it brings SQLAlchemy. Knows nothing of requests.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from structlog.typing import FilteringBoundLogger

from firstlight.v1.feedback_service_pb2_grpc import FeedbackServiceServicer
from firstlight_server.memory.no_feedback_service import NoFeedbackService
from firstlight_server.metrics.meter import Meter
from firstlight_server.settings import Settings
from firstlight_server.tenants import TenantRegistry

if TYPE_CHECKING:
    from firstlight_server.memory.backlog import Backlog
    from firstlight_server.memory.memory import Memory
    from firstlight_server.memory.recall import Recall
    from firstlight_server.memory.retention import Retention
    from firstlight_store.event_log import EventLog

_OPEN_S = 2.0
"""How long a server waits for its event log before it serves without, in seconds."""


@dataclass(frozen=True)
class Remembered:
    """What there is where events are kept.

    Attributes:
        memory: the event log.
        backlog: impressions on their way into it.
        recall: for those who answer.
        retention: forgets what is old; None where all is kept.
    """

    memory: "Memory"
    backlog: "Backlog"
    recall: "Recall"
    retention: "Retention | None" = None


@dataclass(frozen=True)
class Remembering:
    """The service, and what is behind it; None where no events are kept."""

    service: FeedbackServiceServicer
    behind: Remembered | None = None

    @property
    def recall(self) -> "Recall | None":
        """What recommendations recall, if anything."""
        return self.behind.recall if self.behind else None

    @property
    def log(self) -> "EventLog | None":
        """The event log; None where or while there is none."""
        return self.behind.memory.log if self.behind else None

    async def until_tried(self) -> None:
        """Returns when events can be stored and read, or will not be able to be soon."""
        if self.behind:
            await self.behind.memory.until_tried(wait_s=_OPEN_S)

    async def close(self) -> None:
        """Stores what waits, and lets go of the log."""
        if self.behind:
            if self.behind.retention:
                await self.behind.retention.close()
            await self.behind.backlog.drain()
            await self.behind.memory.close()


def remembering(
    settings: Settings, tenants: TenantRegistry, *, meter: Meter, logger: FilteringBoundLogger
) -> Remembering:
    """The loop that ``settings`` ask for; its log opens beside everything else.

    Raises:
        SettingsError: the key of pseudonyms cannot be read, or what the log needs is not installed.
    """
    if not settings.keeps_events:
        return Remembering(NoFeedbackService())
    from firstlight_server.memory.backlog import Backlog  # noqa: PLC0415
    from firstlight_server.memory.feedback_service import FeedbackService  # noqa: PLC0415 - see the module's docstring
    from firstlight_server.memory.key_file import read_key  # noqa: PLC0415
    from firstlight_server.memory.location import location  # noqa: PLC0415
    from firstlight_server.memory.memory import Memory  # noqa: PLC0415
    from firstlight_server.memory.opened_log import OpenedLog  # noqa: PLC0415
    from firstlight_server.memory.recall import Recall  # noqa: PLC0415
    from firstlight_server.memory.retention import Retention  # noqa: PLC0415
    from firstlight_server.metrics.memory_metrics import MemoryMetrics  # noqa: PLC0415

    where, metrics = location(settings), MemoryMetrics(meter)
    if not where.makes_key:
        read_key(where.key_file)
    timeout_s = settings.events_write_wait_s
    memory = Memory(lambda: OpenedLog.open(where, timeout_s=timeout_s), settings, metrics=metrics, logger=logger)
    backlog = Backlog(memory, most=settings.impression_backlog, metrics=metrics)
    recall = Recall(memory, backlog, records=settings.record_impressions)
    service = FeedbackService(tenants, memory, backlog, metrics=metrics)
    days = settings.events_keep_days
    retention = Retention(memory, tenants, keep_days=days, logger=logger) if days else None
    return Remembering(service, Remembered(memory, backlog, recall, retention))
