"""Progress as bars on a terminal, one for each stage. Knows nothing of what is being done."""

from collections.abc import Generator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from firstlight_indexer.progress import Progress as Listener


@contextmanager
def progress_bars(console: Console) -> Generator[Listener]:
    """Gives a listener whose stages are drawn on ``console`` until the block ends."""
    columns = (
        TextColumn("{task.description:<18}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console) as bars:
        tasks: dict[str, TaskID] = {}

        def listen(stage: str, done: int, total: int | None) -> None:
            if stage not in tasks:
                tasks[stage] = bars.add_task(stage, total=total)
            # A stage with nothing to do is done.
            shown = (1, 1) if total == 0 else (done, total)
            bars.update(tasks[stage], completed=shown[0], total=shown[1])

        yield listen
