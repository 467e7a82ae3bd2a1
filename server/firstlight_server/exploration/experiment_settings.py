"""Tenants' experiments, read from a TOML file: one table a tenant. Knows nothing of how they are run."""

import math
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from firstlight_encoder.tokens import TokenType
from firstlight_server.errors import SettingsError
from firstlight_server.exploration.arm_settings import ArmSettings

_EVENT_TYPES = frozenset(one.name.lower() for one in TokenType)
_REWARDS = {"view": 0.1, "cart": 0.5, "favorite": 0.5, "purchase": 1.0}


class ExperimentSettings(BaseModel):
    """Configurations that answer one tenant's users side by side.

    Attributes:
        name: of the drawing; another name draws users anew.
        arms: whose shares sum to 1.
        rewards: of event types, in 0..1; others are worth 0.
        negative_after_s: an item shown so long ago that brought nothing counts as reward 0.
        half_life_h: hours after which an observation counts half.
        learns_from: the items that were explored, or all of a page; if not given, as each arm's ``Slots`` have it:
            those that keep places for new items learn from what was explored.
        most_shown: how often one item may be learnt from with one user, among the user's latest impressions.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(default="experiment", pattern=r"^[a-z0-9][a-z0-9_-]{0,62}$")
    arms: tuple[ArmSettings, ...] = Field(min_length=1, max_length=20)
    rewards: dict[str, float] = Field(default_factory=_REWARDS.copy)
    negative_after_s: float = Field(default=300.0, ge=0, le=86_400)
    half_life_h: float = Field(default=720.0, gt=0, le=1e6)
    learns_from: Literal["explored", "page"] | None = None
    most_shown: int = Field(default=3, ge=1, le=50)

    @field_validator("rewards")
    @classmethod
    def _check_rewards(cls, value: dict[str, float]) -> dict[str, float]:
        for name, reward in value.items():
            if name not in _EVENT_TYPES or not 0 <= reward <= 1:
                raise ValueError(
                    f"{name} = {reward:g} is not an event type ({', '.join(sorted(_EVENT_TYPES))}) in 0..1"
                )
        return value

    @model_validator(mode="after")
    def _check_arms(self) -> Self:
        names = [arm.name for arm in self.arms]
        if twice := [name for name in names if names.count(name) > 1]:
            raise ValueError(f"arm {twice[0]!r} is there twice; give each a name of its own")
        total = sum(arm.share for arm in self.arms)
        if not math.isclose(total, 1, abs_tol=1e-6):
            raise ValueError(f"the arms' shares sum to {total:g}, not to 1")
        return self


def read_experiments(file: Path, *, tenants: Sequence[str] = ()) -> dict[str, ExperimentSettings]:
    """The experiments of every tenant that has one, among the ``tenants`` that are served if only some are.

    Raises:
        SettingsError: the file cannot be read or something in it is wrong; one line that says where.
    """
    try:
        tables = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SettingsError(f"experiments: {file} cannot be read: {error}") from error
    if tenants and (strangers := [one for one in tables if one not in tenants]):
        served = ", ".join(tenants)
        raise SettingsError(f"experiments: {file}: [{strangers[0]}] is no tenant that is served; there are {served}")
    return {tenant: _experiment(file, tenant, table) for tenant, table in tables.items()}


def _experiment(file: Path, tenant: str, table: Any) -> ExperimentSettings:
    try:
        return ExperimentSettings.model_validate(table)
    except ValidationError as error:
        faults = "; ".join(_line(tenant, table, fault) for fault in error.errors())
        raise SettingsError(f"experiments: {file}: {faults}") from error


def _line(tenant: str, table: Any, fault: Mapping[str, Any]) -> str:
    """Where a fault is, with arms by their names, and what it is."""
    parts: list[str] = [tenant]
    place = list(fault["loc"])
    if len(place) > 1 and place[0] == "arms":
        arm: Any = table["arms"][place[1]]
        named = isinstance(arm, Mapping) and "name" in arm
        parts.append(f"arm {arm['name']!r}" if named else f"arm {place[1]}")
        place = place[2:]
    parts += map(str, place)
    what = "no such setting" if fault["type"] == "extra_forbidden" else fault["msg"].removeprefix("Value error, ")
    return f"{', '.join(parts)}: {what}" + ("" if isinstance(fault["input"], dict) else f" (got {fault['input']!r})")
