"""One arm of a running experiment: how it chooses, and what it has learnt so far.

What it learns is bound to the features it is learnt over, which change with the snapshot: the latest few are kept.
Posteriors are never changed but replaced, so that threads may read while the learner learns. Knows nothing of logs.
"""

from collections.abc import Mapping

from firstlight_encoder.exploration import Explorer, Posterior
from firstlight_encoder.exploration.features import prior_of
from firstlight_server.exploration.arm_settings import ArmSettings

KEPT_POSTERIORS = 3
"""Of so many kinds of features, the latest: the live snapshot's, a canary's and the one before."""


class Arm:
    """An arm.

    Attributes:
        settings: what the operator said of it.
        explorer: its policy within its slots.
        policy_name: as replies and logs have it.
        explores: whether it ever shows anything but the ranking.
    """

    def __init__(self, settings: ArmSettings) -> None:
        self.settings = settings
        self.explorer: Explorer = settings.explorer()
        self.policy_name = self.explorer.policy.name
        self.learns = self.explorer.policy.learns
        chances = self.learns or self.explorer.policy.epsilon > 0 or self.policy_name == "softmax"
        self.explores = bool(settings.max_slots) and chances
        self._posteriors: dict[str, Posterior] = {}

    @property
    def name(self) -> str:
        """The arm's name."""
        return self.settings.name

    @property
    def posteriors(self) -> Mapping[str, Posterior]:
        """What is learnt, by the fingerprint of the features; the latest last."""
        return self._posteriors

    def posterior(self, fingerprint: str, dimension: int) -> Posterior:
        """What is believed of rewards over features of this fingerprint, of which there are ``dimension``."""
        found = self._posteriors.get(fingerprint)
        return found if found is not None and found.dimension == dimension else self._before(fingerprint, dimension)

    def learn(self, posterior: Posterior) -> None:
        """Believes ``posterior`` from here on, over its features."""
        others = {key: own for key, own in self._posteriors.items() if key != posterior.fingerprint}
        latest = list(others.items())[-(KEPT_POSTERIORS - 1) :]
        self._posteriors = dict(latest) | {posterior.fingerprint: posterior}

    def _before(self, fingerprint: str, dimension: int) -> Posterior:
        prior = prior_of(dimension, score_weight=self.settings.score_weight, precision=self.settings.precision)
        return Posterior.before_feedback(prior, fingerprint=fingerprint)
