"""The whole line-up on a clustered shop, where what must win is known."""

from dataclasses import replace

import pytest

from firstlight_evaluation.baselines.tuning import MAX_OPTIONS
from firstlight_evaluation.lineup import fit_baselines, recipes
from firstlight_evaluation.material import Material
from firstlight_evaluation.points import CURVE_POINTS, Point
from firstlight_evaluation.report.summary import Summary

EXPECTED_POINTS = {
    "popularity": 7,
    "popularity 7 days": 7,
    "popularity in category": 6,
    "item-kNN in order": 5,
    "EASE": 5,
    "BM25 on titles": 6,
    "item-kNN cosine": 5,
    "item-kNN P(j|i)": 5,
    "raw text mean": 5,
    "untrained prompts": 1,
}


def value(summary: Summary, model: str, point: Point) -> float:
    return next(
        row.value
        for row in summary.all_eligible.mean_rows
        if (row.model, row.point, row.metric) == (model, point, "ndcg@10")
    )


def test_a_model_has_rows_only_where_it_has_something_to_say(summary: Summary) -> None:
    points = {model: {one.point for one in summary.measurements if one.model == model} for model in EXPECTED_POINTS}

    assert {model: len(own) for model, own in points.items()} == EXPECTED_POINTS
    assert points["untrained prompts"] == {Point(0, declared=True)}
    assert Point(0) not in points["popularity in category"]


@pytest.mark.parametrize(
    "model",
    [
        "item-kNN cosine",
        "item-kNN P(j|i)",
        "item-kNN in order",
        "EASE",
        "popularity in category",
        "raw text mean",
        "BM25 on titles",
    ],
)
@pytest.mark.parametrize("k", [1, 3, 10])
def test_whatever_sees_the_cluster_beats_popularity(summary: Summary, model: str, k: int) -> None:
    assert value(summary, model, Point(k)) > 1.5 * value(summary, "popularity", Point(k))


@pytest.mark.parametrize("model", ["popularity in category", "untrained prompts", "BM25 on titles"])
def test_a_declared_cluster_beats_popularity(summary: Summary, model: str) -> None:
    point = Point(0, declared=True)

    assert value(summary, model, point) > 1.5 * value(summary, "popularity", point)


def test_five_events_tell_a_neighbour_model_more_than_one(summary: Summary) -> None:
    cosine = [value(summary, "item-kNN cosine", Point(k)) for k in (1, 5)]

    assert cosine[1] > cosine[0]


def test_popularity_is_measured_at_every_point(summary: Summary) -> None:
    assert {one.point for one in summary.measurements if one.model == "popularity"} == set(CURVE_POINTS)


def test_settings_and_their_validation_value_are_kept(shop: Material) -> None:
    fitted = {one.name: one.settings for one in fit_baselines(shop, recipes(shop), seed=0)}
    plain, within = fitted["popularity"], fitted["popularity in category"]

    assert [str(one["option"]).partition("(")[0] for one in (plain, within)] == ["Counting", "CategoryPopularityOption"]
    assert float(str(within["validation"])) > float(str(plain["validation"])) > 0


def test_what_has_no_times_or_titles_has_no_baselines_that_need_them(shop: Material) -> None:
    timeless = replace(shop, split=replace(shop.split, time_h=None), titles=())

    names = {contender.name for contender in fit_baselines(timeless, recipes(timeless), seed=0)}

    assert names == set(EXPECTED_POINTS) - {"popularity 7 days", "BM25 on titles"}


def test_no_baseline_has_more_options_than_the_budget(shop: Material) -> None:
    assert max(len(recipe.options) for recipe in recipes(shop)) <= MAX_OPTIONS
