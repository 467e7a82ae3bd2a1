"""A changed catalogue from the call that changes it to the snapshot that was built with it."""

import json
from pathlib import Path

import polars as pl
import pytest

from firstlight.v1 import catalogue_service_pb2 as pb
from firstlight.v1.recommendation_service_pb2 import RecommendRequest
from firstlight.v1.types_pb2 import Event
from firstlight_store.catalogue_changes import CatalogueChanges, changes_url
from tests.indexer.toy_shop import write_toy_shop
from tests.indexer.workplace import Workplace
from tests.server.running import Running, running
from tests.shared_export import shared_exports

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def ids(server: Running) -> list[str]:
    request = RecommendRequest(page_size=1_000, events=[Event(item_id="i07")])
    return [item.item_id for item in (await server.recommendations.Recommend(request)).items]


async def test_the_next_snapshot_is_built_with_what_was_changed_online(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    place, data = Workplace(tmp_path), tmp_path / "data"
    write_toy_shop(place.shop)
    place.work.mkdir()
    (place.work / "exported").symlink_to(shared_exports(tmp_path_factory))
    quick = ("--ranker-parts", "0", "--json")
    old = json.loads(place.printed(*quick))["snapshot_id"]
    kettle = pb.CatalogueItem(item_id="kettle", title="red tea kettle", category=["Shop", "Tea"], brand="Leafs")
    async with running(data) as server:
        await server.catalogue.UpsertItems(pb.UpsertItemsRequest(items=[kettle]))
        await server.catalogue.DeleteItems(pb.DeleteItemsRequest(item_ids=["i05"]))
        tenant = server.server.tenants.find("")
        assert tenant.answering("") is not tenant.live
        place.printed(*quick)

        async def taken_over() -> bool:
            return tenant.live_id != old

        await server.until(taken_over)
        assert tenant.answering("") is tenant.live  # nothing is left to be laid over
        found = await ids(server)
        assert "kettle" in found
        assert "i05" not in found
    with place.store.open() as snapshot:
        items = pl.read_parquet(snapshot.path("items.parquet"))
        cold = items.filter(pl.col("item_id") == "kettle")
        same_shelf = items.filter(pl.col("category") == ["Shop", "Tea"])
        assert cold["log_prior"].item() == pytest.approx(same_shelf["log_prior"].min())
    assert [one.item_id for one in CatalogueChanges(changes_url(data)).since("default")] == ["kettle", "i05"]
