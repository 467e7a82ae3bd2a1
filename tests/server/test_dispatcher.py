"""Late work is dropped before it is done, and texts are encoded once."""

import time

import pytest

from firstlight_server.call import Deadline
from firstlight_server.dispatcher import Dispatcher
from firstlight_server.errors import DeadlinePassedError
from firstlight_server.instruments import Instruments
from firstlight_server.loaded_snapshot import LoadedSnapshot
from firstlight_server.query import Declaration, InterestKind, RecommendQuery, SimilarQuery

PAST = Deadline(time.monotonic() - 1)


@pytest.fixture
def dispatcher() -> Dispatcher:
    return Dispatcher(search_threads=1, encode_threads=1, search_batches=Instruments().search_batches)


async def test_late_questions_are_not_answered(loaded: LoadedSnapshot, dispatcher: Dispatcher) -> None:
    with pytest.raises(DeadlinePassedError):
        await dispatcher.recommend(loaded, [RecommendQuery()], deadline=PAST)
    with pytest.raises(DeadlinePassedError):
        await dispatcher.similar(loaded, SimilarQuery("i0001"), deadline=PAST)


def test_late_texts_are_not_encoded(loaded: LoadedSnapshot) -> None:
    assert loaded.texts is not None
    with pytest.raises(DeadlinePassedError):
        loaded.texts.encode(["too late"], deadline=PAST)
    assert loaded.texts.known(["too late"]) == {}


async def test_a_text_is_remembered(loaded: LoadedSnapshot, dispatcher: Dispatcher) -> None:
    assert loaded.texts is not None
    query = RecommendQuery(declarations=(Declaration(InterestKind.TEXT, "remember me"),))
    first = await dispatcher.recommend(loaded, [query], deadline=Deadline())
    assert list(loaded.texts.known(["remember me"])) == ["remember me"]
    assert await dispatcher.recommend(loaded, [query], deadline=Deadline()) == first


def test_only_the_latest_texts_are_remembered(loaded: LoadedSnapshot) -> None:
    assert loaded.texts is not None
    texts = [f"text {number}" for number in range(150)]
    assert len(loaded.texts.encode(texts, deadline=Deadline())) == 150
    assert sorted(loaded.texts.known(texts)) == sorted(texts[50:])
