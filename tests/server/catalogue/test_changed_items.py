"""Items added, changed and removed while the catalogue is served: in the next answer, with all that items can do."""

import shutil
from collections.abc import AsyncGenerator
from pathlib import Path

import grpc
import numpy as np
import pytest
import pytest_asyncio

from firstlight.v1 import catalogue_service_pb2 as pb
from firstlight.v1.recommendation_service_pb2 import RecommendRequest, RecommendResponse, SimilarItemsRequest
from firstlight.v1.types_pb2 import AttributeFilter, Declaration, Event, Filter, WarningCode
from firstlight_encoder.second_stage.second_stage import Method
from tests.server.running import Running, running
from tests.server.tiny_snapshot import TinySnapshot

pytestmark = pytest.mark.asyncio(loop_scope="session")
KETTLE = pb.CatalogueItem(
    item_id="kettle",
    title="Golden Tea kettle",
    category=["Grocery", "Drinks", "Tea"],
    brand="Nuovo",
    price=0.5,
    attributes={"size": "tiny", "colour": "red"},
)
ALL = 1_000


@pytest.fixture(scope="module", params=[None, Method.MIX, Method.TREES], ids=["one stage", "mix", "trees"])
def published(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("published")
    TinySnapshot(ranker=request.param).publish(directory)
    return directory


@pytest_asyncio.fixture(loop_scope="session")
async def shop(published: Path, tmp_path: Path) -> AsyncGenerator[Running]:
    shutil.copytree(published, tmp_path / "data")
    async with running(tmp_path / "data") as server:
        yield server


async def upsert(shop: Running, *items: pb.CatalogueItem, tenant: str = "") -> pb.UpsertItemsResponse:
    return await shop.catalogue.UpsertItems(pb.UpsertItemsRequest(items=items, tenant=tenant))


async def delete(shop: Running, *ids: str) -> pb.DeleteItemsResponse:
    return await shop.catalogue.DeleteItems(pb.DeleteItemsRequest(item_ids=ids))


async def recommend(shop: Running, **asked: object) -> RecommendResponse:
    return await shop.recommendations.Recommend(RecommendRequest(**({"page_size": ALL} | asked)))  # type: ignore[arg-type]


async def ids(shop: Running, **asked: object) -> list[str]:
    return [item.item_id for item in (await recommend(shop, **asked)).items]


async def test_a_new_item_is_in_the_very_next_answer(shop: Running) -> None:
    assert "kettle" not in await ids(shop)
    done = await upsert(shop, KETTLE)
    assert (done.added_count, done.replaced_count) == (1, 0)
    for asked in ({}, {"events": [Event(item_id="i0002")]}, {"declarations": [Declaration(text="golden tea kettle")]}):
        assert (await ids(shop, **asked)).count("kettle") == 1
    shown = next(item for item in (await recommend(shop)).items if item.item_id == "kettle")
    assert (shown.title, shown.category, shown.brand) == (KETTLE.title, KETTLE.category, "Nuovo")
    assert shown.price == KETTLE.price


async def test_filters_find_a_new_item_by_all_it_says(shop: Running) -> None:
    await upsert(shop, KETTLE)
    for wanted in (
        Filter(brands=["nuovo"]),
        Filter(max_price=0.6),
        Filter(attributes=[AttributeFilter(key="colour", values=["red"])]),
        Filter(attributes=[AttributeFilter(key="size", values=["tiny"])]),
    ):
        reply = await recommend(shop, filter=wanted, events=[Event(item_id="i0002")])
        assert [item.item_id for item in reply.items] == ["kettle"]
        assert not [one for one in reply.warnings if one.code == WarningCode.WARNING_CODE_UNKNOWN_FILTER_VALUE]
    assert "kettle" in await ids(shop, filter=Filter(categories=["Tea"]))
    assert "kettle" not in await ids(shop, filter=Filter(categories=["Jam"]))
    assert "kettle" not in await ids(shop, exclude_item_ids=["kettle"])


async def test_a_new_item_can_be_clicked_and_compared(shop: Running) -> None:
    await upsert(shop, KETTLE)
    clicked = [Event(item_id="kettle")]
    reply = await recommend(shop, events=clicked, want_reasons=True)
    assert not [one for one in reply.warnings if one.code == WarningCode.WARNING_CODE_UNKNOWN_ITEM]
    assert "kettle" not in [item.item_id for item in reply.items]
    assert "kettle" in await ids(shop, events=clicked, include_seen=True)
    near = await shop.recommendations.SimilarItems(SimilarItemsRequest(item_id="kettle", page_size=3))
    assert len(near.items) == 3
    assert near.items[0].category == ["Grocery", "Drinks", "Tea"]
    back = await shop.recommendations.SimilarItems(SimilarItemsRequest(item_id=near.items[0].item_id, page_size=ALL))
    assert "kettle" in [item.item_id for item in back.items]


async def test_a_removed_item_is_in_no_answer(shop: Running) -> None:
    done = await delete(shop, "i0002", "nobody")
    assert done.deleted_count == 1
    assert [(one.code, one.field) for one in done.warnings] == [(WarningCode.WARNING_CODE_UNKNOWN_ITEM, "item_ids[1]")]
    everything = Filter(include_unavailable=True)
    for asked in (
        {},
        {"events": [Event(item_id="i0006")]},
        {"filter": everything},
        {"filter": Filter(categories=["Tea"])},
    ):
        assert "i0002" not in await ids(shop, **asked)
    reply = await recommend(shop, events=[Event(item_id="i0002")])
    assert WarningCode.WARNING_CODE_UNKNOWN_ITEM in [one.code for one in reply.warnings]
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await shop.recommendations.SimilarItems(SimilarItemsRequest(item_id="i0002"))
    assert caught.value.code() is grpc.StatusCode.NOT_FOUND


async def test_a_price_changes_and_nothing_else_does(shop: Running) -> None:
    asked = {"events": [Event(item_id="i0002")]}
    before = await recommend(shop, **asked)
    old = next(item for item in before.items if item.item_id == "i0001")
    same = pb.CatalogueItem(item_id="i0001", title=old.title, category=old.category, brand=old.brand, price=999.0)
    assert (await upsert(shop, same)).replaced_count == 1
    after = await recommend(shop, **asked)
    assert next(item for item in after.items if item.item_id == "i0001").price == 999.0
    if shop.server.tenants.find("").live.parts.stage is None:  # the second stage reads prices
        assert [item.item_id for item in after.items] == [item.item_id for item in before.items]
        np.testing.assert_allclose([i.score for i in after.items], [i.score for i in before.items], rtol=1e-5)


async def test_new_words_replace_the_old_ones(shop: Running) -> None:
    twin = "i0003"
    before = await shop.recommendations.SimilarItems(SimilarItemsRequest(item_id="i0001", page_size=1))
    words = next(item for item in (await recommend(shop)).items if item.item_id == twin)
    await upsert(shop, pb.CatalogueItem(item_id="i0001", title=words.title, category=words.category, brand=words.brand))
    assert (await ids(shop)).count("i0001") == 1
    near = await shop.recommendations.SimilarItems(SimilarItemsRequest(item_id="i0001", page_size=1))
    assert [item.item_id for item in near.items] == [twin] != [item.item_id for item in before.items]
    assert near.items[0].score == pytest.approx(1.0, abs=1e-5)
    assert "i0001" not in await ids(shop, filter=Filter(categories=["Jam"]))


async def test_an_item_goes_and_comes_back(shop: Running) -> None:
    await upsert(shop, KETTLE)
    await delete(shop, "kettle")
    assert "kettle" not in await ids(shop)
    assert (await upsert(shop, KETTLE)).added_count == 1
    sold_out = pb.CatalogueItem()
    sold_out.CopyFrom(KETTLE)
    sold_out.unavailable = True
    assert (await upsert(shop, sold_out)).replaced_count == 1
    assert "kettle" not in await ids(shop)
    assert "kettle" in await ids(shop, filter=Filter(include_unavailable=True))
