"""What answers read of the feedback loop and leave to it, in one place. Knows nothing of how any of it works."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from firstlight_server.catalogue.follower import CatalogueFollower
from firstlight_server.exploration.experiments import Experiments

if TYPE_CHECKING:
    from firstlight_server.memory.recall import Recall


@dataclass(frozen=True)
class FeedbackView:
    """Of one server.

    Attributes:
        follower: lets answers know what others changed in the catalogue.
        experiments: whose arms answer.
        recall: stored events and impressions; None where nothing is remembered.
    """

    follower: CatalogueFollower
    experiments: Experiments
    recall: "Recall | None"
