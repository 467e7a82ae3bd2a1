"""Progress bars on a terminal for work that takes over a second.

Knows nothing of what the work is.
"""

import time
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

_QUIET_S = 1.0


class ProgressBars:
    """A listener that draws one bar a stage; a stage that ends within a second is never drawn."""

    def __init__(self, console: Console) -> None:
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        self._bars = Progress(*columns, console=console)
        self._tasks: dict[str, TaskID] = {}
        self._begun_s: dict[str, float] = {}

    def __enter__(self) -> "ProgressBars":
        self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bars.stop()

    def __call__(self, stage: str, done: int, total: int | None) -> None:
        """Hears that ``done`` of ``total`` units of ``stage`` are finished."""
        if stage not in self._tasks:
            self._tasks[stage] = self._bars.add_task(stage, total=total, visible=False)
            self._begun_s[stage] = time.monotonic()
        late = time.monotonic() - self._begun_s[stage] > _QUIET_S
        self._bars.update(self._tasks[stage], completed=done, total=total, visible=late)
