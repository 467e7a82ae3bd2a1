"""Late work is dropped before it is done, and texts are encoded once."""

import asyncio
import time

import pytest

from firstlight_encoder.tokens import TokenType
from firstlight_server.call import Deadline
from firstlight_server.dispatcher import Dispatcher
from firstlight_server.errors import DeadlinePassedError
from firstlight_server.instruments import Instruments
from firstlight_server.loaded_snapshot import LoadedSnapshot
from firstlight_server.query import Declaration, Event, InterestKind, RecommendQuery, Scope, SimilarQuery
from firstlight_store import ItemFilter

PAST = Deadline(time.monotonic() - 1)


@pytest.fixture
def dispatcher() -> Dispatcher:
    return Dispatcher(search_threads=1, encode_threads=1, search_batches=Instruments().search_batches)


async def test_late_questions_are_not_answered(loaded: LoadedSnapshot, dispatcher: Dispatcher) -> None:
    with pytest.raises(DeadlinePassedError):
        await dispatcher.recommend(loaded, [RecommendQuery()], deadline=PAST)
    with pytest.raises(DeadlinePassedError):
        await dispatcher.similar(loaded, SimilarQuery("i0001"), deadline=PAST)


async def test_late_texts_are_not_encoded(loaded: LoadedSnapshot, dispatcher: Dispatcher) -> None:
    assert loaded.texts is not None
    query = RecommendQuery(declarations=(Declaration(InterestKind.TEXT, "too late"),))
    with pytest.raises(DeadlinePassedError):
        await dispatcher.recommend(loaded, [query], deadline=PAST)
    assert loaded.texts.known(["too late"]) == {}


async def test_questions_asked_at_once_get_the_answers_they_get_alone(
    two_stages: LoadedSnapshot, dispatcher: Dispatcher
) -> None:
    queries = [query for size in (1, 2, 3, 5, 8) for query in questions(size)]
    alone = [await dispatcher.recommend(two_stages, [query], deadline=Deadline()) for query in queries]
    together = await asyncio.gather(
        *(dispatcher.recommend(two_stages, [query], deadline=Deadline()) for query in queries)
    )
    for (one,), (other,) in zip(alone, together, strict=True):
        assert [item.item_id for item in one.items] == [item.item_id for item in other.items]
        assert [item.score for item in one.items] == pytest.approx([item.score for item in other.items], abs=1e-4)
        assert one.confidence == pytest.approx(other.confidence, abs=1e-4)


def questions(size: int) -> list[RecommendQuery]:
    """Of so many events, after a declared text, under a filter, and of nothing."""
    events = tuple(Event(f"i{7 * number:04d}", TokenType.VIEW) for number in range(size))
    return [
        RecommendQuery(events),
        RecommendQuery(events, (Declaration(InterestKind.TEXT, f"text {size}"),)),
        RecommendQuery(events, scope=Scope(page_size=size, filter=ItemFilter(categories=("Jam",)))),
        RecommendQuery(),
    ]


async def test_a_text_is_remembered(loaded: LoadedSnapshot, dispatcher: Dispatcher) -> None:
    assert loaded.texts is not None
    query = RecommendQuery(declarations=(Declaration(InterestKind.TEXT, "remember me"),))
    first = await dispatcher.recommend(loaded, [query], deadline=Deadline())
    assert list(loaded.texts.known(["remember me"])) == ["remember me"]
    assert await dispatcher.recommend(loaded, [query], deadline=Deadline()) == first


def test_only_the_latest_texts_are_remembered(loaded: LoadedSnapshot) -> None:
    assert loaded.texts is not None
    texts = [f"text {number}" for number in range(150)]
    assert len(loaded.texts.encode(texts)) == 150
    assert sorted(loaded.texts.known(texts)) == sorted(texts[50:])
