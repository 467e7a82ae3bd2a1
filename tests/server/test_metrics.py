"""What Prometheus reads of a real server after real calls."""

import asyncio
import socket
from pathlib import Path

import grpc
import pytest
from grpc_health.v1.health_pb2 import HealthCheckRequest, HealthCheckResponse

from firstlight.v1 import index_service_pb2 as index_pb
from firstlight.v1 import recommendation_service_pb2 as pb
from firstlight.v1.types_pb2 import Declaration, Event, Source
from firstlight_server.errors import SettingsError
from firstlight_server.metrics.endpoint import worker_address
from tests.server.running import Running, running
from tests.server.scrape import scrape
from tests.server.tiny_snapshot import TinySnapshot

pytestmark = pytest.mark.asyncio(loop_scope="session")

RECOMMEND = "firstlight.v1.RecommendationService/Recommend"
LIVE = {"tenant": "default", "snapshot": "live"}


async def test_a_call_is_counted_by_method_status_and_tenant_and_its_duration_lands_in_a_bucket(
    server: Running,
) -> None:
    before = await scrape(server)
    await server.recommendations.Recommend(pb.RecommendRequest())
    after = await scrape(server)
    labels = {"method": RECOMMEND, "code": "OK", "snapshot": "live"}
    for name, more in (
        ("requests_total", {"tenant": "default"}),
        ("request_duration_seconds_count", {}),
        ("request_duration_seconds_bucket", {"le": "10.0"}),
    ):
        assert after.value(name, **labels, **more) == before.value(name, **labels, **more) + 1
    assert after.value("requests_in_flight", method=RECOMMEND) == 0


async def test_a_refused_call_is_counted_by_its_status(server: Running) -> None:
    labels = {"method": RECOMMEND, "code": "INVALID_ARGUMENT", "tenant": "default", "snapshot": "live"}
    before = (await scrape(server)).value("requests_total", **labels)
    with pytest.raises(grpc.aio.AioRpcError):
        await server.recommendations.Recommend(pb.RecommendRequest(page_size=-1))
    assert (await scrape(server)).value("requests_total", **labels) == before + 1


async def test_no_caller_can_make_a_label(server: Running) -> None:
    for number in range(3):
        with pytest.raises(grpc.aio.AioRpcError):
            await server.recommendations.Recommend(pb.RecommendRequest(tenant=f"made-up-{number}"))
        method = server.channel.unary_unary(
            f"/made.up/Method{number}", request_serializer=bytes, response_deserializer=bytes
        )
        with pytest.raises(grpc.aio.AioRpcError):
            await method(b"")
    labels = (await scrape(server)).labels("requests_total")
    assert "made" not in str(labels)
    assert {"method": RECOMMEND, "code": "NOT_FOUND", "tenant": "other", "snapshot": ""} in labels
    assert {"method": "other", "code": "UNIMPLEMENTED", "tenant": "", "snapshot": ""} in labels


async def test_open_streams_are_in_flight_until_they_end(server: Running) -> None:
    watch = server.channel.unary_stream(
        "/grpc.health.v1.Health/Watch",
        request_serializer=HealthCheckRequest.SerializeToString,
        response_deserializer=HealthCheckResponse.FromString,
    )(HealthCheckRequest())
    await anext(aiter(watch))
    labels = {"method": "grpc.health.v1.Health/Watch"}
    assert (await scrape(server)).value("requests_in_flight", **labels) == 1
    watch.cancel()

    async def ended() -> bool:
        return (await scrape(server)).value("requests_in_flight", **labels) == 0

    await server.until(ended)
    found = await scrape(server)
    assert found.value("requests_total", **labels, code="CANCELLED", tenant="", snapshot="") == 1


async def test_answers_are_counted_by_source_warning_and_confidence(server: Running) -> None:
    before = await scrape(server)
    await server.recommendations.Recommend(pb.RecommendRequest(page_size=7))
    events = [Event(item_id="i0001"), Event(item_id="nowhere")]
    reply = await server.recommendations.Recommend(pb.RecommendRequest(events=events, page_size=3))
    after = await scrape(server)

    def grown(name: str, **labels: str) -> float:
        return after.value(name, **LIVE, **labels) - before.value(name, **LIVE, **labels)

    assert grown("answered_items_total", source="prior") == 7
    assert grown("answered_items_total", source="model") == 3
    assert grown("warnings_total", code="unknown_item") == 1
    assert grown("answer_confidence_ratio_count") == 2
    assert grown("answer_confidence_ratio_sum") >= reply.confidence


async def test_an_answer_of_several_sources_counts_each(server: Running) -> None:
    before = await scrape(server)
    request = pb.RecommendRequest(events=[Event(item_id="i0001")], declarations=[Declaration(category="Tea")])
    reply = await server.recommendations.Recommend(request)
    after = await scrape(server)
    for source in ("model", "declared"):
        name, labels = "answered_items_total", LIVE | {"source": source}
        wanted = sum(Source.Name(item.source).lower().endswith(source) for item in reply.items)
        assert after.value(name, **labels) - before.value(name, **labels) == wanted


