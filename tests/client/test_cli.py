"""The command line from its words to its exit status, through a real server."""

import json
import shlex
import subprocess
import sys
from dataclasses import fields
from pathlib import Path
from typing import Any

import grpc
import pytest

from firstlight import (
    Declaration,
    Event,
    Filter,
    Recommendation,
    RequestWarning,
    WarningCode,
    __version__,
)
from firstlight._cli import main
from firstlight.testing import FakeItem, FakeServer
from tests.client.conftest import Run, Said


def test_a_recommendation_is_a_readable_table(run: Run) -> None:
    said = run("recommend", "--category", "Cold cereal", "--page-size", "2")
    head, first, second, last = said.out.splitlines()
    assert (said.status, said.err) == (0, "")
    assert head.split() == ["#", "ITEM", "TITLE", "SCORE", "SOURCE", "CATEGORY", "BRAND", "PRICE"]
    assert first.split("  ")[:2] == ["1", "cereal-1"]
    assert first.index("Corn flakes") == second.index("Honey oat rings") == head.index("TITLE")
    assert first.endswith("2.99")
    assert last.startswith("snapshot s-00000000000b, request ")


def test_reasons_stand_below_their_item(run: Run) -> None:
    said = run("recommend", "--event", "purchase:cereal-1", "--page-size", "1", "--reasons")
    assert "    +0.9000  event 1: It is like “Corn flakes”." in said.out.splitlines()


def test_json_says_all_that_the_answer_says(run: Run) -> None:
    said = run("recommend", "--brand", "Harbour", "--page-size", "1", "--reasons", "--json")
    assert said.status == 0
    assert said.json["items"][0]["item_id"] == "coffee-1"
    assert said.json["items"][0]["source"] == "declared"
    assert said.json["items"][0]["reasons"][0]["kind"] == "declaration"
    assert set(said.json) == {field.name for field in fields(Recommendation)}


def test_every_option_reaches_the_service(server: FakeServer, run: Run) -> None:
    words = (
        "recommend --event purchase:a --event view:b=2@2026-01-01T10:00+02:00 --category C --not-category D "
        "--brand E --not-brand F --text G --not-text H --page-size 7 --exclude i --exclude j --filter-category K "
        "--filter-brand L --filter-attribute size=1 --filter-attribute size=2 --min-price 1.5 --max-price 9 "
        "--include-unavailable --include-seen --exploit-only --reasons --timeout 30"
    )
    assert run(*words.split()).status == 0
    query = server.received[0].query
    assert [event.item_id for event in query.events] == ["a", "b"]
    assert query.events[0] == Event.purchase("a")
    assert query.declarations == (
        Declaration.category("C"),
        Declaration.category("D", weight=-1),
        Declaration.brand("E"),
        Declaration.brand("F", weight=-1),
        Declaration.text("G"),
        Declaration.text("H", weight=-1),
    )
    assert query.filter == Filter(
        categories=["K"],
        brands=["L"],
        min_price=1.5,
        max_price=9,
        include_unavailable=True,
        attributes={"size": ["1", "2"]},
    )
    assert (query.page_size, query.exclude, query.want_reasons, query.include_seen) == (7, ("i", "j"), True, True)
    assert query.exploit_only
    assert 29 < (server.received[0].timeout_s or 0) < 31


def test_warnings_go_to_standard_error(server: FakeServer, run: Run) -> None:
    server.warn(RequestWarning(code=WarningCode.TEXT_IGNORED, field="declarations[0]", message="no\nencoder"))
    said = run("recommend", "--text", "x")
    assert said.err == "warning: text_ignored: declarations[0]: no encoder\n"


def test_an_answer_without_items_says_so(run: Run) -> None:
    said = run("recommend", "--filter-brand", "Nobody")
    assert said.status == 0
    assert said.out.startswith("no items\n")
    assert "only 0 of 10 items pass" in said.err


def test_neighbours_are_listed(run: Run) -> None:
    assert [item["item_id"] for item in run("similar", "cereal-1", "--page-size", "1", "--json").json["items"]] == [
        "cereal-2"
    ]


