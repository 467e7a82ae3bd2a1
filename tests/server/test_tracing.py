"""Traces of a real server, as a real OTLP collector receives them."""

import json
import re
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import grpc
import pytest
from opentelemetry.proto.trace.v1.trace_pb2 import Span
from opentelemetry.proto.trace.v1.trace_pb2 import Status as SpanStatus

from firstlight.v1 import recommendation_service_pb2 as pb
from firstlight.v1.types_pb2 import Declaration
from firstlight_server.errors import SettingsError
from firstlight_server.recommender import Recommender
from firstlight_server.settings import load_settings
from tests.server.otlp_collector import OtlpCollector, attributes, collecting
from tests.server.running import Running, running
from tests.server.tiny_snapshot import TinySnapshot

TRACE_ID, PARENT_ID = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
SAMPLED = (("traceparent", f"00-{TRACE_ID}-{PARENT_ID}-01"),)
NOT_SAMPLED = (("traceparent", f"00-{TRACE_ID}-{PARENT_ID}-00"),)


@asynccontextmanager
async def traced(data_dir: Path, collector: OtlpCollector, *, ratio: float = 1.0) -> AsyncGenerator[Running]:
    """A server whose spans have reached the collector when the block ends."""
    endpoint = f"http://127.0.0.1:{collector.port}"
    async with running(data_dir, otlp_endpoint=endpoint, trace_sample_ratio=ratio) as server:
        yield server


def root(collector: OtlpCollector) -> Span:
    (span,) = [one for one in collector.spans if one.kind == Span.SPAN_KIND_SERVER]
    return span


async def ask(server: Running, **words: str) -> pb.RecommendResponse:
    declarations = [Declaration(text=text) for text in words.values()]
    return await server.recommendations.Recommend(pb.RecommendRequest(declarations=declarations, request_id="traced"))


async def test_a_call_is_a_span_with_its_stages_as_children(published: Path) -> None:
    with collecting() as collector:
        async with traced(published, collector) as server:
            reply = await ask(server, text="never heard before")
            line = next(json.loads(one) for one in server.log.getvalue().splitlines() if '"traced"' in one)
        span = root(collector)
        children = {one.name for one in collector.spans if one.parent_span_id == span.span_id}
    assert span.name == "firstlight.v1.RecommendationService/Recommend"
    assert children == {"read", "answer", "encode"}
    assert line["trace_id"] == span.trace_id.hex()
    assert attributes(span) == {
        "rpc.system": "grpc",
        "rpc.service": "firstlight.v1.RecommendationService",
        "rpc.method": "Recommend",
        "rpc.grpc.status_code": 0,
        "firstlight.request_id": "traced",
        "firstlight.tenant": "default",
        "firstlight.snapshot_id": reply.snapshot_id,
    }
    assert [
        one.value.string_value for one in collector.resources[0].resource.attributes if one.key == "service.name"
    ] == ["firstlight-server"]


async def test_a_callers_trace_goes_on(published: Path) -> None:
    with collecting() as collector:
        async with traced(published, collector, ratio=0) as server:
            await server.recommendations.Recommend(pb.RecommendRequest(), metadata=SAMPLED)
        span = root(collector)
    assert (span.trace_id.hex(), span.parent_span_id.hex()) == (TRACE_ID, PARENT_ID)


async def test_neither_unsampled_calls_nor_health_checks_are_traced(published: Path) -> None:
    with collecting() as collector:
        async with traced(published, collector) as server:
            await server.recommendations.Recommend(pb.RecommendRequest(), metadata=NOT_SAMPLED)
            await server.health()
        async with traced(published, collector, ratio=0) as server:
            await ask(server)
        assert collector.spans == []


@pytest.mark.parametrize("value", ["nonsense", "00-" + "0" * 32 + "-" + "0" * 16 + "-01"], ids=["garbage", "zeros"])
async def test_a_malformed_traceparent_starts_a_trace_of_its_own(published: Path, value: str) -> None:
    with collecting() as collector:
        async with traced(published, collector) as server:
            await server.recommendations.Recommend(pb.RecommendRequest(), metadata=(("traceparent", value),))
        assert root(collector).parent_span_id == b""


async def test_only_the_servers_own_faults_are_errors_of_a_trace(tmp_path: Path) -> None:
    TinySnapshot().publish(tmp_path)
    with collecting() as collector:
        async with traced(tmp_path, collector) as server:
            with pytest.raises(grpc.aio.AioRpcError):
                await server.recommendations.Recommend(pb.RecommendRequest(page_size=-1))
            object.__setattr__(server.server.tenants.find("").live, "recommender", object.__new__(Recommender))
            with pytest.raises(grpc.aio.AioRpcError):
                await server.recommendations.Recommend(pb.RecommendRequest())
        roots = [one for one in collector.spans if one.kind == Span.SPAN_KIND_SERVER]
    assert {attributes(one)["rpc.grpc.status_code"]: one.status.code for one in roots} == {
        3: SpanStatus.STATUS_CODE_UNSET,
        13: SpanStatus.STATUS_CODE_ERROR,
    }


async def test_a_collector_that_is_away_stops_nobody_and_is_complained_of(published: Path) -> None:
    with collecting() as collector:
        pass
    async with traced(published, collector) as server:
        assert len((await ask(server)).items) == 10
    assert '"event": "tracing"' in server.log.getvalue()


async def test_tracing_without_its_extra_is_refused_with_the_way_out(
    published: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "firstlight_server.tracing", None)  # as where its imports fail
    with pytest.raises(SettingsError, match=re.escape("pip install 'firstlight[tracing]'")):
        async with running(published, otlp_endpoint="http://localhost:4317"):
            pass


@pytest.mark.parametrize("endpoint", ["localhost:4317", "grpc://h:1", "http://", "http://h:1/v1/traces"])
def test_an_endpoint_that_is_no_url_of_a_collector_is_refused(endpoint: str) -> None:
    with pytest.raises(SettingsError, match="is not a URL such as http://localhost:4317"):
        load_settings({"otlp_endpoint": endpoint}, environment={})
