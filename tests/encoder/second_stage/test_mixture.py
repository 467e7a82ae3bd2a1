import numpy as np
import pytest
from numpy.typing import NDArray

from firstlight_encoder.calibration import BUCKETS
from firstlight_encoder.second_stage.known import Known
from firstlight_encoder.second_stage.lists import Lists
from firstlight_encoder.second_stage.mixture import SourceMixture, mixture_row, source_probabilities


def floats(*values: float) -> NDArray[np.float32]:
    return np.array(values, np.float32)


def test_every_source_that_speaks_sums_to_one_and_a_silent_one_to_nothing() -> None:
    found = source_probabilities(Lists(np.array([3])), floats(1, 2, 3), floats(0, 0, 0), floats(2, 0, 6))
    np.testing.assert_allclose(found.sum(axis=1), [1, 0, 1], rtol=1e-6)
    np.testing.assert_allclose(found[0], np.exp([1, 2, 3]) / np.exp([1, 2, 3]).sum(), rtol=1e-6)
    assert found[2].tolist() == [0.25, 0.0, 0.75]


def test_scores_of_any_size_are_probabilities() -> None:
    assert source_probabilities(Lists(np.array([2])), floats(-1e4, 1e4)).tolist() == [[0.0, 1.0]]


def test_shortlists_end_to_end_are_weighed_apart() -> None:
    known, weights = [Known(np.array([4])), Known()], np.random.default_rng(0).dirichlet(np.ones(2), BUCKETS)
    mixture, lists = SourceMixture(weights.astype(np.float32)), Lists(np.array([3, 2]))
    scores, sums = floats(1, 2, 3, -5, 9), floats(2, 0, 6, 0, 0)
    rows = [mixture_row(one) for one in known]
    found = mixture.log_probabilities(source_probabilities(lists, scores, sums), rows, lists)
    for one, own in zip(known, lists.slices, strict=True):
        alone = source_probabilities(Lists(np.array([own.stop - own.start])), scores[own], sums[own])
        np.testing.assert_allclose(found[own], mixture.log_probability(alone, one), rtol=1e-6)


def test_the_mixture_is_the_logarithm_of_the_weighted_sum() -> None:
    weights = np.zeros((BUCKETS, 2), np.float32)
    weights[mixture_row(Known(np.array([4, 5])))] = [0.25, 0.75]
    sources = np.array([[0.2, 0.8], [1.0, 0.0]], np.float32)
    found = SourceMixture(weights).log_probability(sources, Known(np.array([4, 5])))
    np.testing.assert_allclose(np.exp(found), [0.8, 0.2], rtol=1e-6)


def test_what_all_sources_deny_is_improbable_but_finite() -> None:
    even = SourceMixture(np.full((BUCKETS, 1), 1.0, np.float32))
    assert -30 < even.log_probability(np.zeros((1, 1), np.float32), Known())[0] < -15


@pytest.mark.parametrize(
    ("known", "other", "alike"),
    [
        (Known(np.array([1])), Known(np.array([1]), np.array([2, 3])), True),
        (Known(np.array([1])), Known(np.array([1, 2])), False),
        (Known(), Known(declared=(("tea", 1.0),)), False),
    ],
    ids=["dislikes_change_nothing", "one_more_event", "a_declaration"],
)
def test_weights_hold_for_so_many_events_that_speak_for_their_item(known: Known, other: Known, alike: bool) -> None:
    assert (mixture_row(known) == mixture_row(other)) is alike
