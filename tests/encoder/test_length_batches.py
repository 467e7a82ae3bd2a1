import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from firstlight_encoder.length_batches import close_length_batches, equal_length_batches

LENGTHS = st.lists(st.integers(0, 40), max_size=60)


@given(lengths=LENGTHS, budget=st.integers(1, 100))
def test_every_row_is_in_exactly_one_batch(lengths: list[int], budget: int) -> None:
    rows = [row for batch in equal_length_batches(lengths, budget=budget) for row in batch.tolist()]
    assert sorted(rows) == list(range(len(lengths)))


@given(lengths=LENGTHS, budget=st.integers(1, 100))
def test_the_texts_of_a_batch_are_of_one_length(lengths: list[int], budget: int) -> None:
    for batch in equal_length_batches(lengths, budget=budget):
        own = np.asarray(lengths)[batch]
        assert own.min() == own.max()


@given(lengths=LENGTHS, budget=st.integers(1, 100))
def test_only_a_text_that_is_too_long_by_itself_exceeds_the_budget(lengths: list[int], budget: int) -> None:
    for batch in equal_length_batches(lengths, budget=budget):
        assert len(batch) == 1 or len(batch) * lengths[int(batch[0])] <= budget


@given(lengths=LENGTHS, budget=st.integers(1, 100))
def test_the_longest_come_first(lengths: list[int], budget: int) -> None:
    own = [lengths[int(batch[0])] for batch in equal_length_batches(lengths, budget=budget)]
    assert own == sorted(own, reverse=True)


def test_batches_are_as_full_as_the_budget_allows() -> None:
    sizes = [len(batch) for batch in equal_length_batches([3] * 10, budget=13)]
    assert sizes == [4, 4, 2]


@given(lengths=LENGTHS, budget=st.integers(1, 100), padding=st.sampled_from([0.0, 0.15, 0.5, 1.0]))
def test_close_lengths_are_together_within_budget_and_padding(lengths: list[int], budget: int, padding: float) -> None:
    batches = [np.asarray(lengths)[batch] for batch in close_length_batches(lengths, budget=budget, padding=padding)]
    assert [size for own in batches for size in own.tolist()] == sorted(lengths, reverse=True)
    for own in batches:
        assert own.min() >= (1 - padding) * own.max() - 1e-9
        assert len(own) == 1 or len(own) * own.max() <= budget
