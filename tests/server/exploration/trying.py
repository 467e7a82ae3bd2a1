"""Asks a loaded snapshot as one arm would answer."""

import time
from typing import Any

import numpy as np

from firstlight_encoder.tokens import TokenType
from firstlight_server.answer import Answer
from firstlight_server.exploration.arm import Arm
from firstlight_server.exploration.arm_settings import ArmSettings
from firstlight_server.exploration.experiment_settings import ExperimentSettings
from firstlight_server.exploration.experiments import Experiment
from firstlight_server.exploration.trial import Trial
from firstlight_server.loaded_snapshot import LoadedSnapshot
from firstlight_server.query import Event, RecommendQuery, Scope
from firstlight_server.question import Newcomer

EVENTS = (Event("i0003", TokenType.PURCHASE),)


def arm(policy: str, **settings: Any) -> Arm:
    """An arm that answers everybody."""
    return Arm(ArmSettings.model_validate({"name": "bold", "policy": policy, "share": 1.0} | settings))


def experiment_of(policy: str) -> Experiment:
    """An experiment of tenant ``shop`` with that arm alone."""
    arms = [{"name": "bold", "policy": policy, "share": 1.0}]
    return Experiment("shop", ExperimentSettings.model_validate({"arms": arms}))


def answered(
    loaded: LoadedSnapshot,
    trying: Arm | None,
    *,
    seed: int | None = 0,
    events: tuple[Event, ...] = EVENTS,
    **scope: Any,
) -> Answer:
    """The answer of an arm by the chance of a seed; None: nothing is to be explored."""
    trial = None if trying is None else Trial(trying, None if seed is None else np.random.default_rng(seed))
    asked: dict[str, Any] = {"page_size": 10} | scope
    query = RecommendQuery(events=events, scope=Scope(**asked), want_reasons=True, trial=trial)
    newcomer = Newcomer(query, loaded.reader.read(query, now_s=time.time()))
    return loaded.recommender.recommend([newcomer], texts={})[0]


def ids(answer: Answer) -> list[str]:
    """The items' ids in their order."""
    return [item.item_id for item in answer.items]
