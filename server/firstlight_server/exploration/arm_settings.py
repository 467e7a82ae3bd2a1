"""What an operator says of one arm of an experiment. Knows nothing of how it is drawn or what it has learnt."""

from collections.abc import Mapping
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from firstlight_encoder.errors import ExplorationError
from firstlight_encoder.exploration import (
    EpsilonGreedy,
    Explorer,
    Greedy,
    LinUcb,
    Policy,
    Prior,
    Slots,
    Softmax,
    Thompson,
)
from firstlight_encoder.exploration.features import ITEM_PRECISION, PRECISION, SCORE_WEIGHT, prior_of

PolicyName = Literal["greedy", "epsilon_greedy", "softmax", "thompson", "linucb"]

_POLICIES: Mapping[PolicyName, tuple[type[Policy], frozenset[str]]] = {
    "greedy": (Greedy, frozenset({"learns"})),
    "epsilon_greedy": (EpsilonGreedy, frozenset({"epsilon", "learns"})),
    "softmax": (Softmax, frozenset({"temperature", "epsilon", "learns"})),
    "thompson": (Thompson, frozenset({"epsilon", "scale", "draws"})),
    "linucb": (LinUcb, frozenset({"epsilon", "alpha"})),
}
"""Each policy, and which of the settings below it reads."""

_READ_BY_SOME = ("epsilon", "temperature", "scale", "draws", "alpha", "learns")


class ArmSettings(BaseModel):
    """One configuration that answers a share of users. What is not given is the policy's own default.

    Attributes:
        name: in replies, logs and metrics; what it learns is kept under it.
        policy: how it chooses.
        share: of users, above 0.
        max_slots: places of a page that may explore.
        max_new: how many of them may show new items.
        first_place: the first place that may, from 1.
        new_places: places, from 1, kept for new items; then no other place explores.
        epsilon: how often the choice is even.
        temperature: of softmax, in nats of score, or in rewards where it learns.
        scale: of Thompson sampling's deviations.
        draws: of Thompson sampling, a page.
        alpha: LinUCB's deviations.
        learns: whether greedy, epsilon_greedy or softmax rank by what was learnt.
        crossed: whether what is learnt depends on the user.
        precision: how many observations the prior counts for.
        item_precision: how many observations of a new item the prior of its own term counts for; inf: it has none.
        score_weight: what the ranking's score is worth before any feedback, in rewards.
        most_weight: an observation counts 1 / propensity, at most this.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,62}$")
    policy: PolicyName
    share: float = Field(gt=0, le=1)
    max_slots: int = Field(default=2, ge=0, le=1_000)
    max_new: int = Field(default=1, ge=0, le=1_000)
    first_place: int = Field(default=1, ge=1, le=1_000)
    new_places: tuple[int, ...] = Field(default=(), max_length=1_000)
    epsilon: float | None = None
    temperature: float | None = None
    scale: float | None = None
    draws: int | None = Field(default=None, le=1_024)
    alpha: float | None = None
    learns: bool | None = None
    crossed: bool = False
    precision: float = Field(default=PRECISION, gt=0, le=1e9)
    item_precision: float = Field(default=ITEM_PRECISION, gt=0)
    score_weight: float = Field(default=SCORE_WEIGHT, ge=0, le=1e3)
    most_weight: float = Field(default=1.0, ge=1, le=1e3)

    @model_validator(mode="after")
    def _check_policy(self) -> Self:
        read = _POLICIES[self.policy][1]
        if unread := [name for name in _READ_BY_SOME if getattr(self, name) is not None and name not in read]:
            raise ValueError(f"{unread[0]} does nothing with policy {self.policy!r}, which reads {sorted(read)}")
        try:
            self.explorer()
        except ExplorationError as error:
            raise ValueError(str(error)) from error
        return self

    def prior(self, dimension: int) -> Prior:
        """What is believed before any feedback, over so many features."""
        return prior_of(
            dimension,
            score_weight=self.score_weight,
            precision=self.precision,
            item_precision=self.item_precision,
        )

    def explorer(self) -> Explorer:
        """The policy within its slots."""
        make, read = _POLICIES[self.policy]
        given: dict[str, Any] = {name: value for name in read if (value := getattr(self, name)) is not None}
        return Explorer(make(**given), Slots(self.max_slots, self.max_new, self.first_place, self.new_places))
