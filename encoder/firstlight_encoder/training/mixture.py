"""Several domains that train together: L = sum_d w_d L_d with sum_d w_d = 1; one source and one target: w1 L1 + w2 L2.

Knows nothing of losses or optimisers.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isclose

from firstlight_encoder.errors import TrainingDataError
from firstlight_encoder.training.training_domain import TrainingDomain


@dataclass(frozen=True)
class Mixture:
    """Domains and what each one's loss counts.

    The first domain with a weight is the anchor: its texts give the axes the space starts from, and its validation
    users stop the training. A domain of weight 0 is never looked at while training.

    Attributes:
        domains: the target first, then the sources.
        weights: one a domain, at least 0, of sum 1.
    """

    domains: tuple[TrainingDomain, ...]
    weights: tuple[float, ...]

    def __post_init__(self) -> None:
        """Raises ``TrainingDataError`` for weights or texts that do not fit together."""
        if len(self.weights) != len(self.domains) or min(self.weights, default=-1) < 0:
            raise TrainingDataError(f"weights {self.weights} for {len(self.domains)} domains; give each one of 0 to 1")
        if not isclose(sum(self.weights), 1):
            raise TrainingDataError(f"the domains' weights {self.weights} add up to {sum(self.weights)}, not to 1")
        widths = {domain.name: domain.texts.vectors.shape[1] for domain in self.domains}
        if len(set(widths.values())) > 1:
            raise TrainingDataError(f"text vectors of several widths: {widths}; encode all domains with one encoder")

    @classmethod
    def only(cls, domain: TrainingDomain) -> "Mixture":
        """One domain alone."""
        return cls((domain,), (1.0,))

    @classmethod
    def with_sources(
        cls, target: TrainingDomain, sources: Sequence[TrainingDomain], weights: Sequence[float]
    ) -> "Mixture":
        """``target`` with one of ``weights`` for each of ``sources``; the target has what they leave of 1."""
        return cls((target, *sources), (1.0 - sum(weights), *weights))

    @property
    def anchor(self) -> int:
        """Place of the first domain that has a weight."""
        return next(place for place, weight in enumerate(self.weights) if weight)
