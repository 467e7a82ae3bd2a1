"""One arm of a running experiment: how it chooses, and what it has learnt so far.

What it learns is learnt over features, which change with the snapshot: the latest few are kept apart, each a function
of the log alone, and what is believed over one of them is what was learnt over it and, carried there, over the others.
Posteriors are never changed but replaced, so that threads may read while the learner learns. Knows nothing of logs.
"""

from collections.abc import Mapping
from typing import TypeVar

from firstlight_encoder.exploration import Carrying, Explorer, Landmarks, Posterior
from firstlight_server.exploration.arm_settings import ArmSettings
from firstlight_server.exploration.feature_space import FeatureSpace

KEPT_POSTERIORS = 3
"""Of so many kinds of features, the latest: the live snapshot's, a canary's and the one before."""

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")


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
        self.explores = bool(settings.max_slots) and (chances or bool(settings.new_places))
        self._posteriors: Mapping[str, Posterior] = {}
        self._landmarks: Mapping[str, Landmarks] = {}
        self._carryings: Mapping[tuple[str, str], Carrying] = {}
        self._beliefs: Mapping[str, tuple[list[Posterior], Posterior]] = {}

    @property
    def name(self) -> str:
        """The arm's name."""
        return self.settings.name

    @property
    def posteriors(self) -> Mapping[str, Posterior]:
        """What is learnt, by the fingerprint of the features; the latest last."""
        return self._posteriors

    @property
    def landmarks(self) -> Mapping[str, Landmarks]:
        """Of the features that are known, by their fingerprint."""
        return self._landmarks

    def posterior(self, fingerprint: str, dimension: int) -> Posterior:
        """What was learnt over features of this fingerprint alone, of which there are ``dimension``."""
        found = self._posteriors.get(fingerprint)
        return found if found is not None and found.dimension == dimension else self._before(fingerprint, dimension)

    def belief(self, space: FeatureSpace) -> Posterior:
        """What is believed of rewards over a snapshot's features, from all that was learnt."""
        fingerprint = space.features.fingerprint
        if fingerprint not in self._landmarks:
            self.place(fingerprint, space.landmarks)
        own = self.posterior(fingerprint, space.features.dimension)
        others = [one for key, one in self._posteriors.items() if key != fingerprint and key in self._landmarks]
        if not others:
            return own
        sources = [*others, own]
        known = self._beliefs.get(fingerprint)
        if known is None or not _same(known[0], sources):
            carried = [self._carrying(one.fingerprint, space).carried(one, to=own) for one in others]
            known = sources, carried[0].merged([*carried[1:], own])
            self._beliefs = _latest(self._beliefs, fingerprint, known)
        return known[1]

    def place(self, fingerprint: str, landmarks: Landmarks) -> None:
        """Tells where landmarks are among features of this fingerprint."""
        self._landmarks = _latest(self._landmarks, fingerprint, landmarks, most=2 * KEPT_POSTERIORS)

    def learn(self, posterior: Posterior) -> None:
        """Has learnt ``posterior`` over its features; the oldest of too many is carried to one that stays, if known."""
        posteriors = _latest(self._posteriors, posterior.fingerprint, posterior)
        for key in self._posteriors.keys() - posteriors.keys():
            posteriors = self._with_carried(posteriors, self._posteriors[key])
        self._posteriors = posteriors

    def age(self, left: float) -> None:
        """Only the share ``left`` of all that was observed is left."""
        self._posteriors = {key: one.aged(left) for key, one in self._posteriors.items()}

    def _with_carried(self, posteriors: Mapping[str, Posterior], old: Posterior) -> Mapping[str, Posterior]:
        for key, one in reversed(list(posteriors.items())):
            if carrying := self._carryings.get((old.fingerprint, key)):
                return {**posteriors, key: carrying.carried(old, to=one).merged([one])}
        return posteriors

    def _carrying(self, fingerprint: str, space: FeatureSpace) -> Carrying:
        key = fingerprint, space.features.fingerprint
        found = self._carryings.get(key)
        if found is None:
            found = space.carrying_from(self._landmarks[fingerprint])
            self._carryings = _latest(self._carryings, key, found, most=KEPT_POSTERIORS**2)
        return found

    def _before(self, fingerprint: str, dimension: int) -> Posterior:
        return Posterior.before_feedback(self.settings.prior(dimension), fingerprint=fingerprint)


def _latest(
    known: Mapping[_Key, _Value], key: _Key, value: _Value, *, most: int = KEPT_POSTERIORS
) -> Mapping[_Key, _Value]:
    """The latest ``most`` with ``value`` the last."""
    others = [(own, one) for own, one in known.items() if own != key]
    return dict([*others[-(most - 1) :], (key, value)])


def _same(some: list[Posterior], others: list[Posterior]) -> bool:
    return len(some) == len(others) and all(one is other for one, other in zip(some, others, strict=True))
