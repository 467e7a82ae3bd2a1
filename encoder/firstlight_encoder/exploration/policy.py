"""What every exploration policy is. Knows nothing of pages or slots."""

from typing import Protocol

import numpy as np

from firstlight_encoder.exploration.candidates import Candidates
from firstlight_encoder.exploration.posterior import Posterior
from firstlight_encoder.exploration.preferences import Preferences


class Policy(Protocol):
    """Says how likely it prefers each candidate."""

    @property
    def name(self) -> str:
        """As settings, replies and logs have it."""
        ...

    @property
    def epsilon(self) -> float:
        """How often the choice is even among all that are eligible instead: what bounds propensities from below."""
        ...

    @property
    def learns(self) -> bool:
        """Whether it reads features and a posterior."""
        ...

    def preferences(
        self, candidates: Candidates, posterior: Posterior | None, generator: np.random.Generator
    ) -> Preferences:
        """Its preferences for one page; draws what it needs once, so that propensities are exact given the draws.

        Raises:
            ExplorationError: it `learns` and there is no posterior, or one of other features.
        """
        ...
