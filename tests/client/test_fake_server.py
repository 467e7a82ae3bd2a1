"""The fake server that callers test with: its answers, its script, its records."""

import grpc
import pytest

from firstlight import (
    Client,
    Declaration,
    Event,
    Filter,
    InvalidRequest,
    NotFound,
    Query,
    ReasonKind,
    Recommendation,
    RecommendedItem,
    RequestWarning,
    ServerError,
    Source,
    Violation,
    WarningCode,
)
from firstlight.testing import CATALOGUE, FakeItem, FakeServer


def test_nothing_known_gives_the_most_popular(client: Client) -> None:
    answer = client.recommend(page_size=3)
    assert answer.item_ids == tuple(item.item_id for item in CATALOGUE[:3])
    assert {item.source for item in answer} == {Source.PRIOR}


def test_declared_interests_come_first(client: Client) -> None:
    answer = client.recommend(categories=["Cold cereal"])
    assert answer.item_ids[:3] == ("cereal-1", "cereal-2", "cereal-3")
    assert {item.source for item in answer} == {Source.DECLARED}


def test_what_is_not_wanted_comes_last(client: Client) -> None:
    answer = client.recommend(declarations=[Declaration.category("Milk", weight=-1)], page_size=11)
    assert answer.item_ids[-1] == "milk-1"


def test_an_event_brings_what_resembles_it_and_not_the_item_itself(client: Client) -> None:
    answer = client.recommend(events=[Event.purchase("cereal-1")])
    assert answer.item_ids[0] == "cereal-2"
    assert "cereal-1" not in answer.item_ids
    assert "cereal-1" in client.recommend(events=[Event.purchase("cereal-1")], include_seen=True).item_ids


def test_scores_fall_and_answers_repeat(client: Client) -> None:
    first, second = (client.recommend(text="coffee", request_id="r") for _ in range(2))
    assert first == second
    scores = [item.score for item in first]
    assert scores == sorted(scores, reverse=True)


def test_reasons_add_up_to_the_score_and_come_only_on_request(client: Client) -> None:
    with_reasons = client.recommend(categories=["Tea"], events=[Event.view("milk-1")], want_reasons=True)
    top = with_reasons.items[0]
    assert sum(reason.share for reason in top.reasons) == pytest.approx(top.score)
    assert {reason.kind for reason in top.reasons} == {ReasonKind.EVENT, ReasonKind.DECLARATION, ReasonKind.PRIOR}
    assert client.recommend(categories=["Tea"]).items[0].reasons == ()


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (Filter(categories=["cold cereal"]), {"cereal-1", "cereal-2", "cereal-3"}),
        (Filter(categories=["Grocery > Dairy"]), {"milk-1", "yogurt-1"}),
        (Filter(categories=["Dairy > Grocery"]), set[str]()),
        (Filter(brands=["HARBOUR"]), {"coffee-1", "tea-1"}),
        (Filter(min_price=7), {"coffee-1", "towel-1"}),
        (Filter(max_price=2), {"yogurt-1"}),
        (Filter(attributes={"size": ["12 oz", "14 oz"]}), {"cereal-1", "cereal-2"}),
        (Filter(brands=["Sunrise"], include_unavailable=True), {"cereal-1", "cereal-2", "cereal-4"}),
    ],
)
def test_only_items_that_pass_the_filter_come_back(client: Client, condition: Filter, expected: set[str]) -> None:
    assert set(client.recommend(filter=condition).item_ids) == expected


def test_oddities_are_told_as_warnings(client: Client) -> None:
    answer = client.recommend(
        events=[Event.view("nowhere"), Event.view("milk-1"), Event.view("milk-1")], filter=Filter(brands=["Harbour"])
    )
    assert [(warning.code, warning.field) for warning in answer.warnings] == [
        (WarningCode.UNKNOWN_ITEM, "events[0].item_id"),
        (WarningCode.DUPLICATE_EVENT, "events[2]"),
        (WarningCode.FILTER_TOO_NARROW, "filter"),
    ]


def test_unknown_events_alone_fall_back_on_the_prior(client: Client) -> None:
    assert client.recommend(events=[Event.view("nowhere")]).items[0].source is Source.FALLBACK


