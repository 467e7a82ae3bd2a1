"""The files of a report hold what they promise."""

import json
from pathlib import Path
from typing import Any

import pytest

from firstlight_evaluation.errors import ReportError
from firstlight_evaluation.report.files import write_report
from firstlight_evaluation.report.plot import curve_plot
from firstlight_evaluation.report.summary import Summary

KEYS = {"model", "k", "declared", "metric", "value", "low", "high", "users", "seed"}
ROUNDING = 1e-12


@pytest.fixture(scope="module")
def folder(summary: Summary, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("reports") / "clustered"
    written = write_report(summary, directory=folder)
    assert sorted(path.name for path in written) == sorted(path.name for path in folder.iterdir())
    return folder


def read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", ["cold_user_curve.json", "cold_user_curve_same_users.json"])
def test_every_row_has_exactly_the_promised_keys_and_sane_values(folder: Path, name: str) -> None:
    rows = read(folder / name)

    assert rows
    for row in rows:
        assert set(row) == KEYS
        # The weights of a resample's targets differ from those of all, so a ratio of both may pass 1.
        most = 1.2 if "debiased" in row["metric"] else 1 + ROUNDING
        assert 0 <= row["low"] <= row["value"] + ROUNDING
        assert row["value"] <= row["high"] + ROUNDING <= most + ROUNDING
        assert row["users"] > 0
    places = [(row["model"], row["k"], row["declared"], row["metric"], row["seed"]) for row in rows]
    assert len(set(places)) == len(places)


def test_the_curve_has_seven_points_all_metrics_and_both_seeds_of_the_model(folder: Path) -> None:
    rows = [row for row in read(folder / "cold_user_curve.json") if row["model"] == "oracle"]

    assert {(row["k"], row["declared"]) for row in rows} == {
        (0, False), (0, True), (1, False), (2, False), (3, False), (5, False), (10, False),
    }  # fmt: skip
    assert {row["metric"] for row in rows} == {
        "ndcg@10", "recall@10", "recall@20", "mrr@20", "debiased recall@10", "diversity@10", "ndcg@10 warm",
        "recall@10 warm", "coverage@10",
    }  # fmt: skip
    assert {row["seed"] for row in rows} == {0, 1}
    assert {row["value"] for row in rows if row["metric"] == "ndcg@10"} == {1.0}


def test_the_same_users_are_as_many_at_every_point(folder: Path) -> None:
    assert len({row["users"] for row in read(folder / "cold_user_curve_same_users.json")}) == 1


def test_the_page_shows_the_main_metric_first_and_all_others_point_by_point(folder: Path) -> None:
    page = (folder / "cold_user_curve.md").read_text(encoding="utf-8")
    heads = [line for line in page.splitlines() if line.startswith("## ")]

    assert [head.split(",")[0] for head in heads[:2]] == ["## NDCG@10", "## NDCG@10 against the best baseline"]
    assert sum(head.startswith("## Other metrics, known events:") for head in heads) == 7
    assert "| model | Recall@10 (n=" in page


def test_differences_name_the_baseline_and_the_cohort(folder: Path) -> None:
    rows = read(folder / "differences.json")

    assert len(rows) == 2 * 7
    assert {row["cohort"] for row in rows} == {"all users eligible at each point", "the same users at every point"}
    assert all(row["model"] == "oracle" and row["baseline"] != "oracle" and row["low"] > 0 for row in rows)


def test_the_run_tells_what_repeats_it(folder: Path) -> None:
    run = read(folder / "run.json")

    assert (run["domain"], run["seeds"], run["items"]) == ("clustered", [0, 1], 96)
    assert set(run["users"]) == {"train", "validation", "test"}
    assert "half_life_h" in run["settings"]["popularity"]["option"]


def test_the_plot_is_drawn_as_svg_with_every_model_named_and_as_png(folder: Path, summary: Summary) -> None:
    svg = (folder / "cold_user_curve.svg").read_text(encoding="utf-8")

    assert svg.startswith("<svg")
    assert all(f">{model}</text>" in svg for model in summary.models)
    assert (folder / "cold_user_curve.png").read_bytes().startswith(b"\x89PNG")


def test_the_page_has_the_tables_of_both_cohorts_and_the_plot(folder: Path) -> None:
    page = (folder / "cold_user_curve.md").read_text(encoding="utf-8")

    assert page.count("\n## NDCG@10, ") == 2
    assert page.count("\n## NDCG@10 against the best baseline, ") == 2
    assert "![Cold-user curve](cold_user_curve.svg)" in page


def test_a_notice_stands_on_the_page_in_the_run_and_on_the_plot(summary: Summary, tmp_path: Path) -> None:
    noticed = Summary("other", summary.measurements[:1], notice="Not for sale.")

    write_report(noticed, directory=tmp_path)

    assert "> Not for sale." in (tmp_path / "cold_user_curve.md").read_text(encoding="utf-8")
    assert read(tmp_path / "run.json")["notice"] == "Not for sale."
    assert "Not for sale." in (tmp_path / "cold_user_curve.svg").read_text(encoding="utf-8")


def test_nothing_measured_is_nothing_to_plot() -> None:
    with pytest.raises(ReportError, match="no measurement of ndcg@10 in 'empty'"):
        curve_plot(Summary("empty", []))
