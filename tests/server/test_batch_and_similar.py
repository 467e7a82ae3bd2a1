"""BatchRecommend and SimilarItems over real gRPC."""

import grpc
import numpy as np
import pytest

from firstlight.v1 import recommendation_service_pb2 as pb
from firstlight.v1.types_pb2 import Declaration, Event, Filter
from firstlight_server.loaded_snapshot import LoadedSnapshot
from tests.server.running import Running

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_batch_answers_as_its_requests_would_alone(server: Running) -> None:
    requests = [
        pb.RecommendRequest(request_id="nothing"),
        pb.RecommendRequest(request_id="one", events=[Event(item_id="i0001")], want_reasons=True),
        pb.RecommendRequest(request_id="text", declarations=[Declaration(text="old tea")], page_size=3),
        pb.RecommendRequest(request_id="both", events=[Event(item_id=f"i000{n}") for n in range(8)], tenant="default"),
    ]
    batch = await server.recommendations.BatchRecommend(pb.BatchRecommendRequest(requests=requests))
    for request, together in zip(requests, batch.responses, strict=True):
        alone = await server.recommendations.Recommend(request)
        assert together.request_id == alone.request_id
        assert [item.item_id for item in together.items] == [item.item_id for item in alone.items]
        expected = [item.score for item in alone.items]
        np.testing.assert_allclose([item.score for item in together.items], expected, rtol=1e-5)


async def test_a_batch_names_one_snapshot_and_an_id_for_each_answer(server: Running) -> None:
    batch = await server.recommendations.BatchRecommend(
        pb.BatchRecommendRequest(requests=[pb.RecommendRequest()] * 256)
    )
    assert len({reply.snapshot_id for reply in batch.responses}) == 1
    assert len({reply.request_id for reply in batch.responses}) == 256


async def test_neighbours_are_sorted_by_cosine(server: Running, loaded: LoadedSnapshot) -> None:
    reply = await server.recommendations.SimilarItems(pb.SimilarItemsRequest(item_id="i0007", page_size=53))
    vectors = loaded.snapshot.items_vectors()[:, :-1]
    cosines = {f"i{row:04d}": float(vectors[row] @ vectors[7]) for row in range(54) if row != 7}
    assert [item.item_id for item in reply.items] == sorted(cosines, key=lambda item_id: -cosines[item_id])
    np.testing.assert_allclose([item.score for item in reply.items], sorted(cosines.values(), reverse=True), atol=1e-5)
    assert reply.snapshot_id == loaded.id


async def test_neighbours_obey_filter_and_exclusions(server: Running) -> None:
    request = pb.SimilarItemsRequest(
        item_id="i0007", page_size=60, exclude_item_ids=["i0003"], filter=Filter(categories=["Candles"])
    )
    found = {item.item_id for item in (await server.recommendations.SimilarItems(request)).items}
    assert found == {f"i{row:04d}" for row in range(3, 54, 4)} - {"i0003", "i0007"}


async def test_neighbours_of_an_unknown_item_are_not_found(server: Running) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await server.recommendations.SimilarItems(pb.SimilarItemsRequest(item_id="nobody"))
    assert caught.value.code() is grpc.StatusCode.NOT_FOUND
    assert "'nobody'" in str(caught.value.details())