@pytest.mark.parametrize("page_size", [-1, 1001])
def test_a_page_size_outside_the_contract_is_refused_by_name(client: Client, page_size: int) -> None:
    with pytest.raises(InvalidRequest) as caught:
        client.recommend(page_size=page_size)
    assert [each.field for each in caught.value.violations] == ["page_size"]


def test_a_weight_outside_the_contract_is_refused_by_name(client: Client) -> None:
    malformed = Query(events=[Event("a", weight=float("nan"))], declarations=[Declaration.text("b", weight=101)])
    with pytest.raises(InvalidRequest) as caught:
        client.recommend_batch([Query(), malformed])
    fields = [each.field for each in caught.value.violations]
    assert fields == ["requests[1].events[0].weight", "requests[1].declarations[0].weight"]


def test_an_empty_batch_is_refused(client: Client) -> None:
    with pytest.raises(InvalidRequest, match=r"requests must hold 1\.\.256 requests, got 0"):
        client.recommend_batch([])


def test_an_unknown_snapshot_is_not_found(client: Client) -> None:
    for ask in (client.snapshot, client.activate_snapshot):
        with pytest.raises(NotFound, match="unknown snapshot 's-nowhere'"):
            ask("s-nowhere")


def test_scripted_answers_come_in_their_order_and_then_run_out(server: FakeServer, client: Client) -> None:
    server.answer(Recommendation(items=(RecommendedItem(item_id="mine", score=2.0),)))
    server.answer(Recommendation(snapshot_id="s-mine", confidence=0.25), times=2)
    assert client.recommend(request_id="r").items == (RecommendedItem(item_id="mine", score=2.0),)
    found = [client.recommend() for _ in range(3)]
    assert [one.snapshot_id for one in found] == ["s-mine", "s-mine", "s-00000000000b"]
    assert [one.confidence for one in found] == [0.25, 0.25, None]


def test_scripted_warnings_are_added(server: FakeServer, client: Client) -> None:
    warning = RequestWarning(code=WarningCode.TEXT_IGNORED, field="declarations[0]", message="no encoder")
    server.warn(warning)
    assert client.recommend(text="x").warnings == (warning,)
    assert client.recommend(text="x").warnings == ()


def test_a_fault_may_be_meant_for_one_method(server: FakeServer, client: Client) -> None:
    server.fail(grpc.StatusCode.INTERNAL, method="SimilarItems")
    assert client.recommend().items
    with pytest.raises(ServerError, match="told to fail"):
        client.similar_items("milk-1")


def test_a_scripted_refusal_names_its_violations(server: FakeServer, client: Client) -> None:
    violation = Violation("events[0].timestamp", "must be in 1990..2100")
    server.fail(grpc.StatusCode.INVALID_ARGUMENT, violations=[violation])
    with pytest.raises(InvalidRequest) as caught:
        client.recommend()
    assert caught.value.violations == (violation,)


def test_a_script_for_no_call_is_refused(server: FakeServer) -> None:
    with pytest.raises(ValueError, match="times must be at least 1, or None for every call; got 0"):
        server.fail(grpc.StatusCode.INTERNAL, times=0)


def test_a_reset_forgets_script_and_records(server: FakeServer, client: Client) -> None:
    client.recommend()
    server.fail(grpc.StatusCode.INTERNAL, times=None)
    server.reset()
    assert server.received == []
    assert client.recommend().items


def test_a_catalogue_of_ones_own_is_what_is_recommended() -> None:
    items = [FakeItem("b", "Second best"), FakeItem("a", "Also ran"), FakeItem("gone", "Sold out", available=False)]
    with FakeServer(items=items) as server, Client(server.target) as client:
        assert client.recommend().item_ids == ("b", "a")


def test_a_fake_server_without_snapshots_is_refused() -> None:
    with pytest.raises(ValueError, match="snapshots must hold at least one"):
        FakeServer(snapshots=[])


def test_two_fake_servers_do_not_meet() -> None:
    with FakeServer() as first, FakeServer() as second, Client(second.target) as client:
        client.recommend()
        assert (len(first.received), len(second.received)) == (0, 1)
