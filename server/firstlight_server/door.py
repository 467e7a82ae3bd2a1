"""What lets calls in, and who is told of it: made together, since each needs the others. Knows nothing of messages."""

import math
from dataclasses import dataclass

from structlog.typing import FilteringBoundLogger

from firstlight_server.admission.admission import Admission
from firstlight_server.admission.admission_of import admission_of
from firstlight_server.admission.observer import LoadObserver, Observers, Tally
from firstlight_server.admission.refusal_log import RefusalLog
from firstlight_server.degradation.ladder import Ladders
from firstlight_server.instruments import Instruments
from firstlight_server.settings import Settings
from firstlight_server.tenants import TenantRegistry


@dataclass(frozen=True)
class Door:
    """The door of one server.

    Attributes:
        admission: the gates.
        ladders: how simply each tenant is answered now.
        tally: what became of calls, and the rungs that answered.
        observer: told of recommendations.
    """

    admission: Admission
    ladders: Ladders
    tally: Tally
    observer: LoadObserver


def door_of(
    settings: Settings, tenants: TenantRegistry, instruments: Instruments, logger: FilteringBoundLogger
) -> Door:
    """The door that ``settings`` ask for; what becomes of feedback moves no ladder."""
    ladders = Ladders(target_wait_s=settings.target_wait_s if settings.degrade else math.inf)
    tally = Tally()
    told = Observers([tally, instruments.load, RefusalLog(logger)])
    observer = Observers([ladders, told])
    return Door(admission_of(settings, tenants=tenants, observer=observer, of_feedback=told), ladders, tally, observer)
