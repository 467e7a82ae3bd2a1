"""A changed catalogue from the call that changes it to the snapshot that was built with it."""

import shutil
from pathlib import Path

import polars as pl
import pytest

from firstlight.v1 import catalogue_service_pb2 as pb
from firstlight.v1.recommendation_service_pb2 import RecommendRequest
from firstlight.v1.types_pb2 import AttributeFilter, Event, Filter
from firstlight_indexer.domain_file import load_domain
from firstlight_indexer.pipeline import build
from firstlight_store import SnapshotStore
from firstlight_store.catalogue_changes import changes_of
from tests.e2e.conftest import Shop
from tests.server.running import Running, running

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def ids(server: Running) -> list[str]:
    request = RecommendRequest(page_size=1_000, events=[Event(item_id="Tea-red")])
    return [item.item_id for item in (await server.recommendations.Recommend(request)).items]


async def drinks(server: Running) -> set[str]:
    """What the tag of the build holds of."""
    tagged = Filter(attributes=[AttributeFilter(key="tag", values=["something to drink"])])
    reply = await server.recommendations.Recommend(RecommendRequest(page_size=1_000, filter=tagged))
    return {item.item_id for item in reply.items}


async def test_the_next_snapshot_is_built_with_what_was_changed_online(shop: Shop, tmp_path: Path) -> None:
    mine = Shop(Path(shutil.copytree(shop.folder, tmp_path / "shop", symlinks=True)))
    kettle = pb.CatalogueItem(item_id="kettle", title="red tea kettle", category=["Tea"], price=5)
    dearer = pb.CatalogueItem(item_id="Tea-blue", title="blue loose leaf tea", category=["Tea"], price=99)
    async with running(mine.data_dir) as server:
        tenant = server.server.tenants.find("")
        old = tenant.live_id
        await server.catalogue.UpsertItems(pb.UpsertItemsRequest(items=[kettle, dearer]))
        await server.catalogue.DeleteItems(pb.DeleteItemsRequest(item_ids=["Tea-old"]))
        assert tenant.answering("") is not tenant.live
        assert "Tea-blue" in await drinks(server)
        assert "kettle" not in await drinks(server)
        changes = changes_of(mine.data_dir)
        assert changes is not None
        store = SnapshotStore(mine.data_dir)
        built = build(load_domain(mine.folder), workdir=mine.folder / "work", store=store, changes=changes)
        assert built.item_texts_encoded == 1

        async def taken_over() -> bool:
            return tenant.live_id != old

        await server.until(taken_over)
        assert tenant.answering("") is tenant.live  # nothing is left to be laid over
        found = await ids(server)
        assert "kettle" in found
        assert "Tea-old" not in found
        assert {"kettle", "Tea-blue"} < await drinks(server)
        assert [one.item_id for one in changes.since("default")] == ["kettle", "Tea-blue", "Tea-old"]
    with store.open() as snapshot:
        items = pl.read_parquet(snapshot.path("items.parquet"))
        shelf = items.filter(pl.col("category") == ["Tea"])["log_prior"]
        assert items.filter(pl.col("item_id") == "kettle")["log_prior"].item() == pytest.approx(shelf.min())
