"""How contenders are started, and what is said of those that cannot be."""

import sys
from pathlib import Path

import pytest

from benchmarks.serving_peers.contender import AbsentError, Contender, running
from benchmarks.serving_peers.contenders import event_contenders, text_contenders
from benchmarks.serving_peers.question import Question
from benchmarks.serving_peers.wire import JsonWire

PEERS = [*text_contenders(Path("data"), Path("x"), tenant="t"), *event_contenders(Path("data"), Path("x"), tenant="t")]
REPOSITORY = Path(__file__).parents[3]
QUESTION = Question(text="a warm scarf")


@pytest.mark.parametrize("peer", [one for one in PEERS if one.environment], ids=lambda one: one.name)
def test_every_peer_has_a_module_and_the_requirements_of_its_environment(peer: Contender) -> None:
    program, _, module, option, folder, address = peer.command("127.0.0.1:1")
    assert program == f"{peer.environment}/bin/python"
    assert (REPOSITORY / f"{module.replace('.', '/')}.py").is_file()
    assert (option, folder, address) == ("--exchange", "x", "127.0.0.1:1")
    name = str(peer.environment).removeprefix(".venv-serving-")
    assert (REPOSITORY / "benchmarks" / "serving_peers" / f"requirements-{name}.txt").is_file()


def test_firstlight_comes_first_and_remembers_no_text() -> None:
    line = " ".join(text_contenders(Path("data"), Path("x"), tenant="t")[0].command("127.0.0.1:1"))
    assert "--set text_cache_entries=0" in line
    assert "--set degrade=false" in line


def test_a_peer_without_its_environment_is_skipped_with_the_way_out(tmp_path: Path) -> None:
    absent = Contender("absent", JsonWire("x"), lambda address: [address], tmp_path / ".venv-absent")
    with (
        pytest.raises(AbsentError, match=r"\.venv-absent is not there: make bench-peers-env"),
        running(absent, QUESTION, log=tmp_path / "log"),
    ):
        pass


def test_a_peer_that_ends_is_skipped_with_its_last_words(tmp_path: Path) -> None:
    program = "import sys; sys.exit('no such index')"
    broken = Contender("broken", JsonWire("x"), lambda _: [sys.executable, "-c", program])
    with (
        pytest.raises(AbsentError, match="it ended with status 1: no such index"),
        running(broken, QUESTION, log=tmp_path / "log"),
    ):
        pass
