"""Makes the gates that the settings ask for. Knows nothing of how they work."""

from collections.abc import Container
from dataclasses import replace

from firstlight_server.admission.admission import Admission
from firstlight_server.admission.fair_queue import FairQueue
from firstlight_server.admission.gate import Gate, GateLimits
from firstlight_server.admission.observer import LoadObserver
from firstlight_server.admission.quotas import Quotas
from firstlight_server.admission.reserve import Reserve
from firstlight_server.settings import Settings


def admission_of(
    settings: Settings, *, tenants: Container[str], observer: LoadObserver, of_feedback: LoadObserver
) -> Admission:
    """The gates of ``settings`` in front of ``tenants``, each with who is told of its calls."""
    limits = GateLimits(running=settings.running_calls, waiting=settings.waiting_calls, max_wait_s=settings.max_wait_s)
    gate = Gate(
        limits,
        queue=FairQueue(settings.tenant_weights),
        quotas=Quotas(rate=settings.tenant_rate, overrides=settings.tenant_rates),
        tenants=tenants,
        observer=observer,
    )
    feedback = Gate(
        replace(limits, running=settings.events_calls),
        queue=FairQueue(settings.tenant_weights),
        quotas=Quotas(rate=0, overrides={}),  # quotas are of recommendations
        tenants=tenants,
        observer=of_feedback,
    )
    return Admission(gate, Reserve(settings.admin_calls, observer=observer), feedback=feedback)
