"""One newcomer's answer: near rows found by anything, scored exactly, the ten best of them told by id.

Knows nothing of wires, or of what finds the rows.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from benchmarks.serving_peers.nearest import Nearest
from benchmarks.serving_peers.newcomers import event_query, text_queries
from benchmarks.serving_peers.published import Published
from benchmarks.serving_peers.question import PAGE_SIZE, Answer


class Answering:
    """Answers from one published first stage. As safe across threads as ``nearest`` is."""

    def __init__(self, published: Published, nearest: Nearest, *, effort: int) -> None:
        self._published = published
        self._nearest = nearest
        self._effort = effort
        self._row_of = {item_id: row for row, item_id in enumerate(published.item_ids)}

    def by_events(self, item_ids: Sequence[str]) -> Answer:
        """The answer to one who looked at these items, which are left out of it."""
        seen = np.array([self._row_of[item_id] for item_id in item_ids], np.int64)
        query = event_query(self._published.space, self._published.rows[seen, :-1])
        return self._answer(query, seen)

    def by_texts(self, text_vectors: NDArray[np.float32]) -> list[Answer]:
        """The answers to newcomers who say one text each, ``(b, text_d)`` float32 unit rows."""
        nothing = np.zeros(0, np.int64)
        return [self._answer(query, nothing) for query in text_queries(self._published.space, text_vectors)]

    def _answer(self, query: NDArray[np.float32], seen: NDArray[np.int64]) -> Answer:
        found = self._nearest.find(query, count=PAGE_SIZE + len(seen), effort=self._effort)
        found = found[~np.isin(found, seen)] if len(seen) else found
        scores = self._published.rows[found] @ query
        best = np.argsort(-scores, kind="stable")[:PAGE_SIZE]
        rows: list[int] = found[best].tolist()
        told: list[float] = scores[best].tolist()
        return Answer(tuple(self._published.item_ids[row] for row in rows), tuple(told))
