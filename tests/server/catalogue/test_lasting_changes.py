"""Changes of a catalogue last: over restarts, in other servers, under new snapshots; and each tenant's are its own."""

import asyncio
import threading
from collections.abc import Awaitable
from pathlib import Path

import grpc
import pytest

from firstlight.v1 import catalogue_service_pb2 as pb
from firstlight.v1.recommendation_service_pb2 import RecommendRequest
from firstlight.v1.types_pb2 import Event
from tests.server.feedback import PATIENT, done, recommend, record
from tests.server.running import Running, running
from tests.server.scrape import scrape
from tests.server.tiny_snapshot import TinySnapshot

pytestmark = pytest.mark.asyncio(loop_scope="session")
OUTCOMES = ("added", "replaced", "deleted", "too_many")
LAMP = pb.CatalogueItem(item_id="lamp", title="Soft Candles lamp", category=["Home", "Candles"], price=3)


async def ids(server: Running, tenant: str = "") -> list[str]:
    request = RecommendRequest(tenant=tenant, page_size=1_000, events=[Event(item_id="i0007")])
    return [item.item_id for item in (await server.recommendations.Recommend(request)).items]


async def change(server: Running, tenant: str = "") -> None:
    await server.catalogue.UpsertItems(pb.UpsertItemsRequest(items=[LAMP], tenant=tenant))
    await server.catalogue.DeleteItems(pb.DeleteItemsRequest(item_ids=["i0003"], tenant=tenant))


def is_changed(found: list[str]) -> bool:
    return "lamp" in found and "i0003" not in found


async def refusal(call: Awaitable[object]) -> tuple[grpc.StatusCode, str]:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await call
    return caught.value.code(), str(caught.value.details())


async def test_changes_outlive_the_server(tmp_path: Path) -> None:
    TinySnapshot().publish(tmp_path)
    async with running(tmp_path) as server:
        await change(server)
    async with running(tmp_path) as server:
        assert is_changed(await ids(server))


async def test_another_server_of_the_same_directory_answers_with_them_at_once(tmp_path: Path) -> None:
    TinySnapshot().publish(tmp_path)
    async with running(tmp_path) as first, running(tmp_path) as second:
        assert "lamp" not in await ids(second)
        await change(first)
        assert is_changed(await ids(second))
        answers = await asyncio.gather(*(ids(second) for _ in range(8)))
        assert all(map(is_changed, answers))


async def test_two_tenants_never_see_each_others_items(tmp_path: Path) -> None:
    for tenant in ("left", "right"):
        TinySnapshot().publish(tmp_path, tenant)
    async with running(tmp_path, tenants=("left", "right")) as server:
        await change(server, "left")
        assert is_changed(await ids(server, "left"))
        assert not is_changed(await ids(server, "right"))
        code, _ = await refusal(server.catalogue.UpsertItems(pb.UpsertItemsRequest(items=[LAMP], tenant="nobody")))
        assert code is grpc.StatusCode.NOT_FOUND


async def test_a_new_snapshot_without_them_still_answers_with_them(tmp_path: Path) -> None:
    TinySnapshot().publish(tmp_path)
    async with running(tmp_path) as server:
        await change(server)
        other = TinySnapshot(seed=5).publish(tmp_path)  # another space: their texts are read again

        async def taken_over() -> bool:
            return server.server.tenants.find("").live_id == other

        await server.until(taken_over)
        assert is_changed(await ids(server))


async def test_more_changes_than_the_limit_are_refused_with_the_way_out(tmp_path: Path) -> None:
    TinySnapshot().publish(tmp_path)
    async with running(tmp_path, max_catalogue_changes=2) as server:
        await change(server)
        await change(server)  # the same two items
        code, why = await refusal(server.catalogue.DeleteItems(pb.DeleteItemsRequest(item_ids=["i0004"])))
        assert code is grpc.StatusCode.RESOURCE_EXHAUSTED
        assert "make index" in why
        assert "i0004" in await ids(server)


async def test_a_snapshot_without_a_text_encoder_takes_no_items(tmp_path: Path) -> None:
    TinySnapshot(text_encoder=False).publish(tmp_path)
    async with running(tmp_path) as server:
        code, why = await refusal(server.catalogue.UpsertItems(pb.UpsertItemsRequest(items=[LAMP])))
        assert code is grpc.StatusCode.FAILED_PRECONDITION
        assert "text encoder" in why


async def test_a_store_that_cannot_be_written_acknowledges_nothing(tmp_path: Path) -> None:
    TinySnapshot().publish(tmp_path)
    nowhere = f"sqlite:///{tmp_path}/missing/changes.sqlite"
    async with running(tmp_path, catalogue_changes=nowhere) as server:
        code, why = await refusal(server.catalogue.UpsertItems(pb.UpsertItemsRequest(items=[LAMP])))
        assert code is grpc.StatusCode.UNAVAILABLE
        assert "not changed" in why
        assert "lamp" not in await ids(server)


