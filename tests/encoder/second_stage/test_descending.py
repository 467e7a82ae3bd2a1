import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from firstlight_encoder.second_stage.descending import descending

NUMBERS = st.one_of(st.sampled_from([0.0, -0.0, 1.0, -1.0]), st.integers(-9, 9), st.floats(-4.0, 4.0, width=16))


@given(values=st.lists(NUMBERS, max_size=60))
def test_places_run_from_the_highest_and_equal_numbers_keep_their_order(values: list[float]) -> None:
    expected = sorted(range(len(values)), key=lambda place: -values[place])
    assert descending(np.array(values, np.float32)).tolist() == expected


def test_every_line_is_ordered_by_itself() -> None:
    assert descending(np.array([[1, 3, 2], [5, 5, 9]], np.float32)).tolist() == [[1, 2, 0], [2, 0, 1]]
