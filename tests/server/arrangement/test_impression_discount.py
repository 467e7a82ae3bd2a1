"""What was shown before falls, over a real server and a real log; what was touched does not."""

from pathlib import Path

import pytest

from firstlight.v1.types_pb2 import Reranking
from tests.server.feedback import done, export, kept_in, names, recommend, record
from tests.server.running import running

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_what_was_shown_and_left_alone_falls_and_what_was_touched_does_not(
    published: Path, tmp_path: Path
) -> None:
    rules = Reranking(impression_discount=1.0)
    async with running(published, **kept_in(tmp_path)) as server:
        before = await recommend(server, reranking=rules, include_seen=True)

        async def remembered() -> bool:
            return len((await export(server)).impressions) == 1

        await server.until(remembered)
        await record(server, done("e1", names(before)[1]))
        after = await recommend(server, reranking=rules, include_seen=True, want_reasons=True, unrecorded=True)
        other = await recommend(server, "bert", reranking=rules, unrecorded=True)
    shown, touched = set(names(before)), names(before)[1]
    told = {item.item_id: {reason.rule for reason in item.reasons} for item in after.items}
    assert names(other) == names(before)
    assert len(shown & set(told)) <= 5
    assert "impression_discount" not in told[touched]
    assert all("impression_discount" in told[name] for name in shown & set(told) - {touched})
