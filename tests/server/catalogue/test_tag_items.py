"""TagItems over real gRPC: tags of known and of sent items, calibrated on the catalogue's own categories."""

from collections.abc import AsyncGenerator

import grpc
import pytest
import pytest_asyncio

from firstlight.v1 import catalogue_service_pb2 as pb
from tests.server.running import Running, running
from tests.server.tiny_snapshot import TinySnapshot

pytestmark = pytest.mark.asyncio(loop_scope="session")
TAGS = ["Tea", "Candles", "Cold cereal", "Jam"]


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def shop(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Running]:
    directory = tmp_path_factory.mktemp("data")
    TinySnapshot().publish(directory)
    async with running(directory) as server:
        yield server


async def tagged(shop: Running, **asked: object) -> pb.TagItemsResponse:
    return await shop.catalogue.TagItems(pb.TagItemsRequest(**asked))  # type: ignore[arg-type]


async def test_tags_are_told_of_known_and_of_sent_items_in_order(shop: Running) -> None:
    sent = pb.CatalogueItem(item_id="sent", title="Plain Tea 2", category=["Grocery", "Drinks", "Tea"])
    reply = await tagged(shop, item_ids=["i0001", "nobody", "i0003"], items=[sent], tags=TAGS, min_confidence=0)
    assert [item.item_id for item in reply.items] == ["i0001", "i0003", "sent"]
    for item in reply.items:
        sure = [tag.confidence for tag in item.tags]
        assert sorted(tag.name for tag in item.tags) == sorted(TAGS)
        assert sure == sorted(sure, reverse=True)
        assert all(0 <= one <= 1 for one in sure)
    assert [warning.field for warning in reply.warnings] == ["item_ids[1]"]
    assert reply.snapshot_id
    assert reply.request_id


async def test_a_bar_leaves_out_what_is_less_sure(shop: Running) -> None:
    everything = await tagged(shop, item_ids=["i0001"], tags=TAGS, min_confidence=0)
    bar = everything.items[0].tags[1].confidence
    some = await tagged(shop, item_ids=["i0001"], tags=TAGS, min_confidence=bar)
    assert [tag.name for tag in some.items[0].tags] == [tag.name for tag in everything.items[0].tags[:2]]
    usual = await tagged(shop, item_ids=["i0001"], tags=TAGS)
    assert len(usual.items[0].tags) < len(TAGS)


async def test_items_added_online_can_be_tagged(shop: Running) -> None:
    item = pb.CatalogueItem(item_id="fresh", title="Candles")
    await shop.catalogue.UpsertItems(pb.UpsertItemsRequest(items=[item]))
    reply = await tagged(shop, item_ids=["fresh"], tags=["Candles"], min_confidence=0)
    assert reply.items[0].tags[0].confidence > 0.5


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"tags": TAGS}, "items"),
        ({"item_ids": ["i0001"]}, "tags"),
        ({"item_ids": ["i0001"], "tags": [" "]}, "tags[0]"),
        ({"item_ids": ["i0001"], "tags": ["Tea", "Tea"]}, "tags[1]"),
        ({"item_ids": ["i0001"], "tags": TAGS, "min_confidence": float("nan")}, "min_confidence"),
        ({"items": [pb.CatalogueItem(item_id="a")], "tags": TAGS}, "items[0].title"),
    ],
)
async def test_a_malformed_question_is_told_by_field(shop: Running, asked: dict[str, object], field: str) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await tagged(shop, **asked)
    assert caught.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert str(caught.value.details()).startswith(field)
