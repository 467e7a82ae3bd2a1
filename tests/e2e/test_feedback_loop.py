"""A day of feedback, from the calls that tell it to the snapshot that learnt it, under a server that goes on."""

import asyncio
import json
import shutil
from collections.abc import Sequence
from pathlib import Path

import polars as pl
import pytest

from firstlight.v1 import catalogue_service_pb2 as pb
from firstlight.v1.recommendation_service_pb2 import RecommendResponse
from firstlight.v1.types_pb2 import AttributeFilter, Event, Filter
from firstlight_indexer.domain_file import load_domain
from firstlight_indexer.fresh_feedback import fresh_feedback
from firstlight_indexer.pipeline import Build, build
from firstlight_store import SnapshotStore
from firstlight_store.catalogue_changes import changes_of
from tests.e2e.conftest import USERS, Shop
from tests.server.feedback import PATIENT, done, export, names, recommend, record, warned
from tests.server.running import Running, running

pytestmark = pytest.mark.asyncio(loop_scope="session")

FEEDBACK = '[feedback]\nevents = "embedded"\n'
EXPERIMENT = """
[default]
name = "first"
arms = [{name = "usual", policy = "greedy", share = 0.5}, {name = "bold", policy = "thompson", share = 0.5}]
"""
EVERYTHING = 1_000


class Night:
    """`firstlight-indexer index`, and what happens while it runs, once it has read what was changed."""

    def __init__(self, shop: Shop, server: Running) -> None:
        self.shop, self.server, self.loop = shop, server, asyncio.get_running_loop()
        self.has_read = False

    async def build(self) -> Build:
        return await asyncio.to_thread(self._build)

    def _build(self) -> Build:
        domain = load_domain(self.shop.folder)
        fresh_feedback(domain, data_dir=self.shop.data_dir, tenant="default")
        store, changes = SnapshotStore(self.shop.data_dir), changes_of(self.shop.data_dir)
        return build(domain, workdir=self.shop.folder / "work", store=store, changes=changes, progress=self._told)

    def _told(self, stage: str, done: int, total: int | None) -> None:
        if (stage, done, self.has_read) == ("clean catalogue", 1, False):
            self.has_read = True
            asyncio.run_coroutine_threadsafe(self._meanwhile(), self.loop).result()

    async def _meanwhile(self) -> None:
        await upsert(self.server, pb.CatalogueItem(item_id="late", title="late green tea", category=["Tea"], price=5))
        await self.server.catalogue.DeleteItems(pb.DeleteItemsRequest(item_ids=["Tea-new"]))
        await record(self.server, done("late-1", "Shoes-red", user="u3"))


async def upsert(server: Running, *items: pb.CatalogueItem) -> None:
    await server.catalogue.UpsertItems(pb.UpsertItemsRequest(items=items))


async def whole_page(server: Running, user: str) -> RecommendResponse:
    return await recommend(server, user, page_size=EVERYTHING, events=[Event(item_id="Tea-red")])


async def drinks(server: Running) -> set[str]:
    """What the build's own tag holds of."""
    tagged = Filter(attributes=[AttributeFilter(key="tag", values=["something to drink"])])
    return set(names(await recommend(server, "", page_size=EVERYTHING, filter=tagged)))


async def test_tonights_build_learns_todays_feedback_and_loses_nothing_of_the_night(shop: Shop, tmp_path: Path) -> None:
    mine = Shop(Path(shutil.copytree(shop.folder, tmp_path / "shop", symlinks=True)))
    mine.write(rest=FEEDBACK)
    (tmp_path / "experiments.toml").write_text(EXPERIMENT)
    async with running(
        mine.data_dir, events_url="embedded", experiments=tmp_path / "experiments.toml", **PATIENT
    ) as server:
        tenant = server.server.tenants.find("")
        shown = [await whole_page(server, f"u{number}") for number in range(6)]
        await _today(server, shown)
        built = await Night(mine, server).build()

        async def taken_over() -> bool:
            return tenant.live_id == built.manifest.snapshot_id

        await server.until(taken_over)
        folded, live = tenant.answering("").parts, tenant.live.parts
        assert len(folded.rows) == len(live.rows) + 1  # what came too late is laid over, and nothing else
        await _tomorrow(server, shown, snapshot_id=built.manifest.snapshot_id)
    changes = changes_of(mine.data_dir)
    assert changes is not None
    assert [one.item_id for one in changes.since("default")] == ["kettle", "Tea-blue", "Tea-old", "late", "Tea-new"]
    _judge(built)


async def _today(server: Running, shown: Sequence[RecommendResponse]) -> None:
    """Items come, change and go; six users and three newcomers do something."""
    kettle = pb.CatalogueItem(item_id="kettle", title="red tea kettle", category=["Tea"], price=5)
    dearer = pb.CatalogueItem(item_id="Tea-blue", title="blue loose leaf tea", category=["Tea"], price=99)
    await upsert(server, kettle, dearer)
    await server.catalogue.DeleteItems(pb.DeleteItemsRequest(item_ids=["Tea-old"]))
    assert await drinks(server) & {"Tea-blue", "kettle"} == {"Tea-blue"}  # tagged until now, and not yet
    seen = [done(f"u-{n}", "Tea-green", user=f"u{n}", request_id=shown[n].request_id) for n in range(6)]
    new = [done(f"n-{n}", item, user=f"new-{n}") for n, item in enumerate(("kettle", "Tea-old", "nowhere"))]
    await record(server, *seen, *new)


async def _tomorrow(server: Running, shown: Sequence[RecommendResponse], *, snapshot_id: str) -> None:
    """The new snapshot answers with all of it, under the same arms, and still knows what the old one showed."""
    assert {"Tea-blue", "kettle"} < await drinks(server)
    pages = [await whole_page(server, f"u{number}") for number in range(6)]
    assert {page.snapshot_id for page in pages} == {snapshot_id}
    assert {"kettle", "late"} <= set(names(pages[0]))
    assert not {"Tea-old", "Tea-new"} & set(names(pages[0]))
    assert [page.stored_event_count for page in pages] == [1, 1, 1, 2, 1, 1]
    assert [(page.arm, page.policy) for page in pages] == [(page.arm, page.policy) for page in shown]
    assert all(page.arm for page in pages)
    answered = await record(server, done("after", "Tea-blue", user="u0", request_id=shown[0].request_id))
    assert warned(answered) == []
    told = {one.snapshot_id for one in (await export(server, "u0")).impressions}
    assert told == {shown[0].snapshot_id, snapshot_id}


def _judge(built: Build) -> None:
    """What was learnt of nine events and four changes, two of each too late."""
    events = pl.read_parquet(built.clean.events)
    assert events["user_id"].n_unique() == USERS + 6 + 1  # of the newcomers, one took an item that there is
    assert events.filter(pl.col("item_id") == "kettle").height == 1
    table = json.loads(built.clean.report_json.read_text())["tables"][1]
    assert table["files"] == ["events.csv", "feedback.parquet"]
    assert {one["reason"]: one["count"] for one in table["drops"]}["item_not_in_catalogue"] == 1  # from nowhere
    with SnapshotStore(built.clean.directory.parents[1] / "snapshots").open() as snapshot:
        items = pl.read_parquet(snapshot.path("items.parquet"))
    assert {"kettle", "Tea-new"} <= set(items["item_id"])
    assert not {"Tea-old", "late"} & set(items["item_id"])
    assert built.item_texts_encoded == 1
