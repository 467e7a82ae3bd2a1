"""The command line on a small shop's files: trains, judges, writes and says what went wrong."""

import json
import sys
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from firstlight_evaluation.cli import app, main
from tests.evaluation.tiny_shop_files import write_tiny_shop


@pytest.fixture(scope="module")
def toml(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny_shop(tmp_path_factory.mktemp("tiny-shop"))


def run(toml: Path, *options: str) -> str:
    workdir = toml.parent / "work"
    result = CliRunner().invoke(app, ["run", "--domain", str(toml), "--workdir", str(workdir), *options])
    assert result.exit_code == 0, result.output
    return result.stdout


def test_a_run_judges_the_trained_model_beside_the_baselines(toml: Path, tmp_path: Path) -> None:
    said = json.loads(run(toml, "--reports", str(tmp_path), "--seeds", "2", "--json"))

    rows = json.loads((tmp_path / "tiny-shop" / "cold_user_curve.json").read_text())
    assert said["rows"] == rows
    assert (said["domain"], said["notice"]) == ("tiny-shop", "Made up.")
    assert all(Path(path).is_file() for path in said["files"])
    assert {(row["model"], row["seed"]) for row in rows if row["k"] == 0 and not row["declared"]} == {
        (model, seed) for model in ("firstlight", "popularity", "popularity 7 days") for seed in (0, 1)
    }
    known = {row["model"]: row["value"] for row in rows if row["k"] == 3 and row["metric"] == "recall@10"}
    assert known["firstlight"] > known["popularity"]


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("reports")


@pytest.fixture(scope="module")
def shown(toml: Path, reports: Path) -> str:
    """What people see of a run that holds items out."""
    return run(toml, "--out", str(reports), "--hold-out-items", "0.1")


def test_people_get_tables_the_notice_and_the_files(shown: str, reports: Path) -> None:
    assert "NDCG@10, all users eligible at each point" in shown
    assert "firstlight" in shown
    assert "Made up." in shown
    assert f"wrote {reports / 'cold_user_curve.json'}" in shown


def test_lists_made_from_an_export_take_part_in_a_run(toml: Path, tmp_path: Path) -> None:
    shared = ["--domain", str(toml), "--workdir", str(toml.parent / "work")]
    exported = CliRunner().invoke(app, ["export", *shared, "--out", str(tmp_path / "peers")])
    assert f"wrote {tmp_path / 'peers' / 'test.parquet'}" in exported.stdout, exported.output
    cases = pl.read_parquet(tmp_path / "peers" / "test.parquet").filter((pl.col("k") == 0) & ~pl.col("declared"))
    (tmp_path / "peers" / "lists").mkdir()
    one_item = cases.select("case", rank=pl.lit(1), row=pl.lit(5), score=pl.lit(1.0))
    one_item.write_parquet(tmp_path / "peers" / "lists" / "always-five.parquet")
    fingerprint = json.loads((tmp_path / "peers" / "exchange.json").read_text())["fingerprint"]
    (tmp_path / "peers" / "lists" / "always-five.json").write_text(
        json.dumps({"name": "always five", "exchange": fingerprint})
    )

    said = json.loads(run(toml, "--out", str(tmp_path / "report"), "--peers", str(tmp_path / "peers"), "--json"))

    assert {(row["k"], row["declared"]) for row in said["rows"] if row["model"] == "always five"} == {(0, False)}


def test_new_items_are_judged_apart_where_asked_for(shown: str, reports: Path) -> None:
    assert "Held-out items against the raw text encoder" in shown
    found = json.loads((reports / "cold_items.json").read_text())
    assert found["items_held_out"] == 5
    assert {row["model"] for row in found["others_against_all_events"]} == {"firstlight"}
    assert "# New items: tiny-shop" in (reports / "cold_items.md").read_text()


def test_a_domain_that_is_not_there_ends_in_one_line_and_exit_code_1(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    missing = tmp_path / "firstlight.toml"
    monkeypatch.setattr(
        sys, "argv", ["firstlight-evaluate", "run", "--domain", str(missing), "--workdir", str(tmp_path)]
    )

    with pytest.raises(SystemExit) as stopped:
        main()

    assert stopped.value.code == 1
    assert f"error: {missing}: there is no such file" in capsys.readouterr().err


def test_help_teaches_what_is_measured() -> None:
    shown = CliRunner().invoke(app, ["--help"]).stdout

    assert "cold-user curve" in shown
    assert "no row there" in " ".join(shown.split())
