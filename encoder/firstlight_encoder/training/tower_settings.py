"""What the user tower is made of and may look at, each default written once. Knows nothing of how it is trained."""

from dataclasses import dataclass
from typing import Literal

from firstlight_encoder.architecture import DEFAULT_ARCHITECTURE, Architecture

PriorWeights = Literal["each", "one", "none"]
"""How the prior is weighed: a weight for each number of events, 1 whatever is known, or 0 as soon as anything is."""


@dataclass(frozen=True)
class TowerSettings:
    """What the tower is made of.

    Attributes:
        architecture: what mixes the tokens.
        interests: how many vectors a user has; an item's score is its highest over them. One is served.
        width: of the mixer, a multiple of 4.
        layers: of the architecture ``causal``.
        event_types: whether a view may count other than a purchase.
        time_gaps: whether the hours since an event are read; its order always is.
        prior_weights: how the prior is weighed.
    """

    architecture: Architecture = DEFAULT_ARCHITECTURE
    interests: int = 1
    width: int = 128
    layers: int = 2
    event_types: bool = True
    time_gaps: bool = True
    prior_weights: PriorWeights = "each"
