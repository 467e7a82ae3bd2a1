"""Supervisor and worker notice each other's death, however it came."""

import asyncio
import socket

import pytest

from firstlight_server.workers.link import SERVING, Link

DEADLINE_S = 10.0


@pytest.mark.parametrize("unread", [False, True], ids=["who had heard everything", "who had not listened"])
async def test_the_other_end_is_gone(unread: bool) -> None:
    mine, theirs = socket.socketpair()
    link = await Link.over(mine)
    if unread:  # then reading fails at this end, instead of ending
        link.say(SERVING)
    theirs.close()
    async with asyncio.timeout(DEADLINE_S):
        await link.until_gone()
    link.close()
