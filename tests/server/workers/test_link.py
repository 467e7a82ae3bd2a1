"""Supervisor and worker notice each other's death, however it came."""

import asyncio
import socket

import pytest

from firstlight_server.workers.link import SERVING, Link

DEADLINE_S = 10.0
MOMENT_S = 0.05


@pytest.mark.parametrize("unread", [False, True], ids=["who had heard everything", "who had not listened"])
async def test_the_other_end_is_gone_when_it_is_and_not_before(unread: bool) -> None:
    mine, theirs = socket.socketpair()
    link = await Link.over(mine)
    gone = asyncio.create_task(link.until_gone())
    if unread:  # then reading fails at this end, instead of ending
        link.say(SERVING)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(asyncio.shield(gone), MOMENT_S)
    theirs.close()
    await asyncio.wait([gone], timeout=DEADLINE_S)
    assert gone.done()
    assert gone.exception() is None
    link.close()