def test_snapshots_are_listed_shown_and_activated(run: Run) -> None:
    listed = run("snapshots", "list").out.splitlines()
    assert listed[0].split() == ["SNAPSHOT", "CREATED", "ITEMS", "WIDTH", "INDEX", "RECALL@10", "DOMAIN"]
    assert [line[:17].split() for line in listed[1:]] == [["*", "s-00000000000b"], ["s-00000000000a"]]
    assert run("snapshots", "activate", "s-00000000000a").out == "s-00000000000a answers now, s-00000000000b before\n"
    shown = run("snapshots", "show").out
    assert "id                   s-00000000000a\n" in shown
    assert "created at           2026-01-01 12:00:00 UTC\n" in shown
    assert "parent id            -\n" in shown
    assert run("snapshots", "show", "s-00000000000b", "--json").json["created_at"] == "2026-01-02T12:00:00+00:00"
    assert [each["active"] for each in run("snapshots", "list", "--json").json] == [False, True]


def test_a_canary_is_set_listed_and_cleared(run: Run) -> None:
    assert run("snapshots", "canary", "s-00000000000a", "--share", "0.05").out == "s-00000000000a answers 5% of users\n"
    marks = [line.split()[:2] for line in run("snapshots", "list").out.splitlines()[1:]]
    assert marks == [["*", "s-00000000000b"], ["5%", "s-00000000000a"]]
    assert run("recommend", "--user-id", "u", "--json").json["snapshot_id"] in ("s-00000000000a", "s-00000000000b")
    assert run("snapshots", "canary", "s-00000000000a", "--json").json["canary_share"] == 0.01
    assert run("snapshots", "canary").out == "no canary\n"


def test_activation_has_a_longer_deadline(server: FakeServer, run: Run) -> None:
    run("snapshots", "activate", "s-00000000000a")
    assert 59 < (server.received[0].timeout_s or 0) < 61


def test_health_is_told_by_words_and_status(server: FakeServer, run: Run) -> None:
    assert run("health") == Said(0, f"{server.target} is serving\n", "")
    assert run("health", "--wait", "5", "--json").json == {"target": server.target, "serving": True}
    server.serving = False
    assert run("health") == Said(1, f"{server.target} is not serving, or out of reach\n", "")
    assert "was not ready within 0.2 s" in run("health", "--wait", "0.2").err


def test_a_failed_call_is_one_line_and_status_1(server: FakeServer, run: Run) -> None:
    server.fail(grpc.StatusCode.INTERNAL, "first line\nsecond line \x1b[31m")
    said = run("similar", "milk-1")
    assert (said.status, said.out) == (1, "")
    assert said.err.startswith("firstlight: SimilarItems: INTERNAL: first line second line")
    assert said.err.count("\n") == 1
    assert "\x1b" not in said.err
    assert f"(asked {server.target})" in said.err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("", "the following arguments are required: COMMAND"),
        ("recomend", "invalid choice: 'recomend'"),
        ("recommend --event bought:1", "'bought:1' is not TYPE:ITEM"),
        ("recommend --event 82914", "'82914' is not TYPE:ITEM, such as purchase:82914"),
        ("recommend --event view:1@2026-13-01", "'2026-13-01' is no time"),
        ("recommend --filter-attribute size", "'size' is not NAME=VALUE"),
        ("recommend --pin 82914", "'82914' is not ITEM@PLACE, such as 82914@1"),
        ("recommend --max-per-brand 0", "Reranking.max_per_brand must be at least 1, got 0"),
        ("recommend --page-size ten", "invalid int value: 'ten'"),
        ("recommend --page-size 99999999999", "page_size must fit into 32 bits"),
        ("recommend --timeout 0", "timeout_s must be a finite number of seconds above 0"),
        ("recommend --ca /nowhere/ca.pem", "No such file or directory: '/nowhere/ca.pem'"),
        ("recommend --cert /nowhere/cert.pem", "go together"),
        ("recommend --cat Milk", "unrecognized arguments: --cat"),
        ("similar", "the following arguments are required: ITEM"),
        ("snapshots activate", "the following arguments are required: ID"),
    ],
)
def test_wrong_usage_is_one_line_and_status_2(run: Run, words: str, message: str) -> None:
    said = run(*words.split())
    assert (said.status, said.out) == (2, "")
    assert message in said.err
    assert said.err.count("\n") == 1


