"""A real server that explores and learns from a real event log."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.server.feedback import kept_in
from tests.server.running import Running, running


@asynccontextmanager
async def exploring(data_dir: Path, experiments: Path) -> AsyncGenerator[Running]:
    """It serves until the block ends; its event log lies beside its ``experiments``."""
    async with running(data_dir, experiments=experiments, **kept_in(experiments.parent)) as one:
        yield one
