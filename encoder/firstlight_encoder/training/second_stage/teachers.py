"""Users who teach a ranker. Knows nothing of what they are shown."""

from dataclasses import dataclass

from firstlight_encoder.interactions import Interactions
from firstlight_encoder.training.second_stage.ranking_material import RankingMaterial


@dataclass(frozen=True)
class Teachers:
    """Some users beside a first stage, with its catalogue, that has learned nothing from them.

    Attributes:
        material: what describes their shortlists.
        users: what they did.
    """

    material: RankingMaterial
    users: Interactions
