"""The background task that lets arms learn from feedback as it comes, and keeps what they learnt.

Every `INTERVAL_S` it reads on in the event log, on a thread of its own; a log that fails is asked again at the next
turn, and arms answer by what they know. Knows nothing of requests, nor of how lessons are drawn.
"""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from structlog.typing import FilteringBoundLogger

from firstlight_server.exploration.experiments import Experiments
from firstlight_server.exploration.feedback_log import FeedbackLog
from firstlight_server.exploration.learner import MOST, Learner
from firstlight_server.metrics.arm_metrics import ArmMetrics
from firstlight_store import StoreError

INTERVAL_S = 0.25
"""How often the log is read on, in seconds."""

_KEEP_S = 5.0
"""How often what was learnt is kept, in seconds."""


class Learning:
    """The learners of a server's experiments. Belongs to one event loop."""

    def __init__(
        self,
        experiments: Experiments,
        log: Callable[[], FeedbackLog | None],
        *,
        metrics: ArmMetrics,
        logger: FilteringBoundLogger,
    ) -> None:
        """Takes where the log is; None while it is not open."""
        self._experiments = [one for one in experiments if one.learns]
        self._log = log
        self._metrics = metrics
        self._logger = logger
        self._threads = ThreadPoolExecutor(1, thread_name_prefix="learning")
        self._learners: list[Learner] | None = None
        self._kept_s = time.monotonic()
        self._has_news = False
        self._task = asyncio.create_task(self._run()) if self._experiments else None

    async def close(self) -> None:
        """Keeps what was learnt, and ends."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        await asyncio.to_thread(self._threads.shutdown, wait=True)
        if self._learners is not None and self._has_news:
            with suppress(StoreError):
                await asyncio.to_thread(self._keep, self._learners)

    async def _run(self) -> None:
        while True:
            read, failed = 0, False
            try:
                if (log := self._log()) is not None:
                    read = await asyncio.get_running_loop().run_in_executor(self._threads, self._turn, log)
            except StoreError as error:
                failed = True
                self._logger.warning("feedback could not be learnt from; trying again", fault=str(error))
            except Exception:
                failed = True
                self._logger.exception("learning from feedback failed; trying again")
            if failed or read < MOST:
                await asyncio.sleep(INTERVAL_S)

    def _turn(self, log: FeedbackLog) -> int:
        if self._learners is None:
            self._learners = [Learner(one, log, logger=self._logger) for one in self._experiments]
            self._metrics.learnt(self._learners)
        read = max(learner.learn() for learner in self._learners)
        self._has_news = self._has_news or bool(read)
        if read:
            self._metrics.learnt(self._learners)
        if self._has_news and time.monotonic() - self._kept_s > _KEEP_S:
            self._keep(self._learners)
        return read

    def _keep(self, learners: list[Learner]) -> None:
        for learner in learners:
            learner.keep()
        self._kept_s = time.monotonic()
        self._has_news = False
