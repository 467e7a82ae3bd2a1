"""What exact search answers, worked out here from the snapshot's own files. Knows nothing of contenders or wires."""

from collections.abc import Sequence

import numpy as np

from benchmarks.serving_peers.newcomers import Vectors, event_query, text_queries
from benchmarks.serving_peers.question import Answer, Question
from firstlight_encoder import Space
from firstlight_encoder.onnx_encoder import OnnxTextEncoder
from firstlight_store import ExactIndex, ItemTable, Snapshot

DEPTH = 50


def exact_answers(snapshot: Snapshot, questions: Sequence[Question]) -> list[Answer]:
    """The ``DEPTH`` best items for each question, by the first stage's scores, what was looked at left out."""
    space, rows, items = Space.load(snapshot.path("space")), np.asarray(snapshot.items_vectors()), snapshot.items()
    encoder = OnnxTextEncoder.load(snapshot.path("text"))
    queries = [
        text_queries(space, encoder.encode([one.text]))[0]
        if one.text
        else event_query(space, rows[_rows(items, one), :-1])
        for one in questions
    ]
    return [_answer(rows, items, *one) for one in zip(questions, queries, strict=True)]


def _rows(items: ItemTable, question: Question) -> list[int]:
    return [row for item_id in question.item_ids if (row := items.row(item_id)) is not None]


def _answer(rows: Vectors, items: ItemTable, question: Question, query: Vectors) -> Answer:
    seen = _rows(items, question)
    hits = ExactIndex(rows).search(query[None], k=DEPTH + len(seen))
    found: list[int] = hits.rows[0].tolist()
    scores: list[float] = hits.scores[0].tolist()
    left = [(items.ids[row], score) for row, score in zip(found, scores, strict=True) if row not in seen][:DEPTH]
    return Answer(tuple(item_id for item_id, _ in left), tuple(score for _, score in left))
