"""Labels keep their order and their distance, and move no more than they must."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from firstlight_evaluation.report.label_places import spread

HEIGHTS = st.lists(st.floats(0, 1), max_size=12)


@given(heights=HEIGHTS)
def test_no_two_labels_are_closer_than_the_distance(heights: list[float]) -> None:
    placed = np.sort(spread(heights, distance=0.1))

    assert (np.diff(placed) >= 0.1 - 1e-9).all()


@given(heights=HEIGHTS)
def test_a_higher_line_keeps_the_higher_label(heights: list[float]) -> None:
    placed = spread(heights, distance=0.1)
    order = np.argsort(heights, kind="stable")

    assert (np.diff(placed[order]) > 0).all()


def test_labels_with_room_stay_where_they_are() -> None:
    assert spread([0.9, 0.1, 0.5], distance=0.1).tolist() == pytest.approx([0.9, 0.1, 0.5])


def test_two_labels_at_one_height_move_apart_evenly() -> None:
    assert spread([0.5, 0.5], distance=0.2).tolist() == pytest.approx([0.4, 0.6])


def test_no_label_goes_below_the_floor() -> None:
    assert spread([0.0, 0.0, 0.0], distance=0.1, floor=0.02).tolist() == pytest.approx([0.02, 0.12, 0.22])
