"""Makes the services of the API out of the parts of a server. Knows nothing of the wire they are put on."""

from dataclasses import dataclass

from firstlight_server.catalogue.catalogue_service import CatalogueService
from firstlight_server.catalogue.changing import Changing
from firstlight_server.dispatcher import Dispatcher
from firstlight_server.door import Door
from firstlight_server.exploration.experiments import Experiments
from firstlight_server.feedback_view import FeedbackView
from firstlight_server.index_service import IndexService
from firstlight_server.instruments import Instruments
from firstlight_server.memory.remembering import Remembering
from firstlight_server.profile.profile_service import ProfileService
from firstlight_server.recommendation_service import RecommendationService
from firstlight_server.services import Services
from firstlight_server.tenants import TenantRegistry


@dataclass(frozen=True)
class Parts:
    """What services are made of.

    Attributes:
        tenants: whose snapshots answer.
        dispatcher: where answers are computed.
        door: how simply tenants are answered now, and who is told.
        instruments: where answers are counted.
        experiments: whose arms answer.
        feedback: what is remembered of users.
        changing: what is changed in catalogues.
    """

    tenants: TenantRegistry
    dispatcher: Dispatcher
    door: Door
    instruments: Instruments
    experiments: Experiments
    feedback: Remembering
    changing: Changing


def services_of(parts: Parts) -> Services:
    """All of them."""
    loop = FeedbackView(parts.changing.follower, parts.experiments, parts.feedback.recall)
    return Services(
        RecommendationService(
            parts.tenants, parts.dispatcher, door=parts.door, metrics=parts.instruments.answers, loop=loop
        ),
        IndexService(parts.tenants),
        parts.feedback.service,
        ProfileService(parts.tenants, parts.dispatcher, loop=loop),
        CatalogueService(parts.tenants, parts.changing),
    )
