"""The policies that play the month, each with what it learns over. Knows nothing of visits or clicks."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from firstlight_encoder.exploration import EpsilonGreedy, Greedy, LinUcb, Policy, Softmax, Thompson

THOMPSON = "Thompson"
GREEDY = "greedy"
LEARNING_GREEDY = "greedy that learns"
EPSILON_GREEDY = "epsilon-greedy"


@dataclass(frozen=True)
class Learning:
    """How all policies that learn do it.

    Attributes:
        dimension: of the projection of the new items; as many as there are, a direction for each.
        crossed: whether the visitor's own direction is a feature too.
        score_weight: the prior's belief in the ranking's score, as clicks between its worst and its best.
        precision: of the prior, in shown items.
        visits_a_batch: how many visits wait for the next update.
    """

    dimension: int = 60
    score_weight: float = 0.0
    precision: float = 10.0
    visits_a_batch: int = 20
    item_precision: float = float("inf")


def competitors(
    *, epsilon: float = 0.1, scale: float = 0.05, alpha: float = 0.05, temperature: float = 0.01
) -> Mapping[str, Policy]:
    """Name -> policy.

    Args:
        epsilon: of epsilon-greedy.
        scale: of Thompson sampling.
        alpha: of LinUCB.
        temperature: of the softmax, in clicks.
    """
    return MappingProxyType(
        {
            THOMPSON: Thompson(epsilon=0.0, scale=scale, draws=16),
            "LinUCB": LinUcb(epsilon=0.0, alpha=alpha),
            "softmax": Softmax(temperature=temperature, learns=True),
            EPSILON_GREEDY: EpsilonGreedy(epsilon=epsilon, learns=True),
            LEARNING_GREEDY: Greedy(learns=True),
            GREEDY: Greedy(),
        }
    )
