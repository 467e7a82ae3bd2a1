"""The faults are found, done as often as asked, and counted."""

import json
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from benchmarks.chaos import __main__ as chaos
from benchmarks.chaos.fault import Fault, Outcome, unmet
from benchmarks.chaos.faults import all_faults


@dataclass
class Pretended:
    id: str
    outcome: Outcome | None
    title: str = "nothing is done"
    rounds: int = 7
    asked: list[tuple[int, int]] = field(default_factory=list[tuple[int, int]])

    def run(self, rounds: int, seed: int) -> Outcome:
        self.asked.append((rounds, seed))
        if self.outcome is None:
            raise RuntimeError("the test itself broke")
        return self.outcome


@pytest.fixture
def faults(monkeypatch: pytest.MonkeyPatch) -> list[Pretended]:
    held = [
        Pretended("A1", Outcome(rounds=7, figures={"p99 ms": 3.0})),
        Pretended("A2", Outcome(rounds=7, failures=("calls: 3 were lost",))),
        Pretended("A3", None),
    ]
    monkeypatch.setattr(chaos, "all_faults", lambda: held)
    return held


def run(*arguments: str, out: Path) -> tuple[int, str]:
    program = typer.Typer()
    program.command()(chaos.main)
    result = CliRunner().invoke(program, [*arguments, "--out", str(out)])
    return result.exit_code, result.stdout


def test_every_fault_has_an_id_of_its_own_a_title_and_rounds() -> None:
    found: list[Fault] = all_faults()
    assert {"H4", "H5", "H6", "O1", "O2", "O3"} <= {fault.id for fault in found}
    assert all(fault.title and fault.rounds >= 1 for fault in found)


def test_it_counts_what_passed_and_what_failed_and_keeps_it(faults: list[Pretended], tmp_path: Path) -> None:
    status, said = run(out=tmp_path / "chaos.json")
    assert status == 1
    assert said.splitlines()[-1] == "1 passed, 2 failed"
    kept = {row["id"]: row for row in json.loads((tmp_path / "chaos.json").read_text())}
    assert [kept[each]["passed"] for each in ("A1", "A2", "A3")] == [True, False, False]
    assert kept["A2"]["outcome"]["failures"] == ["calls: 3 were lost"]
    assert kept["A3"]["outcome"]["failures"] == ["RuntimeError: the test itself broke"]
    assert [fault.asked for fault in faults] == [[(7, 0)]] * 3


def test_one_fault_can_be_done_alone_as_often_as_wanted(faults: list[Pretended], tmp_path: Path) -> None:
    status, said = run("--only", "A1", "--rounds", "2", "--seed", "9", out=tmp_path / "chaos.json")
    assert (status, said.splitlines()[-1]) == (0, "1 passed, 0 failed")
    assert [fault.asked for fault in faults] == [[(2, 9)], [], []]


def test_an_id_that_does_not_exist_is_refused(faults: list[Pretended], tmp_path: Path) -> None:
    status, said = run("--only", "Z9", out=tmp_path / "chaos.json")
    assert status == 2
    assert said == ""
    assert all(not fault.asked for fault in faults)


def test_promises_that_were_kept_say_nothing() -> None:
    assert unmet(speed=(True, "slow"), lost_calls=(False, "3 of 10")) == ("lost calls: 3 of 10",)
