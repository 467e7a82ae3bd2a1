"""What the sources count: a number as it is, the best of a grid, or lowered until nothing hurts."""

from collections.abc import Callable, Mapping

import numpy as np
import pytest
from numpy.typing import NDArray

from firstlight_indexer.weight_choice import SourceWeights, choose_weights


def quality(values: Mapping[SourceWeights, float]) -> Callable[[SourceWeights], NDArray[np.float64]]:
    """Trains nothing: the mean NDCG of every choice is known beforehand."""
    return lambda weights: np.full(5, values[weights])


def test_a_number_is_taken_even_where_it_hurts_and_training_alone_is_measured_beside_it() -> None:
    choice = choose_weights(0.25, sources=1, measure=quality({(0.0,): 0.5, (0.25,): 0.4}))
    assert choice.chosen.weights == (0.25,)
    assert [trial.weights for trial in choice.trials] == [(0.0,), (0.25,)]


@pytest.mark.parametrize(("half", "chosen"), [(0.6, 0.5), (0.4, 0.25)])
def test_the_best_of_a_grid_is_taken(half: float, chosen: float) -> None:
    values: dict[SourceWeights, float] = {(0.0,): 0.5, (0.25,): 0.52, (0.5,): half}
    assert choose_weights((0.5, 0.25), sources=1, measure=quality(values)).chosen.weights == (chosen,)


def test_of_equal_weights_the_smaller_is_taken_and_none_where_none_helps() -> None:
    values: dict[SourceWeights, float] = {(0.0,): 0.5, (0.25,): 0.5, (0.5,): 0.5}
    assert choose_weights((0.25, 0.5), sources=1, measure=quality(values)).chosen.weights == (0.0,)


def test_two_sources_share_a_number() -> None:
    values: dict[SourceWeights, float] = {(0.0, 0.0): 0.5, (0.2, 0.2): 0.4}
    assert choose_weights(0.4, sources=2, measure=quality(values)).chosen.weights == (0.2, 0.2)


def test_automatic_weights_are_lowered_until_they_stop_hurting() -> None:
    values: dict[SourceWeights, float] = {(0.0,): 0.5, (0.5,): 0.3, (0.25,): 0.51}
    choice = choose_weights("auto", sources=1, measure=quality(values))
    assert choice.chosen.weights == (0.25,)
    assert len(choice.trials) == 3


def test_automatic_weights_leave_out_a_source_that_always_hurts() -> None:
    values: dict[SourceWeights, float] = {(0.0,): 0.5, (0.5,): 0.3, (0.25,): 0.4, (0.125,): 0.49}
    assert choose_weights("auto", sources=1, measure=quality(values)).chosen.weights == (0.0,)


def test_automatic_weights_give_each_source_a_share_of_what_the_target_has_left() -> None:
    values: dict[SourceWeights, float] = {(0.0, 0.0): 0.5, (0.5, 0.0): 0.6, (0.5, 0.25): 0.5, (0.5, 0.125): 0.7}
    assert choose_weights("auto", sources=2, measure=quality(values)).chosen.weights == (0.5, 0.125)


def test_without_a_held_out_newcomer_the_quality_is_nil_and_the_choice_stands() -> None:
    choice = choose_weights("auto", sources=1, measure=lambda _: np.zeros(0))
    assert choice.chosen.mean == 0.0
