"""What supervisor and worker tell each other over a socket pair: the settings there, how far the start has come back.

Its end is news too: either side notices the other's death. Knows nothing of processes.
"""

import asyncio
import json
import socket
from contextlib import suppress
from dataclasses import dataclass

from firstlight_server.settings import Settings

LISTENING = b"listening\n"
SERVING = b"serving\n"


@dataclass(frozen=True)
class Order:
    """What a worker is told: its number, from 0, and its settings."""

    worker: int
    settings: Settings


class Link:
    """One end of the pair."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def over(cls, end: socket.socket) -> "Link":
        """The link over one end of a socket pair, which it owns from here on."""
        return cls(*await asyncio.open_connection(sock=end))

    def give(self, order: Order) -> None:
        """Tells a worker what to do."""
        self.say(json.dumps([order.worker, order.settings.model_dump(mode="json")]).encode() + b"\n")

    async def order(self) -> Order:
        """Waits for what the supervisor says."""
        worker, settings = json.loads(await self._reader.readline())
        return Order(worker, Settings.model_validate(settings))

    def say(self, line: bytes) -> None:
        """Sends a line."""
        self._writer.write(line)

    async def heard(self, line: bytes) -> bool:
        """Waits for the next line; whether it was ``line``: False if the other end is gone."""
        try:
            return await self._reader.readline() == line
        except ConnectionError:
            return False

    async def until_gone(self) -> None:
        """Waits until the other end is gone."""
        with suppress(ConnectionError):  # it died before it read what was said
            while await self._reader.readline():
                pass

    def close(self) -> None:
        """Ends it."""
        self._writer.close()
