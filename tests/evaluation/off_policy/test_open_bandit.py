"""The Open Bandit Dataset's reader, Thompson sampling's chances, and the report over both."""

import json
from pathlib import Path

import numpy as np
import pytest

from firstlight_evaluation.errors import BanditDataError
from firstlight_evaluation.off_policy.bandit_study import compare
from firstlight_evaluation.off_policy.coverage_study import measure_coverage
from firstlight_evaluation.off_policy.files import write_off_policy
from firstlight_evaluation.off_policy.open_bandit import LoggingPolicy, read_open_bandit
from firstlight_evaluation.off_policy.thompson_chances import read_priors, thompson_chances

ITEMS, ROWS = 4, 120


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    random = np.random.default_rng(0)
    for policy, shares in (("random", np.full(ITEMS, 0.25)), ("bts", np.array([0.4, 0.3, 0.2, 0.1]))):
        lines = [",timestamp,item_id,position,click,propensity_score"]
        for row in range(ROWS):
            item = int(random.choice(ITEMS, p=shares))
            lines.append(f"{row},2019-11-24,{item},{row % 3 + 1},{int(random.random() < 0.3)},{shares[item]}")
        path = tmp_path / policy / "all" / "all.csv"
        path.parent.mkdir(parents=True)
        path.write_text("\n".join(lines) + "\n")
    return tmp_path


def test_a_log_is_read_with_items_and_places_from_zero(folder: Path) -> None:
    log = read_open_bandit(folder, LoggingPolicy.THOMPSON, "all")
    assert (len(log.items), log.shape) == (ROWS, (ITEMS, 3))
    assert log.shown_shares().sum(axis=0) == pytest.approx(1.0)


@pytest.mark.parametrize("broken", ["gone", "columns", "rows"])
def test_a_broken_log_is_refused_by_its_name(folder: Path, broken: str) -> None:
    path = folder / "random" / "all" / "all.csv"
    if broken == "gone":
        path.unlink()
    else:
        path.write_text(
            "item_id,position\n1,1\n" if broken == "columns" else "item_id,position,click,propensity_score\n"
        )
    with pytest.raises(BanditDataError, match=r"random/all/all\.csv"):
        read_open_bandit(folder, LoggingPolicy.RANDOM, "all")


def test_thompson_sampling_shows_the_surer_winner_first() -> None:
    chances = thompson_chances(np.array([90.0, 1.0, 1.0]), np.array([10.0, 99.0, 99.0]), places=2, seed=0, draws=2_000)
    assert chances.sum(axis=0) == pytest.approx(1.0)
    assert chances[0, 0] == 1.0
    assert chances[1, 1] == pytest.approx(0.5, abs=0.05)


def test_priors_are_read_as_they_are_published(tmp_path: Path) -> None:
    path = tmp_path / "prior_bts.yaml"
    path.write_text("all:\n  alpha:\n    - 47.0\n    - 8.0\n  beta:\n    - 1.0\n    - 2.0\nmen:\n  alpha:\n    - 3.0\n")
    clicks, misses = read_priors(path, "all")
    assert (clicks.tolist(), misses.tolist()) == ([47.0, 8.0], [1.0, 2.0])
    with pytest.raises(BanditDataError, match="'men'"):
        read_priors(path, "men")


def test_the_report_holds_each_policy_estimated_from_the_other_and_the_simulator(folder: Path, tmp_path: Path) -> None:
    logs = {policy: read_open_bandit(folder, policy, "all") for policy in LoggingPolicy}
    comparisons = list(compare("all", logs, priors=np.full((ITEMS, 3), 0.25)))
    coverage = measure_coverage(sizes=[60], logs=2, items=3)
    files = write_off_policy(comparisons, coverage, directory=tmp_path / "out")
    assert [path.suffix for path in files] == [".json", ".md", ".svg", ".png"]
    written = json.loads(files[0].read_text())
    assert [one["logged_by"] for one in written["open_bandit"]] == ["random", "random", "bts"]
    assert {row["policy"] for row in written["simulator"]} == {"uniform", "softmax", "greedy"}
    assert "Switch-DR" in files[1].read_text()
