"""Each method of both clients against a real server: what arrives there, and what comes back."""

import asyncio
import threading
from datetime import UTC, datetime

import pytest

from firstlight import (
    Activation,
    AsyncClient,
    Cancelled,
    Client,
    ClientClosed,
    Declaration,
    Event,
    FailedPrecondition,
    Filter,
    NotFound,
    Query,
    Recommendation,
)
from firstlight.testing import FakeServer

ASKED = Query(
    events=[Event.purchase("cereal-1", timestamp=datetime(2026, 1, 1, tzinfo=UTC)), Event.rating("milk-1", -2)],
    declarations=[Declaration.category("Tea", weight=-0.5), Declaration.text("warm")],
    page_size=3,
    exclude=["oats-1"],
    filter=Filter(categories=["Grocery"], max_price=9, attributes={"size": ["14 oz"]}),
    want_reasons=True,
    include_seen=True,
    request_id="r-1",
    user_id="u-1",
)


def test_what_is_asked_is_what_arrives(server: FakeServer, client: Client) -> None:
    client.recommend(
        events=ASKED.events,
        declarations=ASKED.declarations,
        page_size=3,
        exclude=["oats-1"],
        filter=ASKED.filter,
        want_reasons=True,
        include_seen=True,
        request_id="r-1",
        user_id="u-1",
    )
    assert server.received[0].query == ASKED


def test_short_interests_arrive_as_declarations(server: FakeServer, client: Client) -> None:
    client.recommend(categories=["Tea"], brands=["Harbour"], text="warm")
    expected = (Declaration.category("Tea"), Declaration.brand("Harbour"), Declaration.text("warm"))
    assert server.received[0].query.declarations == expected


def test_the_answer_carries_items_reasons_snapshot_and_request_id(client: Client) -> None:
    answer = client.recommend(categories=["Cold cereal"], page_size=2, want_reasons=True, request_id="r-9")
    assert answer.item_ids == ("cereal-1", "cereal-2")
    assert len(answer) == 2
    assert [item.title for item in answer] == ["Corn flakes", "Honey oat rings"]
    assert answer.items[0].reasons[0].text
    assert (answer.snapshot_id, answer.request_id) == ("s-00000000000b", "r-9")


def test_each_call_makes_an_id_of_its_own_where_none_is_given(server: FakeServer, client: Client) -> None:
    first, second = client.recommend(), client.recommend()
    assert len({first.request_id, second.request_id}) == 2
    assert [call.metadata["x-request-id"] for call in server.received] == [first.request_id, second.request_id]


def test_the_tenant_travels_in_the_metadata_too_where_it_can(server: FakeServer, client: Client) -> None:
    client.recommend()
    assert server.received[0].metadata["x-tenant"] == client.config.tenant
    with pytest.raises(NotFound):
        client.recommend(tenant="größe")
    assert "x-tenant" not in server.received[1].metadata


def test_an_id_that_metadata_cannot_carry_still_travels_in_the_message(server: FakeServer, client: Client) -> None:
    assert client.recommend(request_id="größe").request_id == "größe"
    assert "x-request-id" not in server.received[0].metadata


def test_a_batch_is_answered_in_its_order(client: Client) -> None:
    answers = client.recommend_batch([Query(categories=["Tea"], page_size=1), Query(page_size=2), ASKED])
    assert [answer.item_ids[:1] for answer in answers] == [("tea-1",), ("milk-1",), ("cereal-2",)]
    assert answers[2].request_id == "r-1"


def test_a_batch_of_anything_but_queries_is_refused(client: Client) -> None:
    with pytest.raises(TypeError, match=r"queries\[1\] must be a firstlight.Query, got dict"):
        client.recommend_batch([Query(), {}])  # type: ignore[list-item]  # pyright: ignore[reportArgumentType]


def test_neighbours_leave_the_item_itself_out(server: FakeServer, client: Client) -> None:
    answer = client.similar_items("cereal-1", page_size=2, exclude=["cereal-3"], filter=Filter(max_price=5))
    assert answer.item_ids == ("cereal-2", "oats-1")
    assert server.received[0].item_id == "cereal-1"


def test_the_active_snapshot_is_told_and_changed(client: Client) -> None:
    newest, older = client.snapshots()
    assert (newest.active, older.active) == (True, False)
    assert client.snapshot() == newest
    assert client.snapshot(older.id) == older
    done = client.activate_snapshot(older.id)
    assert isinstance(done, Activation)
    assert (done.snapshot.id, done.snapshot.active, done.previous_snapshot_id) == (older.id, True, newest.id)
    assert client.recommend().snapshot_id == older.id


def test_a_canary_answers_a_share_of_users_until_it_is_cleared_or_promoted(server: FakeServer, client: Client) -> None:
    newest, older = client.snapshots()
    canary = client.set_canary(older.id, share=0.5)
    assert (canary.id, canary.canary_share, canary.active) == (older.id, 0.5, False)
    assert [each.canary_share for each in client.snapshots()] == [0.0, 0.5]
    answered = {user: client.recommend(user_id=user).snapshot_id for user in map(str, range(40))}
    assert set(answered.values()) == {newest.id, older.id}
    assert {user: client.recommend(user_id=user).snapshot_id for user in answered} == answered
    client.clear_canary()
    assert {client.recommend(user_id=user).snapshot_id for user in answered} == {newest.id}
    client.set_canary(older.id, share=0.5)
    client.activate_snapshot(older.id)
    assert [each.canary_share for each in client.snapshots()] == [0.0, 0.0]
    with pytest.raises(FailedPrecondition, match="answers everybody"):
        client.set_canary(older.id, share=0.1)


