from dataclasses import replace

import numpy as np

from firstlight_encoder.cases import Case
from firstlight_encoder.labels import category_labels
from firstlight_encoder.second_stage.case_known import case_known
from firstlight_encoder.tokens import TokenType

CASE = Case(
    user=0,
    history=np.array([4, 5, 6, 7]),
    types=np.array([int(kind) for kind in (TokenType.VIEW, TokenType.DISLIKE, TokenType.RATING, TokenType.CART)]),
    gaps_h=np.zeros(4, np.float32),
    weights=np.array([1, 1, -0.5, 2], np.float32),
    declared=(1,),
    targets=np.array([8]),
)
LABELS = category_labels([["Shop", "Tea"]])


def test_events_against_their_item_stand_apart_and_declarations_are_their_words() -> None:
    known = case_known(CASE, LABELS)
    assert known.history.tolist() == [4, 7]
    assert known.disliked.tolist() == [5, 6]
    assert known.declared == (("Tea", 1.0),)


def test_a_case_of_nothing_knows_nothing() -> None:
    nobody = np.zeros(0, np.int64)
    known = case_known(
        replace(CASE, history=nobody, types=nobody, weights=np.zeros(0, np.float32), declared=()), LABELS
    )
    assert (len(known.history), len(known.disliked), known.declared) == (0, 0, ())