async def test_a_malformed_change_is_told_by_field(tmp_path: Path) -> None:
    TinySnapshot().publish(tmp_path)
    async with running(tmp_path) as server:
        bad = pb.CatalogueItem(item_id="x" * 129, price=float("nan"), category=[" "])
        code, why = await refusal(
            server.catalogue.UpsertItems(pb.UpsertItemsRequest(items=[LAMP, bad, LAMP], request_id="r" * 129))
        )
        assert code is grpc.StatusCode.INVALID_ARGUMENT
        assert "items[1].item_id" in why
        assert "5 more" in why
        spaced = pb.CatalogueItem(item_id="lamp ", title="Lamp")
        code, why = await refusal(server.catalogue.UpsertItems(pb.UpsertItemsRequest(items=[LAMP, spaced])))
        assert (code, "items[1].item_id" in why) == (grpc.StatusCode.INVALID_ARGUMENT, True)
        code, why = await refusal(server.catalogue.DeleteItems(pb.DeleteItemsRequest()))
        assert (code, "item_ids" in why) == (grpc.StatusCode.INVALID_ARGUMENT, True)


async def test_what_the_snapshot_says_already_changes_nothing(tmp_path: Path) -> None:
    TinySnapshot().publish(tmp_path)
    async with running(tmp_path) as server:
        tenant = server.server.tenants.find("")
        items = tenant.live.parts.items
        same = pb.CatalogueItem(
            item_id="i0001",
            title=f"  {items.title(1)}\n",
            category=items.category(1),
            brand=items.brand(1) or "",
            price=items.price(1),
            attributes=dict(items.attributes(1)),
        )
        done = await server.catalogue.UpsertItems(pb.UpsertItemsRequest(items=[same]))
        assert done.replaced_count == 1
        assert tenant.answering("") is tenant.live
        del same.attributes["size"]
        await server.catalogue.UpsertItems(pb.UpsertItemsRequest(items=[same]))
        assert tenant.answering("") is not tenant.live


async def test_changes_are_counted_and_what_a_build_has_yet_to_fold_in(tmp_path: Path) -> None:
    TinySnapshot().publish(tmp_path)
    async with running(tmp_path, max_catalogue_changes=2) as server:
        await change(server)
        await server.catalogue.UpsertItems(pb.UpsertItemsRequest(items=[LAMP]))
        code, _ = await refusal(server.catalogue.DeleteItems(pb.DeleteItemsRequest(item_ids=["i0004"])))
        assert code is grpc.StatusCode.RESOURCE_EXHAUSTED
        told = await scrape(server)
        by = {"tenant": "default"}
        assert [told.value("catalogue_changes_total", outcome=one, **by) for one in OUTCOMES] == [1, 1, 1, 1]
        assert told.value("catalogue_pending_items", **by) == 2
        assert told.value("catalogue_change_seconds_count") == 4
        assert told.value("catalogue_failures_total", work="change") == 0


async def test_changes_that_cannot_be_opened_are_told_and_answers_go_on(tmp_path: Path) -> None:
    TinySnapshot().publish(tmp_path)
    async with running(tmp_path) as server:
        (tmp_path / "catalogue-changes.sqlite").mkdir()
        assert len(await ids(server)) > 10
        code, told = await refusal(server.catalogue.UpsertItems(pb.UpsertItemsRequest(items=[LAMP])))
        assert (code, "the database of catalogue changes" in told) == (grpc.StatusCode.UNAVAILABLE, True)

        async def counted() -> bool:
            return (await scrape(server)).value("catalogue_failures_total", work="follow") > 0

        await server.until(counted)
        assert "changes of the catalogue cannot be read; trying again" in server.log.getvalue()


async def test_a_slow_database_of_changes_holds_no_answer_up_beyond_its_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    TinySnapshot().publish(tmp_path)
    async with running(tmp_path) as first, running(tmp_path) as second:
        free = threading.Event()
        catalogue = second.server.tenants.find("").catalogue
        follow = catalogue.follow

        def slowly() -> None:
            free.wait()
            follow()

        monkeypatch.setattr(catalogue, "follow", slowly)
        await change(first)
        reply = await second.recommendations.Recommend(RecommendRequest(), timeout=2)
        free.set()
        assert len(reply.items) == 10
        assert is_changed(await ids(second))


@pytest.mark.parametrize("name", ["a#b", "a%20b", "a?b"])
async def test_a_directory_of_any_name_keeps_changes_and_events(tmp_path: Path, name: str) -> None:
    TinySnapshot().publish(tmp_path / name)
    async with running(tmp_path / name, events_url="embedded", **PATIENT) as server:
        await change(server)
        await record(server, done("e1", "i0001"))
    async with running(tmp_path / name, events_url="embedded", **PATIENT) as server:
        assert is_changed(await ids(server))
        assert (await recommend(server)).stored_event_count == 1
    assert {path.name for path in tmp_path.iterdir()} == {name}
    assert (tmp_path / name / ".events" / "events.db").exists()
