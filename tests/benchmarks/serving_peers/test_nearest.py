"""How much effort a peer's search is given, and what an answer is made of."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from benchmarks.serving_peers.answering import Answering
from benchmarks.serving_peers.exact_answers import exact_answers
from benchmarks.serving_peers.exchange import write_exchange
from benchmarks.serving_peers.nearest import RecallTooLowError, least_effort
from benchmarks.serving_peers.published import Published, read_published
from benchmarks.serving_peers.question import Question
from firstlight_encoder.onnx_encoder import OnnxTextEncoder
from firstlight_store import Snapshot, SnapshotStore
from tests.server.tiny_snapshot import TinySnapshot

HISTORIES = [("i0001", "i0005"), ("i0010", "i0020"), ("i0030",)]


class Scan:
    """Looks at as many rows as its effort says, the most popular ones."""

    def __init__(self, published: Published, efforts: Sequence[int]) -> None:
        self.efforts = efforts
        self._rows = published.rows
        self._order = np.argsort(-published.rows[:, -1])

    def find(self, query: NDArray[np.float32], *, count: int, effort: int) -> NDArray[np.int64]:
        looked_at = self._order[:effort]
        return looked_at[np.argsort(-(self._rows[looked_at] @ query))][:count]


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    folder = tmp_path_factory.mktemp("data")
    TinySnapshot(available=1.0).publish(folder)
    return SnapshotStore(folder, "default").open(None)


@pytest.fixture(scope="module")
def published(snapshot: Snapshot, tmp_path_factory: pytest.TempPathFactory) -> Published:
    folder: Path = tmp_path_factory.mktemp("exchange")
    write_exchange(snapshot, folder, histories=HISTORIES)
    return read_published(folder)


def test_the_cheapest_effort_that_finds_enough_is_taken(published: Published) -> None:
    assert least_effort(Scan(published, (1, 60, 61)), published) == 60


def test_a_search_that_finds_too_little_is_refused_with_what_it_found(published: Published) -> None:
    with pytest.raises(RecallTooLowError, match=r"recall@10 by effort is \{1: 0\."):
        least_effort(Scan(published, (1,)), published)


def test_a_peer_that_searches_well_answers_what_exact_search_answers(snapshot: Snapshot, published: Published) -> None:
    text, events = Question(text="honey tea"), Question(item_ids=HISTORIES[0])
    answering = Answering(published, Scan(published, (60,)), effort=60)
    encoder = OnnxTextEncoder.load(snapshot.path("text"))
    found = [*answering.by_texts(encoder.encode([text.text])), answering.by_events(events.item_ids)]
    for answer, exact in zip(found, exact_answers(snapshot, [text, events]), strict=True):
        assert answer.item_ids == exact.item_ids[:10]
        assert answer.scores == pytest.approx(exact.scores[:10], abs=1e-5)
    assert not set(found[1].item_ids) & set(events.item_ids)
