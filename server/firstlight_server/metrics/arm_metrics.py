"""What the arms of experiments answer and learn. Knows nothing of how they choose."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from firstlight_server.answer import Answer
from firstlight_server.metrics.meter import Meter

if TYPE_CHECKING:
    from firstlight_server.exploration.learner import Learner


class ArmMetrics:
    """Counts by tenant and arm."""

    def __init__(self, meter: Meter) -> None:
        by = ("tenant", "arm")
        self._answers = meter.counter(
            "arm_answers", "Answers of an experiment's arm, by what chose them.", *by, "policy"
        )
        self._items = meter.counter("arm_items", "Items shown by an experiment's arm.", *by, "explored")
        self._lessons = meter.gauge("arm_lessons", "Shown items that an arm has learnt from.", *by)
        self._rewards = meter.gauge("arm_rewards", "Rewards that an arm has learnt from, summed.", *by)

    def record(self, answers: Iterable[Answer], *, tenant: str) -> None:
        """Answers of a ``tenant`` that exists."""
        for answer in answers:
            if answer.arm:
                explored = sum(item.explored for item in answer.items)
                self._answers.labels(tenant, answer.arm, answer.policy).inc()
                self._items.labels(tenant, answer.arm, "true").inc(explored)
                self._items.labels(tenant, answer.arm, "false").inc(len(answer.items) - explored)

    def learnt(self, learners: "Iterable[Learner]") -> None:
        """What learners know by now."""
        for learner in learners:
            for name, arm in learner.arms.items():
                self._lessons.labels(learner.tenant, name).set(arm.lessons)
                self._rewards.labels(learner.tenant, name).set(arm.rewards)
