"""A real server that explores and learns from a real event log."""

import io
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import grpc.aio

from firstlight_server.app import start
from firstlight_server.logs import json_logger
from firstlight_server.settings import Settings
from tests.server.running import Running


@asynccontextmanager
async def exploring(data_dir: Path, experiments: Path) -> AsyncGenerator[Running]:
    """It serves until the block ends, and keeps events beside the file of experiments."""
    settings = Settings(
        data_dir=data_dir,
        experiments=experiments,
        events_url=f"sqlite:///{experiments.parent / 'events.db'}",
        listen="127.0.0.1:0",
        poll_interval_s=0.05,
        drain_grace_s=2.0,
        metrics_listen="127.0.0.1:0",
        inspect_apart=False,
    )
    told = io.StringIO()
    server = await start(settings, logger=json_logger("debug", stream=told))
    try:
        async with grpc.aio.insecure_channel(f"127.0.0.1:{server.port}") as channel:
            one = Running(server, channel, told)
            await one.until_serving()
            yield one
    finally:
        await server.stop()
