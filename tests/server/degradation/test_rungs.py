"""What each rung answers with, and that the answer says so."""

import asyncio
from collections.abc import Iterator

import pytest

from firstlight_encoder import TokenType
from firstlight_server.answer import Answer, Source, WarningCode
from firstlight_server.call import Deadline
from firstlight_server.degradation.rung import Rung
from firstlight_server.dispatcher import Dispatcher
from firstlight_server.instruments import Instruments
from firstlight_server.loaded_snapshot import LoadedSnapshot
from firstlight_server.query import Declaration, Event, InterestKind, RecommendQuery

KNOWN = (Event("i0001", TokenType.PURCHASE), Event("i0009", TokenType.VIEW))
TEA = Declaration(InterestKind.CATEGORY, "Tea")
LOADED = [rung for rung in Rung if rung is not Rung.STORED_VECTOR]


def text(words: str) -> Declaration:
    return Declaration(InterestKind.TEXT, words)


@pytest.fixture
def dispatcher() -> Iterator[Dispatcher]:
    one = Dispatcher(search_threads=1, encode_threads=1, search_batches=Instruments().search_batches)
    yield one
    one.close()


async def answered(
    loaded: LoadedSnapshot, dispatcher: Dispatcher, query: RecommendQuery, rung: Rung, *, left_s: float | None = None
) -> Answer:
    (answer,) = await dispatcher.recommend(loaded, [query], deadline=Deadline.after(left_s), rung=rung)
    told = [notice.code for notice in answer.notices].count(WarningCode.DEGRADED)
    assert told == (answer.rung is not Rung.FULL)
    assert len(answer.items) == 10
    return answer


def ids(answer: Answer) -> list[str]:
    return [item.item_id for item in answer.items]


async def test_the_first_stage_alone_ranks_otherwise_than_both(
    two_stages: LoadedSnapshot, dispatcher: Dispatcher
) -> None:
    query = RecommendQuery(events=KNOWN, want_reasons=True)
    full = await answered(two_stages, dispatcher, query, Rung.FULL)
    first = await answered(two_stages, dispatcher, query, Rung.FIRST_STAGE)
    assert (full.rung, first.rung) == (Rung.FULL, Rung.FIRST_STAGE)
    assert ids(full) != ids(first)
    assert all(item.reasons for item in first.items)


async def test_without_a_second_stage_its_absence_is_no_loss(loaded: LoadedSnapshot, dispatcher: Dispatcher) -> None:
    assert (await answered(loaded, dispatcher, RecommendQuery(events=KNOWN), Rung.FIRST_STAGE)).rung is Rung.FULL


async def test_without_encoding_known_items_and_names_still_answer(
    loaded: LoadedSnapshot, dispatcher: Dispatcher
) -> None:
    assert loaded.texts is not None
    known = RecommendQuery(events=KNOWN, declarations=(TEA,))
    spoken = RecommendQuery(events=KNOWN, declarations=(TEA, text("never heard of before")))
    left_out = await answered(loaded, dispatcher, spoken, Rung.KNOWN_VECTORS)
    assert left_out.rung is Rung.KNOWN_VECTORS
    assert ids(left_out) == ids(await answered(loaded, dispatcher, known, Rung.FULL))
    assert not loaded.texts.known(["never heard of before"])


async def test_a_text_heard_before_needs_no_encoding(loaded: LoadedSnapshot, dispatcher: Dispatcher) -> None:
    query = RecommendQuery(declarations=(text("honey for the winter"),))
    full = await answered(loaded, dispatcher, query, Rung.FULL)
    again = await answered(loaded, dispatcher, query, Rung.KNOWN_VECTORS)
    assert (again.rung, ids(again)) == (Rung.FULL, ids(full))


async def test_where_nothing_usable_is_left_the_prior_answers(loaded: LoadedSnapshot, dispatcher: Dispatcher) -> None:
    query = RecommendQuery(declarations=(text("words that nobody knows yet"),))
    answer = await answered(loaded, dispatcher, query, Rung.KNOWN_VECTORS)
    assert answer.rung is Rung.PRIOR
    assert {item.source for item in answer.items} == {Source.FALLBACK}


async def test_the_prior_leaves_out_what_was_seen_all_the_same(loaded: LoadedSnapshot, dispatcher: Dispatcher) -> None:
    nothing_known = await answered(loaded, dispatcher, RecommendQuery(), Rung.FULL)
    seen = Event(ids(nothing_known)[0])
    answer = await answered(loaded, dispatcher, RecommendQuery(events=(seen,)), Rung.PRIOR)
    assert answer.rung is Rung.PRIOR
    assert ids(answer)[:9] == ids(nothing_known)[1:]


async def test_the_prior_is_the_full_answer_where_nothing_is_known(
    loaded: LoadedSnapshot, dispatcher: Dispatcher
) -> None:
    assert (await answered(loaded, dispatcher, RecommendQuery(), Rung.PRIOR)).rung is Rung.FULL


@pytest.mark.parametrize("rung", LOADED, ids=lambda rung: rung.name)
async def test_every_rung_answers_one_batch_in_order(
    loaded: LoadedSnapshot, dispatcher: Dispatcher, rung: Rung
) -> None:
    queries = [RecommendQuery(events=KNOWN), RecommendQuery(), RecommendQuery(declarations=(TEA,))]
    answers = await dispatcher.recommend(loaded, queries, deadline=Deadline(), rung=rung)
    alone = [await answered(loaded, dispatcher, query, rung) for query in queries]
    assert [ids(answer) for answer in answers] == [ids(answer) for answer in alone]


async def test_a_deadline_too_short_for_encoding_gets_the_rung_below(
    loaded: LoadedSnapshot, dispatcher: Dispatcher
) -> None:
    assert loaded.texts is not None
    with dispatcher.encoding.spent_on(1):  # a text that took long: a hundred would take a hundred times as long
        await asyncio.sleep(0.2)
    others = tuple(text(f"other words, number {number}") for number in range(100))
    answer = await answered(loaded, dispatcher, RecommendQuery(events=KNOWN, declarations=others), Rung.FULL, left_s=10)
    assert answer.rung is Rung.KNOWN_VECTORS
    assert not loaded.texts.known([declared.words for declared in others])