async def test_texts_are_counted_as_remembered_or_encoded_and_searches_by_their_batch(server: Running) -> None:
    before = await scrape(server)
    request = pb.RecommendRequest(declarations=[Declaration(text="counted once")])
    for _ in range(2):
        await server.recommendations.Recommend(request)
    await server.recommendations.BatchRecommend(pb.BatchRecommendRequest(requests=[pb.RecommendRequest()] * 5))
    after = await scrape(server)
    for name, labels, wanted in (
        ("text_cache_lookups_total", {"result": "miss"}, 1),
        ("text_cache_lookups_total", {"result": "hit"}, 1),
        ("encode_batch_texts_sum", {}, 1),
        ("encode_duration_seconds_count", {}, 1),
        ("search_batch_queries_count", {}, 3),
        ("search_batch_queries_sum", {}, 7),
    ):
        assert after.value(name, **labels) - before.value(name, **labels) == wanted, (name, labels)


async def test_each_tenant_says_which_snapshot_it_serves_and_what_became_of_the_others(tmp_path: Path) -> None:
    tiny = TinySnapshot()
    old_id = tiny.publish(tmp_path)
    async with running(tmp_path) as server:
        (info,) = (await scrape(server)).labels("snapshot_info")
        assert info == LIVE | {"id": old_id, "domain": "tiny", "index": "Flat"}
        new_id = await asyncio.to_thread(TinySnapshot(seed=1).publish, tmp_path)
        await asyncio.to_thread(TinySnapshot(space=False).publish, tmp_path, activate=False)
        await server.until(lambda: _serves(server, new_id))
        bad_id = next(s.id for s in (await server.index.ListSnapshots(_ALL)).snapshots if s.id not in {old_id, new_id})
        with pytest.raises(grpc.aio.AioRpcError):
            await server.index.ActivateSnapshot(index_pb.ActivateSnapshotRequest(snapshot_id=bad_id))
        found = await scrape(server)
        snapshot = (await server.index.GetSnapshot(index_pb.GetSnapshotRequest())).snapshot
    assert [labels["id"] for labels in found.labels("snapshot_info")] == [new_id]
    assert found.value("snapshot_items", **LIVE) == tiny.items
    assert found.value("snapshot_recall_at_10_ratio", **LIVE) == pytest.approx(snapshot.recall_at_10)
    created_s = pytest.approx(snapshot.created_at.ToSeconds(), abs=1)
    assert found.value("snapshot_created_timestamp_seconds", **LIVE) == created_s
    assert found.value("snapshot_swaps_total", tenant="default") == 2
    assert found.value("snapshot_refusals_total", tenant="default", reason="missing_file") == 1
    assert found.value("serving") == 1


_ALL = index_pb.ListSnapshotsRequest()


async def _serves(server: Running, snapshot_id: str) -> bool:
    return (await server.index.GetSnapshot(index_pb.GetSnapshotRequest())).snapshot.id == snapshot_id


async def test_a_server_with_nothing_to_serve_says_so(tmp_path: Path) -> None:
    async with running(tmp_path, wait=False) as server:
        found = await scrape(server)
    assert found.value("serving") == 0
    assert found.labels("snapshot_info") == []


async def test_two_servers_of_one_process_count_apart(published: Path, server: Running) -> None:
    async with running(published) as other:
        await server.recommendations.Recommend(pb.RecommendRequest())
        assert (await scrape(other)).labels("answered_items_total") == []


async def test_metrics_can_be_switched_off(published: Path) -> None:
    async with running(published, metrics_listen="") as server:
        assert server.server.metrics_port is None
        assert len((await server.recommendations.Recommend(pb.RecommendRequest())).items) == 10


async def test_a_taken_port_is_named_with_the_way_out(published: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(SettingsError, match=f"metrics_listen: {address} cannot be listened on; is the port taken"):
            async with running(published, metrics_listen=address):
                pass


async def test_a_scraper_that_hangs_holds_up_neither_calls_nor_other_scrapes(server: Running) -> None:
    port = server.server.metrics_port
    assert port is not None
    with socket.create_connection(("127.0.0.1", port)) as hangs:
        hangs.sendall(b"GET /metrics HTTP/1.1\r\n")
        assert len((await server.recommendations.Recommend(pb.RecommendRequest(), timeout=5)).items) == 10
        await scrape(server)


@pytest.mark.parametrize(
    ("address", "worker", "wanted"),
    [
        pytest.param("127.0.0.1:9464", 0, "127.0.0.1:9464", id="the first worker has the port itself"),
        pytest.param("[::1]:9464", 3, "[::1]:9467", id="each further one the next"),
        pytest.param("127.0.0.1:0", 2, "127.0.0.1:0", id="a free port stays a free port"),
        pytest.param("", 2, "", id="off stays off"),
    ],
)
async def test_every_worker_has_an_address_of_its_own(address: str, worker: int, wanted: str) -> None:
    assert worker_address(address, worker) == wanted


async def test_a_worker_beyond_the_last_port_is_refused() -> None:
    with pytest.raises(SettingsError, match="worker 2 would need port 65537"):
        worker_address("127.0.0.1:65535", 2)
