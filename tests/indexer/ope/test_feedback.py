"""`firstlight-indexer ope` over a real event log: what arms earned, what a policy would have, and what is refused."""

import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from firstlight_indexer.cli import app
from firstlight_indexer.errors import FeedbackError
from firstlight_indexer.ope.feedback_log import read_feedback
from firstlight_indexer.ope.feedback_report import report_feedback
from firstlight_indexer.ope.reward_rules import RewardRules
from firstlight_indexer.ope.targets import Target, target_rounds
from firstlight_store.event_log import EventLog, EventLogMissing, Impression, LoggedEvent, Shown

USERS, BASE, NEW = 600, ("a", "b"), ("c", "d", "e", "f")
RATES = {"a": 0.5, "b": 0.3, "c": 0.1, "d": 0.1, "e": 0.1, "f": 0.1}
RULES = RewardRules({"purchase": 1.0})


def url(folder: Path) -> str:
    return f"sqlite:///{folder / 'events.db'}"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Answers of two places; the second is explored with a chance of 0.4, by one of four new items."""
    made, random = tmp_path_factory.mktemp("log"), np.random.default_rng(0)
    shown: list[tuple[str, Impression]] = []
    events: list[LoggedEvent] = []
    for number in range(USERS):
        explored = random.random() < 0.4
        second = Shown(NEW[random.integers(4)], 0.1, explored=True) if explored else Shown("b", 0.6)
        answer = Impression(f"r{number}", f"u{number}", 100.0, arm=("x", "y")[number % 2], items=(Shown("a"), second))
        shown.append(("shop", answer))
        events += [
            LoggedEvent(f"{number}-{one.item_id}", answer.user, one.item_id, "purchase", 160.0, request_id=f"r{number}")
            for one in answer.items
            if random.random() < RATES[one.item_id]
        ]
    log = EventLog(url(made))
    log.show(shown)
    log.record([("shop", events), ("other", [LoggedEvent("1", "u", "a", "purchase", 1.0, request_id="r1")])])
    log.close()
    return made


def read(folder: Path) -> EventLog:
    return EventLog(url(folder))


def test_a_log_becomes_a_row_for_every_shown_item(folder: Path) -> None:
    log = read(folder)
    feedback = read_feedback(log, "shop", rules=RULES)
    log.close()
    assert (feedback.answers, len(feedback.items), feedback.shape) == (USERS, 2 * USERS, (6, 2))
    assert feedback.attributed == feedback.rewards.sum()
    assert feedback.unattributed == 0


def test_greedy_is_estimated_from_what_was_explored_beside_it(folder: Path) -> None:
    log = read(folder)
    report = report_feedback(read_feedback(log, "shop", rules=RULES), tenant="shop", target=Target.GREEDY)
    log.close()
    truth = (RATES["a"] + RATES["b"]) / 2
    assert [estimate.estimator for estimate in report.estimates] == ["IPS", "SNIPS", "DM", "DR", "Switch-DR"]
    assert all(one.normal.covers(truth) for one in report.estimates if one.estimator != "DM")
    assert [arm.users for arm in report.arms] == [USERS // 2, USERS // 2]


def test_a_softmax_is_learnt_from_half_of_the_users_and_judged_by_the_other(folder: Path) -> None:
    log = read(folder)
    rounds = target_rounds(read_feedback(log, "shop", rules=RULES), Target.SOFTMAX, temperature=0.2)
    log.close()
    assert 0 < len(rounds.rewards) < 2 * USERS
    assert (rounds.target > 0).all()


def test_what_comes_too_late_or_is_of_another_type_earns_nothing(folder: Path) -> None:
    log = read(folder)
    late = read_feedback(log, "shop", rules=RewardRules({"purchase": 1.0}, window_s=59.0))
    other = read_feedback(log, "shop", rules=RewardRules({"cart": 1.0}))
    log.close()
    assert late.rewards.sum() == other.rewards.sum() == 0


def test_the_command_prints_a_table_and_json(folder: Path) -> None:
    runner = CliRunner()
    asked = ["ope", "--events-url", url(folder), "--tenant", "shop"]
    table = runner.invoke(app, asked, env={"COLUMNS": "160"})
    assert table.exit_code == 0, table.output
    assert "What each arm earned" in table.output
    assert "Switch-DR" in table.output
    machine = runner.invoke(app, [*asked, "--target", "arm", "--reward", "purchase=2", "--json"])
    content = json.loads(machine.stdout)
    assert [arm["arm"] for arm in content["arms"]] == ["x", "y"]
    assert content["estimates"] == []


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--tenant", ""], "the tenant is empty"),
        (["--tenant", "nobody"], "no impressions of the tenant 'nobody'"),
        (["--tenant", "shop", "--target", "best"], "there is no target 'best'"),
        (["--tenant", "shop", "--reward", "purchase"], "'purchase' is not TYPE=NUMBER"),
        (["--tenant", "shop", "--reward", "purchase=nan"], "'purchase=nan' is not TYPE=NUMBER"),
        (["--tenant", "shop", "--reward", "click=1"], "'click=1' is of no type of event; there are view, cart"),
        (["--tenant", "shop", "--window-s", "0"], "the window is 0.0 seconds"),
        (["--tenant", "shop", "--target", "softmax", "--temperature", "-1"], "the temperature is -1.0"),
    ],
)
def test_bad_input_is_named(folder: Path, options: list[str], told: str) -> None:
    result = CliRunner().invoke(app, ["ope", "--events-url", url(folder), *options])
    assert isinstance(result.exception, FeedbackError)
    assert told in str(result.exception)


def test_a_log_that_is_not_there_is_named_and_not_made(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["ope", "--events-url", url(tmp_path / "nowhere")])
    assert isinstance(result.exception, EventLogMissing)
    assert "is not there; check the name" in str(result.exception)
    assert list(tmp_path.iterdir()) == []


def test_a_propensity_out_of_range_is_named_with_its_answer(tmp_path: Path) -> None:
    log = EventLog(url(tmp_path))
    log.show([("shop", Impression("r9", "u", 1.0, items=(Shown("a"), Shown("b", 0.0))))])
    with pytest.raises(FeedbackError, match=r"answer 'r9', place 2: the propensity is 0.0"):
        read_feedback(log, "shop", rules=RULES)
    log.close()
