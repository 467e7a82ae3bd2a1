"""A contest between processes that answer at once. Skipped where h2load is not installed."""

import sys
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console
from rich.progress import Progress

from benchmarks.h2load import LoadError, is_installed
from benchmarks.measure import WrongAnswerError
from benchmarks.serving_peers import contest, side
from benchmarks.serving_peers.contender import Contender, running
from benchmarks.serving_peers.crowd import command, crowd
from benchmarks.serving_peers.question import Question
from benchmarks.serving_peers.wire import JsonWire
from tests.benchmarks.serving_peers.shop_window import BEST, window

QUESTIONS = [Question(text=f"text {number}") for number in range(3)]
needs_h2load = pytest.mark.skipif(not is_installed(), reason="h2load is not installed (Debian: nghttp2-client)")


def _contender(name: str, best: float, *, environment: Path | None = None) -> Contender:
    program = [sys.executable, "-m", "tests.benchmarks.serving_peers.shop_window", str(best)]
    return Contender(name, JsonWire("ask"), lambda address: [*program, address], environment)


def test_each_caller_has_one_call_in_flight_on_one_connection() -> None:
    line = command(Path("body"), Path("log"), "http://h:1/p", ["-n", "9"])
    assert line == [
        *("h2load", "-c", "1", "-m", "1", "-t", "1", "-d", "body", "--log-file=log", "-n", "9", "http://h:1/p")
    ]


@needs_h2load
def test_every_call_of_a_crowd_is_counted_with_the_length_of_its_answer(tmp_path: Path) -> None:
    one = _contender("one", BEST)
    bodies = [one.wire.body(question) for question in QUESTIONS]
    with running(one, QUESTIONS[0], log=tmp_path / "log") as server:
        load = crowd(server.address, "ask", bodies, options=one.wire.options, calls_each=5)
    assert load.calls == 15
    assert load.rate > 0
    assert load.bytes_a_call == pytest.approx(len(b'{"item_ids": [], "scores": []}') + 10 * 12, abs=40)
    with pytest.raises(LoadError):
        crowd(server.address, "ask", bodies, options=one.wire.options, calls_each=1)


@needs_h2load
def test_who_is_absent_or_wrong_is_named_and_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for module, name, value in ((contest, "RUNS", 1), (side, "SECONDS", 1.0), (contest, "LOGS", tmp_path)):
        monkeypatch.setattr(module, name, value)
    contenders = [
        _contender("first", BEST),
        _contender("absent", BEST, environment=tmp_path / "nowhere"),
        _contender("wrong", BEST + 1),
        _contender("right", BEST),
    ]
    said = StringIO()
    with Progress(console=Console(file=said, width=200)) as progress:
        rows = contest.hold("task", contenders, QUESTIONS, [window(BEST)] * 3, progress)
    assert "absent skipped" in said.getvalue()
    assert "wrong skipped: a score differs by 1.0" in said.getvalue()
    ratios = [row.name for row in rows if row.ratio is not None]
    assert ratios == ["peers, task: first ÷ right: throughput", "peers, task: first ÷ right: server CPU"]


@needs_h2load
def test_a_wrong_first_contender_ends_the_contest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contest, "LOGS", tmp_path)
    with pytest.raises(WrongAnswerError, match="a score differs"), Progress() as progress:
        contest.hold("task", [_contender("first", 0.0)], QUESTIONS, [window(BEST)] * 3, progress)
