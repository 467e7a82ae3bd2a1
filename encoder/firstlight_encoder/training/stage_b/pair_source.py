"""Where pairs come from: the events of some users. Knows nothing of texts or models."""

from dataclasses import dataclass

from firstlight_encoder.interactions import Interactions
from firstlight_encoder.training.stage_b.followers import FollowerSampler
from firstlight_encoder.training.stage_b.taken_items import TakenItems


@dataclass(frozen=True)
class PairSource:
    """Pairs of some users, and all that these users took.

    Attributes:
        sampler: draws the pairs.
        taken: tells false negatives.
    """

    sampler: FollowerSampler
    taken: TakenItems

    @classmethod
    def of(cls, log: Interactions, *, reach: int, seed: int) -> "PairSource":
        """Pairs from ``log``, at most ``reach`` baskets apart.

        Raises:
            TrainingDataError: if no user has two baskets.
        """
        return cls(FollowerSampler(log, reach=reach, seed=seed), TakenItems(log))
