"""Parts of what is known, weighed together: each as a newcomer of whom just that is known, by the whole's weights."""

from dataclasses import replace

import numpy as np
import pytest

from firstlight_encoder.item_lift import ItemLift
from firstlight_encoder.second_stage.features import FEATURES, LIKENESS, features
from firstlight_encoder.second_stage.first_stage import FirstStage
from firstlight_encoder.second_stage.known import Known
from firstlight_encoder.second_stage.mixture import SourceMixture, mixture_row
from firstlight_encoder.second_stage.parts import Parts, likeness_of_parts, ranks_of_parts, weigh_parts
from firstlight_encoder.second_stage.second_stage import FINALISTS, Method, SecondStage
from firstlight_encoder.second_stage.seeker import Seeker
from firstlight_encoder.second_stage.weighed import weigh
from tests.encoder.second_stage.small_catalogue import WIDTH, catalogue_side, mixture
from tests.encoder.second_stage.test_second_stage import random_trees

ITEMS = 200
SIDE, MIXTURE = catalogue_side(ITEMS), mixture()
ROWS = np.arange(3, 190, 2)
LIFTED = np.array([5, 7, 91])

WHOLE = {
    "events": Known(np.array([3, 8, 8, 21])),
    "events_for_and_against": Known(np.array([3, 8]), np.array([30, 31])),
    "declarations": Known(declared=(("tea", 1.0), ("candle n7", 1.0), ("tea n8", -1.0))),
    "all_kinds": Known(np.array([12, 3]), np.array([40]), (("candle", 1.0),)),
    "more_events_than_are_read": Known(np.arange(25)),
    "nothing": Known(),
}


def parts_of(known: Known, *, count: int = 12) -> Parts:
    """Random parts, the first of nothing, the last of all."""
    random = np.random.default_rng(0)
    sizes = (len(known.history), len(known.disliked), len(known.declared))
    held = [random.random((count, size)) < 0.5 for size in sizes]
    for one in held:
        one[0], one[-1] = False, True
    lifts = np.zeros((count, len(ROWS)), np.float32)
    lifts[:, np.isin(ROWS, LIFTED)] = random.normal(size=(count, len(LIFTED)))
    queries = random.normal(size=(count, WIDTH + 1)).astype(np.float32)
    return Parts(known=known, history=held[0], disliked=held[1], declared=held[2], queries=queries, lifts=lifts)


def first_stage(parts: Parts, part: int) -> FirstStage:
    return FirstStage(parts.queries[part], ItemLift(LIFTED, parts.lifts[part][np.isin(ROWS, LIFTED)]))


def weighing_as(known: Known) -> SourceMixture:
    """The weights that hold for ``known``, however much is known."""
    return SourceMixture(np.tile(MIXTURE.weights[mixture_row(known)], (len(MIXTURE.weights), 1)))


@pytest.mark.parametrize("known", WHOLE.values(), ids=WHOLE.keys())
def test_a_part_is_weighed_as_a_newcomer_of_whom_just_that_is_known(known: Known) -> None:
    parts = parts_of(known)
    together = weigh_parts(SIDE, MIXTURE, parts, ROWS, closely=np.arange(len(ROWS)))
    asked = [(one, first_stage(parts, part)) for part, one in enumerate(parts)]
    apart = weigh(SIDE, weighing_as(known), asked, [ROWS] * len(parts), SIDE.near([one.recent for one in parts]))
    for name in ("queries", "rows", "scores", "words", "told", "sources", "log_mixture"):
        np.testing.assert_allclose(getattr(together, name), getattr(apart, name), atol=1e-5, err_msg=name)
    wanted = np.arange(0, 90, 9)
    places = (together.lists.starts[:, None] + wanted).reshape(-1)
    likeness = likeness_of_parts(SIDE, parts, ROWS[wanted]).reshape(len(LIKENESS), -1)
    rank = np.array([name.endswith("rank") or name == "rank in space" for name in FEATURES])
    ranked = ranks_of_parts(together, parts, wanted).reshape(1 + len(SIDE.tables), -1)
    found = features(together, places, likeness=likeness, ranked=ranked)
    differ = np.abs(found - features(apart, places))
    assert differ[:, ~rank].max() < 1e-4
    assert (differ[:, rank] > 0).mean() < 0.05  # rounding parts what is equal
    np.testing.assert_array_equal(found, features(together, places, likeness=likeness))


@pytest.mark.parametrize("method", [Method.MIX, Method.TREES])
def test_all_that_is_known_scores_as_the_shortlist_was_ordered(method: Method) -> None:
    stage = SecondStage(side=SIDE, mixture=MIXTURE, trees=random_trees(), method=method)
    known = WHOLE["all_kinds"]
    query = np.linspace(-1, 1, WIDTH + 1, dtype=np.float32)
    (ordered,) = stage.ordered([Seeker(known, FirstStage(query), np.argsort(-(SIDE.rows @ query)))])
    rows, finalists = np.sort(ordered.rows), np.arange(len(ordered.rows)) < FINALISTS
    parts = replace(parts_of(known), lifts=np.zeros((12, len(rows)), np.float32))
    parts = replace(parts, queries=np.tile(query, (12, 1)))
    whole = stage.partial_scores(parts, rows, rows.searchsorted(ordered.rows), finalists=finalists)[-1]
    apart = whole - ordered.scores
    assert len(apart) > FINALISTS
    np.testing.assert_allclose(apart[finalists], 0, atol=1e-5)
    np.testing.assert_allclose(apart[~finalists], apart[-1], atol=1e-4)
