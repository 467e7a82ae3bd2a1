"""The experiments of a server's tenants: who is answered by which arm. Knows nothing of pages or logs."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

import numpy as np

from firstlight_server import assignment
from firstlight_server.answer import Answer
from firstlight_server.exploration.arm import Arm
from firstlight_server.exploration.experiment_settings import ExperimentSettings
from firstlight_server.exploration.trial import Trial
from firstlight_server.metrics.arm_metrics import ArmMetrics
from firstlight_server.query import RecommendQuery


class Experiment:
    """One tenant's experiment.

    Attributes:
        tenant: whose.
        settings: what the operator said.
        arms: by name.
    """

    def __init__(self, tenant: str, settings: ExperimentSettings) -> None:
        self.tenant = tenant
        self.settings = settings
        self.arms: Mapping[str, Arm] = {arm.name: Arm(arm) for arm in settings.arms}
        self._in_order = list(self.arms.values())
        self._shares = [arm.share for arm in settings.arms]
        self._drawing = f"experiment/{settings.name}"

    @property
    def learns(self) -> bool:
        """Whether any arm learns from feedback."""
        return any(arm.learns for arm in self.arms.values())

    def arm_of(self, identity: str) -> Arm:
        """The arm that answers whoever ``identity`` names: always the same while name, arms and shares stay."""
        number = assignment.drawn(identity, tenant=self.tenant, drawing=self._drawing, shares=self._shares)
        return self._in_order[number]


class Experiments:
    """All of them, by tenant."""

    def __init__(self, settings: Mapping[str, ExperimentSettings], *, metrics: ArmMetrics) -> None:
        """Takes what is to run, by tenant, and what is told of it."""
        self._metrics = metrics
        self._experiments = {tenant: Experiment(tenant, one) for tenant, one in settings.items()}
        self._chance = np.random.default_rng()

    def __iter__(self) -> Iterator[Experiment]:
        return iter(self._experiments.values())

    def __contains__(self, tenant: object) -> bool:
        return tenant in self._experiments

    def entered(self, query: RecommendQuery, *, tenant: str, identity: str) -> RecommendQuery:
        """The query with the trial that its user takes part in; itself where the tenant has no experiment."""
        experiment = self._experiments.get(tenant)
        if experiment is None:
            return query
        arm = experiment.arm_of(identity)
        explores = arm.explores and query.explores
        generator = np.random.default_rng(int(self._chance.integers(2**63))) if explores else None
        return replace(query, trial=Trial(arm, generator))

    def answered(self, answers: Iterable[Answer], *, tenant: str) -> None:
        """Counts a tenant's answers by their arms, where it has any."""
        if tenant in self._experiments:
            self._metrics.record(answers, tenant=tenant)
