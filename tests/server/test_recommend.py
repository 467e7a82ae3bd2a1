"""Recommend over real gRPC: who gets what, from where, and what is left out."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from firstlight.v1 import recommendation_service_pb2 as pb
from firstlight.v1 import types_pb2
from firstlight.v1.types_pb2 import AttributeFilter, Declaration, Event, Filter
from firstlight_server.answer import Answer
from firstlight_server.messages import recommend_response
from firstlight_store import IndexSettings
from tests.server.running import Running, running
from tests.server.tiny_snapshot import TinySnapshot

pytestmark = pytest.mark.asyncio(loop_scope="session")

AVAILABLE = 54  # of 60: the last tenth is not available


def ids(reply: pb.RecommendResponse | pb.SimilarItemsResponse) -> list[str]:
    return [item.item_id for item in reply.items]


def sources(reply: pb.RecommendResponse) -> set[int]:
    return {item.source for item in reply.items}


def prior_order(tiny: TinySnapshot, *, where: pl.Expr) -> list[str]:
    return tiny.catalogue().filter(where).sort("log_prior", descending=True, maintain_order=True)["item_id"].to_list()


async def test_nothing_known_is_the_exact_order_of_the_prior(server: Running, tiny: TinySnapshot) -> None:
    reply = await server.recommendations.Recommend(pb.RecommendRequest(page_size=AVAILABLE))
    assert ids(reply) == prior_order(tiny, where=pl.col("available"))
    assert sources(reply) == {types_pb2.SOURCE_PRIOR}
    assert not reply.warnings


async def test_nothing_known_under_a_filter_is_the_priors_order_too(server: Running, tiny: TinySnapshot) -> None:
    request = pb.RecommendRequest(page_size=5, filter=Filter(brands=["ACME"], min_price=20))
    reply = await server.recommendations.Recommend(request)
    where = pl.col("available") & (pl.col("brand") == "Acme") & (pl.col("price") >= 20)
    assert ids(reply) == prior_order(tiny, where=where)[:5]


async def test_page_size_zero_means_ten(server: Running) -> None:
    assert len((await server.recommendations.Recommend(pb.RecommendRequest())).items) == 10


async def test_an_answer_says_how_sure_it_is_of_its_first_ten_however_few_were_asked_for(server: Running) -> None:
    asked = [pb.RecommendRequest(events=[Event(item_id="i0003")], page_size=size) for size in (1, 10, 40)]
    one, ten, many = [await server.recommendations.Recommend(request) for request in asked]
    assert 0 < one.confidence < 1
    assert one.confidence == ten.confidence == many.confidence


async def test_an_answer_of_unknown_confidence_leaves_the_field_out() -> None:
    reply = recommend_response(Answer((), ()), snapshot_id="s", request_id="r")
    assert not reply.HasField("confidence")


async def test_an_item_carries_its_metadata(server: Running, tiny: TinySnapshot) -> None:
    item = (await server.recommendations.Recommend(pb.RecommendRequest(page_size=1))).items[0]
    row = tiny.catalogue().row(by_predicate=pl.col("item_id") == item.item_id, named=True)
    assert (item.title, list(item.category), item.brand, item.price) == (
        row["title"], row["category"], row["brand"], row["price"],
    )  # fmt: skip


async def test_an_unknown_price_is_absent(server: Running, tiny: TinySnapshot) -> None:
    reply = await server.recommendations.Recommend(pb.RecommendRequest(page_size=AVAILABLE))
    absent = {item.item_id for item in reply.items if not item.HasField("price")}
    expected = tiny.catalogue().filter(pl.col("price").is_null() & pl.col("available"))["item_id"]
    assert absent == set(expected)


async def test_events_are_the_models(server: Running) -> None:
    nothing = await server.recommendations.Recommend(pb.RecommendRequest())
    reply = await server.recommendations.Recommend(pb.RecommendRequest(events=[Event(item_id="i0001")]))
    assert sources(reply) == {types_pb2.SOURCE_MODEL}
    assert ids(reply) != ids(nothing)


async def test_known_names_are_declared_whatever_their_case(server: Running) -> None:
    spellings = ["Cold cereal", "COLD  CEREAL", "grocery > breakfast > cold cereal"]
    requests = [pb.RecommendRequest(declarations=[Declaration(category=name)]) for name in spellings]
    replies = [await server.recommendations.Recommend(request) for request in requests]
    assert ids(replies[0]) == ids(replies[1])
    assert all(sources(reply) == {types_pb2.SOURCE_DECLARED} and not reply.warnings for reply in replies)


async def test_words_the_catalogue_does_not_know_are_read_as_text(server: Running) -> None:
    for declaration in (
        Declaration(text="winter candles"),
        Declaration(brand="Nobody"),
        Declaration(category="Jam jars"),
    ):
        reply = await server.recommendations.Recommend(pb.RecommendRequest(declarations=[declaration]))
        assert sources(reply) == {types_pb2.SOURCE_DECLARED}
        assert len(reply.items) == 10
        assert not reply.warnings


async def test_an_unwanted_interest_pushes_its_items_down(server: Running, tiny: TinySnapshot) -> None:
    wanted, unwanted = [
        await server.recommendations.Recommend(
            pb.RecommendRequest(page_size=AVAILABLE, declarations=[Declaration(category="Jam", weight=weight)])
        )
        for weight in (1.0, -1.0)
    ]
    jams = set(tiny.catalogue().filter(pl.col("category").list.contains("Jam") & pl.col("available"))["item_id"])
    ranks = [np.mean([ids(reply).index(jam) for jam in jams]) for reply in (wanted, unwanted)]
    assert ranks[0] < ranks[1]


async def test_events_and_declarations_together_name_the_one_that_weighs_more(server: Running) -> None:
    request = pb.RecommendRequest(
        page_size=AVAILABLE,
        events=[Event(item_id="i0003")],
        declarations=[Declaration(category="Tea")],
        want_reasons=True,
    )
    reply = await server.recommendations.Recommend(request)
    assert sources(reply) == {types_pb2.SOURCE_MODEL, types_pb2.SOURCE_DECLARED}
    for item in reply.items:
        shares = {reason.kind: reason.share for reason in item.reasons}
        by_event, by_words = shares[types_pb2.REASON_KIND_EVENT], shares[types_pb2.REASON_KIND_DECLARATION]
        assert item.source == (types_pb2.SOURCE_MODEL if by_event >= by_words else types_pb2.SOURCE_DECLARED)


async def test_seen_items_are_left_out_unless_asked_for(server: Running) -> None:
    events = [Event(item_id=f"i{number:04d}") for number in range(10)]
    without = await server.recommendations.Recommend(pb.RecommendRequest(page_size=44, events=events))
    again = await server.recommendations.Recommend(pb.RecommendRequest(page_size=54, events=events, include_seen=True))
    seen = {event.item_id for event in events}
    assert len(without.items) == 44
    assert not seen & set(ids(without))
    assert seen <= set(ids(again))


async def test_disliked_items_never_come_back(server: Running) -> None:
    events = [Event(item_id="i0001", type=types_pb2.EVENT_TYPE_DISLIKE), Event(item_id="i0002")]
    request = pb.RecommendRequest(page_size=53, events=events, include_seen=True)
    reply = await server.recommendations.Recommend(request)
    assert "i0001" not in ids(reply)
    assert "i0002" in ids(reply)
    assert not reply.warnings


async def test_a_dislike_pushes_away_whatever_the_sign_of_its_weight(server: Running) -> None:
    dislike = types_pb2.EVENT_TYPE_DISLIKE
    replies = [
        await server.recommendations.Recommend(
            pb.RecommendRequest(events=[Event(item_id="i0001", type=dislike, weight=weight)])
        )
        for weight in (2.0, -2.0)
    ]
    assert ids(replies[0]) == ids(replies[1])


async def test_excluded_items_are_left_out_before_the_cut(server: Running) -> None:
    first = await server.recommendations.Recommend(pb.RecommendRequest(page_size=10))
    request = pb.RecommendRequest(page_size=10, exclude_item_ids=[*ids(first), "unknown"])
    second = await server.recommendations.Recommend(request)
    both = await server.recommendations.Recommend(pb.RecommendRequest(page_size=20))
    assert ids(first) + ids(second) == ids(both)


@pytest.mark.parametrize(
    ("asked", "where"),
    [
        pytest.param(Filter(categories=["jam"]), pl.col("category").list.contains("Jam"), id="a category's name"),
        pytest.param(
            Filter(categories=["GROCERY > breakfast"]),
            pl.col("category").list.contains("Breakfast"),
            id="a path's beginning",
        ),
        pytest.param(Filter(brands=["calm & co"]), pl.col("brand") == "Calm & Co", id="a brand"),
        pytest.param(Filter(min_price=10, max_price=20), pl.col("price").is_between(10, 20), id="a range of prices"),
        pytest.param(
            Filter(attributes=[AttributeFilter(key="size", values=["small"])]),
            pl.col("attributes").list.first().struct.field("value") == "small",
            id="an attribute",
        ),
        pytest.param(
            Filter(categories=["Jam"], brands=["Acme"]),
            pl.col("category").list.contains("Jam") & (pl.col("brand") == "Acme"),
            id="two conditions at once",
        ),
    ],
)
@pytest.mark.parametrize("events", [[], [Event(item_id="i0059")]], ids=["nothing known", "one event"])
async def test_a_filter_admits_exactly_what_passes(
    server: Running, tiny: TinySnapshot, asked: Filter, where: pl.Expr, events: list[Event]
) -> None:
    reply = await server.recommendations.Recommend(pb.RecommendRequest(page_size=60, events=events, filter=asked))
    passing = set(tiny.catalogue().filter(where & pl.col("available"))["item_id"])
    assert set(ids(reply)) == passing
    assert [warning.code for warning in reply.warnings] == [types_pb2.WARNING_CODE_FILTER_TOO_NARROW]


async def test_unavailable_items_pass_only_when_asked_for(server: Running) -> None:
    request = pb.RecommendRequest(page_size=60, filter=Filter(include_unavailable=True))
    assert len((await server.recommendations.Recommend(request)).items) == 60


async def test_the_callers_request_id_comes_back(server: Running) -> None:
    reply = await server.recommendations.Recommend(pb.RecommendRequest(request_id="mine-ü-1"))
    assert reply.request_id == "mine-ü-1"
    made = [(await server.recommendations.Recommend(pb.RecommendRequest())).request_id for _ in range(2)]
    assert all(made)
    assert made[0] != made[1]


async def test_a_page_is_full_under_an_inverted_index_whatever_the_filter(tmp_path: Path) -> None:
    snapshot = TinySnapshot(items=2_000, index=IndexSettings(kind="ivf_sq8", lists=8))
    snapshot.publish(tmp_path)
    narrow = Filter(categories=["Jam"], brands=["Acme"], min_price=1_500)
    where = pl.col("available") & pl.col("category").list.contains("Jam")
    where &= (pl.col("brand") == "Acme") & (pl.col("price") >= 1_500)
    passing = set(snapshot.catalogue().filter(where)["item_id"])
    async with running(tmp_path, min_recall=0.0) as inverted:  # tuned on items, not on the questions of users
        request = pb.RecommendRequest(page_size=len(passing), events=[Event(item_id="i0003")], filter=narrow)
        reply = await inverted.recommendations.Recommend(request)
        assert set(ids(reply)) == passing
        assert not reply.warnings
        wide = await inverted.recommendations.Recommend(
            pb.RecommendRequest(page_size=1_000, events=[Event(item_id="i0003")])
        )
        assert len(set(ids(wide))) == 1_000
        first = ids(wide)[:300]
        request = pb.RecommendRequest(page_size=100, events=[Event(item_id="i0003")], exclude_item_ids=first)
        rest = await inverted.recommendations.Recommend(request)
        assert len(set(ids(rest))) == 100
        assert not set(ids(rest)) & set(first)