def test_options_go_before_the_environment_and_the_environment_before_defaults(run: Run) -> None:
    with FakeServer(tenants=("north", "south")) as other:
        assert run("snapshots", "list", "--target", other.target, FIRSTLIGHT_TENANT="north").status == 0
        south = run("snapshots", "list", "--target", other.target, "--tenant", "south", FIRSTLIGHT_TENANT="x")
        assert south.status == 0
        assert [call.tenant for call in other.received] == ["north", "south"]


def test_the_token_comes_from_the_environment(server: FakeServer, run: Run) -> None:
    run("recommend", FIRSTLIGHT_TOKEN="s3cret")
    assert server.received[0].metadata["authorization"] == "Bearer s3cret"


def test_a_token_does_not_travel_in_plain_sight(run: Run) -> None:
    said = run("recommend", "--target", "shop.test:1", FIRSTLIGHT_TOKEN="s3cret")
    assert said.status == 2
    assert "in plain sight" in said.err
    assert "s3cret" not in said.err


def test_tls_options_open_a_secure_channel(run: Run, certificates: Path) -> None:
    said = run("recommend", "--ca", str(certificates / "authority.pem"), "--timeout", "0.5")
    assert said.status == 1  # the fake server speaks no TLS


@pytest.mark.parametrize("words", ["--help", "recommend --help", "similar --help", "snapshots list --help"])
def test_help_is_given_with_status_0(run: Run, words: str) -> None:
    said = run(*words.split())
    assert said.status == 0
    assert said.out.startswith("usage: firstlight")


def test_the_examples_in_the_help_run(run: Run) -> None:
    helps = run("--help").out + run("recommend", "--help").out
    examples = [line.strip().split("   ")[0] for line in helps.splitlines() if line.startswith("  firstlight ")]
    assert len(examples) >= 10
    for example in examples:
        words = shlex.split(example.split("  ")[0].replace("82914", "milk-1"))
        assert run(*words[1:]).status == 0, example


def test_the_version_is_told(run: Run) -> None:
    assert run("--version").out == f"firstlight {__version__}\n"


def test_a_title_cannot_steer_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    with FakeServer(items=[FakeItem("a", "Red \x1b[31m\nalert")]) as server:
        assert main(["recommend", "--target", server.target], environ={}) == 0
    assert "Red  [31m alert" in capsys.readouterr().out


def test_colour_is_for_terminals_only(
    server: FakeServer, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ["snapshots", "list", "--target", server.target]
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    for environ, coloured in (({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)):
        main(words, environ=environ)
        assert ("\x1b[1m" in capsys.readouterr().out) is coloured


def _process(*words: str, **settings: Any) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "firstlight", *words],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        **settings,
    )


def test_the_installed_command_asks_and_answers(server: FakeServer) -> None:
    script = Path(sys.executable).with_name("firstlight")
    answered = subprocess.run(
        [script, "recommend", "--target", server.target, "--json"],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert json.loads(answered.stdout)["items"][0]["item_id"] == "milk-1"


def test_a_process_ends_with_the_status_of_its_command() -> None:
    failed = _process("recommend", "--target", "localhost:1")
    assert (failed.returncode, failed.stdout) == (1, "")
    assert failed.stderr.startswith("firstlight: Recommend: UNAVAILABLE: ")
    assert failed.stderr.count("\n") == 1


def test_a_reader_that_has_seen_enough_is_no_error(server: FakeServer) -> None:
    command = f"{sys.executable} -m firstlight recommend --target {server.target} --json | head -c 1"
    piped = subprocess.run(["bash", "-o", "pipefail", "-c", command], capture_output=True, text=True, check=False)
    assert (piped.returncode, piped.stdout, piped.stderr) == (0, "{", "")


def test_a_terminal_that_cannot_show_a_title_shows_what_it_can() -> None:
    with FakeServer(items=[FakeItem("a", "Käse")]) as server:
        environ = {"PYTHONIOENCODING": "ascii", "PATH": ""}
        said = _process("recommend", "--target", server.target, env=environ)
    assert said.returncode == 0
    assert "K?se" in said.stdout
