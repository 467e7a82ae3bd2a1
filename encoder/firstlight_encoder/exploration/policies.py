"""The policies. Knows nothing of pages, slots or how rewards are learnt.

Those that learn rank by a posterior over the candidates' features. Thompson sampling (Chapelle & Li 2011; Agrawal &
Goyal 2013) draws `Thompson.draws` parameters and chooses by the share of draws that prefer an item: over draws that is
the exact posterior probability of being best, and given them the propensity is known exactly. LinUCB (Li et al. 2010)
is deterministic given its posterior. Both mix in an even choice with probability epsilon, so that no propensity is
below epsilon over the number of eligible candidates.
"""

from dataclasses import dataclass, field

import numpy as np

from firstlight_encoder.errors import ExplorationError
from firstlight_encoder.exploration.belief import Belief
from firstlight_encoder.exploration.candidates import Candidates
from firstlight_encoder.exploration.posterior import Posterior
from firstlight_encoder.exploration.preferences import Boltzmann, First, Preferences, Votes

Generator = np.random.Generator


@dataclass(frozen=True)
class Greedy:
    """The ranking as it is, or by what was learnt, without any chance in it.

    Attributes:
        learns: whether it ranks by the posterior's mean.
    """

    learns: bool = False
    name: str = field(default="greedy", init=False)
    epsilon: float = field(default=0.0, init=False)

    def preferences(self, candidates: Candidates, posterior: Posterior | None, generator: Generator) -> Preferences:
        """The best, always."""
        return _best(candidates, posterior if self.learns else None, learns=self.learns)


@dataclass(frozen=True)
class EpsilonGreedy:
    """As greedy, but with probability epsilon an even choice: propensities in closed form.

    Attributes:
        epsilon: in [0, 1].
        learns: whether it ranks by the posterior's mean.
    """

    epsilon: float = 0.1
    learns: bool = False
    name: str = field(default="epsilon_greedy", init=False)

    def __post_init__(self) -> None:
        """Refuses what is no probability."""
        _check(self.name, epsilon=self.epsilon)

    def preferences(self, candidates: Candidates, posterior: Posterior | None, generator: Generator) -> Preferences:
        """The best; the even choice is epsilon's."""
        return _best(candidates, posterior, learns=self.learns)


@dataclass(frozen=True)
class Softmax:
    """In proportion to exp(score / temperature) among those that remain (Boltzmann, Plackett-Luce): closed form.

    Attributes:
        temperature: in units of the score, nats where it is the ranking's; above 0.
        epsilon: in [0, 1].
        learns: whether the score is the posterior's mean.
    """

    temperature: float = 0.5
    epsilon: float = 0.0
    learns: bool = False
    name: str = field(default="softmax", init=False)

    def __post_init__(self) -> None:
        """Refuses what is no probability and no temperature."""
        _check(self.name, epsilon=self.epsilon, temperature=self.temperature)

    def preferences(self, candidates: Candidates, posterior: Posterior | None, generator: Generator) -> Preferences:
        """The softmax."""
        scores = _believed(posterior, candidates).mean if self.learns else candidates.base
        return Boltzmann(np.asarray(scores, np.float64) / self.temperature)


@dataclass(frozen=True)
class Thompson:
    """Each item as often as it is the best under parameters drawn from the posterior.

    Attributes:
        epsilon: in [0, 1]; above 0 it bounds propensities from below.
        scale: v, what standard deviations are multiplied with; above 0: mostly the noise of a reward.
        draws: parameters drawn a page; propensities are multiples of 1 / draws beside epsilon's part.
    """

    epsilon: float = 0.05
    scale: float = 0.05
    draws: int = 64
    learns: bool = field(default=True, init=False)
    name: str = field(default="thompson", init=False)

    def __post_init__(self) -> None:
        """Refuses what is out of range."""
        _check(self.name, epsilon=self.epsilon, scale=self.scale, draws=self.draws)

    def preferences(self, candidates: Candidates, posterior: Posterior | None, generator: Generator) -> Preferences:
        """One vote a draw."""
        believed = _believed(posterior, candidates)
        return Votes(believed.drawn(self.draws, scale=self.scale, generator=generator))


@dataclass(frozen=True)
class LinUcb:
    """The item whose reward may be highest: mean and alpha standard deviations.

    Attributes:
        epsilon: in [0, 1]; above 0 it bounds propensities from below.
        alpha: standard deviations added; at least 0.
    """

    epsilon: float = 0.05
    alpha: float = 0.05
    learns: bool = field(default=True, init=False)
    name: str = field(default="linucb", init=False)

    def __post_init__(self) -> None:
        """Refuses what is out of range."""
        _check(self.name, epsilon=self.epsilon)
        if not 0 <= self.alpha < np.inf:
            raise ExplorationError(f"{self.name}: alpha is {self.alpha}, 0 or more is needed")

    def preferences(self, candidates: Candidates, posterior: Posterior | None, generator: Generator) -> Preferences:
        """The highest upper bound."""
        believed = _believed(posterior, candidates)
        return Votes((believed.mean + self.alpha * believed.deviations)[None])


def _best(candidates: Candidates, posterior: Posterior | None, *, learns: bool) -> Preferences:
    return Votes(_believed(posterior, candidates).mean[None]) if learns else First()


def _believed(posterior: Posterior | None, candidates: Candidates) -> Belief:
    if posterior is None or posterior.dimension != candidates.features.shape[1]:
        wide = "none" if posterior is None else f"one over {posterior.dimension} features"
        raise ExplorationError(
            f"a policy that learns needs a posterior over the candidates' {candidates.features.shape[1]} features, "
            f"got {wide}"
        )
    return posterior.believed(candidates.features.astype(np.float64), candidates.remembered)


def _check(policy: str, *, epsilon: float, **positive: float) -> None:
    if not 0 <= epsilon <= 1:
        raise ExplorationError(f"{policy}: epsilon is {epsilon}, a probability in [0, 1] is needed")
    for name, value in positive.items():
        if not 0 < value < np.inf:
            raise ExplorationError(f"{policy}: {name} is {value}, a number above 0 is needed")
