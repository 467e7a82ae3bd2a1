"""The policies that play the month, each as a server has it unless an operator says otherwise.

Knows nothing of visits or clicks.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from firstlight_encoder.exploration import EpsilonGreedy, Greedy, LinUcb, Policy, Softmax, Thompson
from firstlight_encoder.exploration.features import ITEM_PRECISION, PRECISION, SCORE_WEIGHT

THOMPSON = "Thompson"
GREEDY = "greedy"
LEARNING_GREEDY = "greedy that learns"
EPSILON_GREEDY = "epsilon-greedy"


@dataclass(frozen=True)
class Learning:
    """How all policies that learn do it: the server's defaults.

    Attributes:
        score_weight: the prior's belief in the ranking's score, as clicks between its worst and its best.
        precision: of the prior, in shown items.
        item_precision: of the prior of a new item's own term, likewise.
        visits_a_batch: how many visits wait for the next update.
    """

    score_weight: float = SCORE_WEIGHT
    precision: float = PRECISION
    item_precision: float = ITEM_PRECISION
    visits_a_batch: int = 20


def competitors(*, temperature: float = 0.01) -> Mapping[str, Policy]:
    """Name -> policy, as the server has it but for the softmax's ``temperature``, in clicks: its own is for scores."""
    return MappingProxyType(
        {
            THOMPSON: Thompson(),
            "LinUCB": LinUcb(),
            "softmax": Softmax(temperature=temperature, learns=True),
            EPSILON_GREEDY: EpsilonGreedy(learns=True),
            LEARNING_GREEDY: Greedy(learns=True),
            GREEDY: Greedy(),
        }
    )
