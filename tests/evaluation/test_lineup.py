"""The whole line-up on a clustered shop, where what must win is known."""

import pytest

from firstlight_evaluation.lineup import fit_baselines, recipes
from firstlight_evaluation.material import Material
from firstlight_evaluation.points import CURVE_POINTS, Point
from firstlight_evaluation.report.summary import Summary

EXPECTED_POINTS = {
    "popularity": 7,
    "popularity in category": 6,
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


@pytest.mark.parametrize("model", ["item-kNN cosine", "item-kNN P(j|i)", "popularity in category", "raw text mean"])
@pytest.mark.parametrize("k", [1, 3, 10])
def test_whatever_sees_the_cluster_beats_popularity(summary: Summary, model: str, k: int) -> None:
    assert value(summary, model, Point(k)) > 1.5 * value(summary, "popularity", Point(k))


@pytest.mark.parametrize("model", ["popularity in category", "untrained prompts"])
def test_a_declared_cluster_beats_popularity(summary: Summary, model: str) -> None:
    point = Point(0, declared=True)

    assert value(summary, model, point) > 1.5 * value(summary, "popularity", point)


def test_five_events_tell_a_neighbour_model_more_than_one(summary: Summary) -> None:
    cosine = [value(summary, "item-kNN cosine", Point(k)) for k in (1, 5)]

    assert cosine[1] > cosine[0]


def test_popularity_is_measured_at_every_point(summary: Summary) -> None:
    assert {one.point for one in summary.measurements if one.model == "popularity"} == set(CURVE_POINTS)


def test_settings_and_their_validation_value_are_kept(shop: Material) -> None:
    contenders = list(fit_baselines(shop, recipes(shop)[:2], seed=0))

    assert [str(one.settings["option"]).partition("(")[0] for one in contenders] == [
        "Counting",
        "CategoryPopularityOption",
    ]
    assert float(str(contenders[1].settings["validation"])) > float(str(contenders[0].settings["validation"])) > 0
