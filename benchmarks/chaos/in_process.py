"""A real server in this process, on a loop and a thread of its own, whose gauges and counts can be read.

Load comes from other processes, so that the two do not share an interpreter's lock. Knows nothing of faults.
"""

import asyncio
import io
import threading
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from firstlight_server.app import Server, start
from firstlight_server.logs import json_logger
from firstlight_server.settings import Settings


@contextmanager
def server_in_thread(data_dir: Path, **settings: object) -> Generator[Server]:
    """Serves ``data_dir`` on a free port until the block ends."""
    values = Settings.model_validate({"data_dir": data_dir, "listen": "127.0.0.1:0", "drain_grace_s": 2.0} | settings)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="server")
    thread.start()
    server = asyncio.run_coroutine_threadsafe(_served(values), loop).result()
    try:
        yield server
    finally:
        asyncio.run_coroutine_threadsafe(server.stop(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _served(settings: Settings) -> Server:
    server = await start(settings, logger=json_logger("error", stream=io.StringIO()))
    await server.until_serving()
    return server