@pytest.mark.parametrize("share", [0, -0.1, 1.5, float("nan")])
def test_a_share_that_is_no_part_of_users_is_refused_before_anything_is_sent(
    server: FakeServer, client: Client, share: float
) -> None:
    with pytest.raises(ValueError, match="share must be above 0 and at most 1"):
        client.set_canary("s-00000000000a", share=share)
    assert server.received == []


def test_a_call_may_name_another_tenant_than_the_client() -> None:
    with FakeServer(tenants=("north", "south")) as server, Client(server.target, tenant="north") as client:
        client.recommend()
        client.recommend(tenant="south")
        assert [call.tenant for call in server.received] == ["north", "south"]
        with pytest.raises(NotFound, match="unknown tenant 'east'"):
            client.snapshots(tenant="east")


def test_an_unknown_keyword_is_refused_by_name(client: Client) -> None:
    with pytest.raises(TypeError, match="catgories"):
        client.recommend(catgories=["Tea"])  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]


def test_a_wrong_argument_is_refused_before_anything_is_sent(server: FakeServer, client: Client) -> None:
    with pytest.raises(TypeError, match="item_id must be a str"):
        client.similar_items(82914)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    with pytest.raises(TypeError, match="tenant must be a str"):
        client.recommend(tenant=5)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    assert server.received == []


def test_a_closed_client_says_so(server: FakeServer) -> None:
    with Client(server.target) as client:
        assert "closed" not in repr(client)
    client.close()
    assert "closed" in repr(client)
    with pytest.raises(ClientClosed, match="this Client was closed: make a new one to call Recommend"):
        client.recommend()


def test_closing_ends_the_calls_under_way(server: FakeServer, client: Client) -> None:
    server.delay(5)
    threading.Timer(0.1, client.close).start()
    with pytest.raises(Cancelled):
        client.recommend(timeout_s=5)


def test_one_client_serves_many_threads(server: FakeServer, client: Client) -> None:
    answers: list[Recommendation] = []
    threads = [threading.Thread(target=lambda: answers.append(client.recommend())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({answer.request_id for answer in answers}) == 8


async def test_the_asynchronous_client_asks_and_is_answered_alike(
    server: FakeServer, client: Client, async_client: AsyncClient
) -> None:
    queries = [ASKED, Query(request_id="r-2")]
    assert await async_client.recommend(categories=["Tea"], request_id="a") == client.recommend(
        categories=["Tea"], request_id="a"
    )
    assert await async_client.recommend_batch(queries) == client.recommend_batch(queries)
    assert await async_client.similar_items("milk-1", request_id="b") == client.similar_items("milk-1", request_id="b")
    assert await async_client.snapshots() == client.snapshots()
    assert await async_client.snapshot() == client.snapshot()
    for share in (0.25, 0.75):
        same = client.set_canary("s-00000000000a", share=share)
        assert await async_client.set_canary("s-00000000000a", share=share) == same
    client.clear_canary()
    await async_client.clear_canary()
    assert await async_client.activate_snapshot("s-00000000000b") == client.activate_snapshot("s-00000000000b")
    asked = [(call.method, call.queries) for call in server.received]
    assert asked[0::2] == asked[1::2]


async def test_asynchronous_calls_run_side_by_side(server: FakeServer, async_client: AsyncClient) -> None:
    server.delay(0.3, times=8)
    started = asyncio.get_running_loop().time()
    answers = await asyncio.gather(*(async_client.recommend() for _ in range(8)))
    assert len({answer.request_id for answer in answers}) == 8
    assert asyncio.get_running_loop().time() - started < 1.5


async def test_closing_the_asynchronous_client_ends_the_calls_under_way(
    server: FakeServer, async_client: AsyncClient
) -> None:
    server.delay(5)
    call = asyncio.create_task(async_client.recommend(timeout_s=5))
    await asyncio.sleep(0.1)
    await async_client.close()
    with pytest.raises(Cancelled, match="the client was closed before the answer came"):
        await call
    with pytest.raises(ClientClosed):
        await async_client.recommend()


async def test_cancelling_a_task_stays_a_cancellation(server: FakeServer, async_client: AsyncClient) -> None:
    server.delay(5)
    call = asyncio.create_task(async_client.recommend(timeout_s=5))
    await asyncio.sleep(0.1)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call


def test_an_asynchronous_client_may_be_made_before_its_loop_runs(server: FakeServer) -> None:
    client = AsyncClient(server.target)

    async def ask() -> Recommendation:
        async with client:
            return await client.recommend()

    assert asyncio.run(ask()).items


async def test_an_asynchronous_client_that_never_called_closes(server: FakeServer) -> None:
    await AsyncClient(server.target).close()
    assert server.received == []
