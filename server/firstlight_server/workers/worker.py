"""A worker's program: one whole server, told by its supervisor over socket FD what to be.

Run as `python -m firstlight_server.workers.worker FD`; drains at SIGTERM, at SIGINT, and when its supervisor is gone.
Knows nothing of other workers.
"""

import asyncio
import socket
import sys

import uvloop

from firstlight_server.app import serve
from firstlight_server.errors import ServerError
from firstlight_server.logs import json_logger
from firstlight_server.metrics.endpoint import worker_address
from firstlight_server.settings import Settings
from firstlight_server.workers.link import LISTENING, SERVING, Link, Order
from firstlight_server.workers.status import ExitStatus


async def work(end: socket.socket) -> ExitStatus:
    """Serves over the link's ``end`` until told to stop; how that went."""
    link = await Link.over(end)
    order = await link.order()
    logger = json_logger(order.settings.log_level).bind(worker=order.worker)
    try:
        return await serve(
            _own(order),
            logger=logger,
            listening=lambda: link.say(LISTENING),
            serving=lambda: link.say(SERVING),
            unwanted=asyncio.create_task(link.until_gone()),
        )
    except ServerError as error:
        sys.stderr.write(f"firstlight-server: {error}\n")
        return ExitStatus.BAD_SETTINGS
    finally:
        link.close()


def _own(order: Order) -> Settings:
    """The settings of this worker: its metrics have a port of their own.

    Raises:
        SettingsError: there is no such port.
    """
    address = order.settings.metrics_listen
    if not address:
        return order.settings
    return order.settings.model_copy(update={"metrics_listen": worker_address(address, order.worker)})


if __name__ == "__main__":
    sys.exit(uvloop.run(work(socket.socket(fileno=int(sys.argv[1])))))
