import numpy as np

from firstlight_encoder.second_stage.first_stage import FirstStage

QUERY = np.zeros(3, np.float32)


def test_lifts_reach_the_rows_they_speak_of_and_no_others() -> None:
    first = FirstStage(QUERY, np.array([2, 5]), np.array([0.5, -1.0], np.float32))
    assert first.lifts(np.array([0, 2, 4, 5, 9])).tolist() == [0, 0.5, 0, -1.0, 0]


def test_without_declarations_nothing_is_lifted() -> None:
    assert FirstStage(QUERY).lifts(np.array([1, 2])).tolist() == [0, 0]
