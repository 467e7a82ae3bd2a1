"""Exploration as a server composes it: the experiments that answer, and the learning behind them.

Knows nothing of requests.
"""

from collections.abc import Callable
from dataclasses import dataclass

from structlog.typing import FilteringBoundLogger

from firstlight_server.exploration.experiment_settings import read_experiments
from firstlight_server.exploration.experiments import Experiments
from firstlight_server.exploration.feedback_log import FeedbackLog
from firstlight_server.exploration.learning import Learning
from firstlight_server.metrics.arm_metrics import ArmMetrics
from firstlight_server.settings import Settings


@dataclass(frozen=True)
class Exploration:
    """The experiments, and what learns for them."""

    experiments: Experiments
    learning: Learning

    async def close(self) -> None:
        """Keeps what was learnt, and ends. The event log has to be open until then."""
        await self.learning.close()


def experiments_of(settings: Settings, *, metrics: ArmMetrics) -> Experiments:
    """The experiments that ``settings`` ask for.

    Raises:
        SettingsError: their file is not sound.
    """
    file = settings.experiments
    return Experiments(read_experiments(file, tenants=settings.tenants) if file else {}, metrics=metrics)


def begin_exploration(
    experiments: Experiments,
    log: Callable[[], FeedbackLog | None],
    *,
    metrics: ArmMetrics,
    logger: FilteringBoundLogger,
) -> Exploration:
    """Begins to learn; ``log`` says where from, None while it is not open."""
    return Exploration(experiments, Learning(experiments, log, metrics=metrics, logger=logger))
