import numpy as np
import pytest

from firstlight_encoder.case_tokens import case_tokens
from firstlight_encoder.cases import Case
from firstlight_encoder.tokens import MAX_TOKENS, TokenType

ITEM_VECTORS = np.eye(80, dtype=np.float32)
LABEL_VECTORS = -np.eye(80, dtype=np.float32)[:5]


def case(events: int, declared: tuple[int, ...] = ()) -> Case:
    """Item i at i hours before the newest, of a type and weight of its own."""
    return Case(
        user=0,
        history=np.arange(events),
        types=np.arange(events) % int(TokenType.DECLARED),
        gaps_h=np.arange(events, dtype=np.float32)[::-1],
        weights=1 + np.arange(events, dtype=np.float32),
        declared=declared,
        targets=np.array([79]),
    )


@pytest.mark.parametrize("events", [0, 1, MAX_TOKENS, MAX_TOKENS + 7])
def test_the_latest_events_are_kept_oldest_first(events: int) -> None:
    tokens = case_tokens(case(events), item_vectors=ITEM_VECTORS, label_vectors=LABEL_VECTORS)
    kept = np.arange(max(0, events - MAX_TOKENS), events)
    np.testing.assert_array_equal(tokens.vectors, ITEM_VECTORS[kept])
    np.testing.assert_array_equal(tokens.types, kept % int(TokenType.DECLARED))
    np.testing.assert_array_equal(tokens.gaps_h, events - 1 - kept)
    np.testing.assert_array_equal(tokens.weights, 1 + kept)


def test_declarations_follow_the_events_with_full_weight_and_no_gap() -> None:
    tokens = case_tokens(case(2, declared=(4, 1)), item_vectors=ITEM_VECTORS, label_vectors=LABEL_VECTORS)
    np.testing.assert_array_equal(tokens.vectors, [*ITEM_VECTORS[:2], LABEL_VECTORS[4], LABEL_VECTORS[1]])
    assert tokens.types.tolist()[2:] == [TokenType.DECLARED] * 2
    assert tokens.gaps_h.tolist()[2:] == [0.0, 0.0]
    assert tokens.weights.tolist()[2:] == [1.0, 1.0]
    assert (tokens.event_count, tokens.declared_count) == (2, 2)


def test_nothing_known_makes_no_tokens_of_the_right_widths() -> None:
    tokens = case_tokens(case(0), item_vectors=ITEM_VECTORS, label_vectors=LABEL_VECTORS)
    assert tokens.vectors.shape == (0, 80)
    assert tokens.vectors.dtype == tokens.gaps_h.dtype == tokens.weights.dtype == np.float32
    assert tokens.types.dtype == np.int64
