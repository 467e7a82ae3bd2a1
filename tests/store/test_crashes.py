"""Whatever kills the publisher, the old or the new snapshot is served whole, and the next publisher clears the rest."""

import os
import random
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.store.faulty_filesystem import cut_power
from tests.store.tiny_snapshot import leftovers, publish, quick_store, write

POWER_CUTS = 2


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("killed")
    publish(quick_store(directory / "base"), 0)
    program = Path(__file__).with_name("kill_every_step.py")
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    subprocess.run([sys.executable, str(program), str(directory)], check=True, env=environment, timeout=100)
    return directory


def attempts(killed: Path) -> list[Path]:
    roots = [path for path in killed.iterdir() if path.is_dir() and path.name.isdigit()]
    return sorted(roots, key=lambda path: int(path.name))


def identities(tmp_path: Path) -> tuple[str, str]:
    store = quick_store(tmp_path / "identities")
    return write(store, 0), write(store, 1)


def served(root: Path) -> str:
    with quick_store(root).open() as snapshot:
        return snapshot.id


def moved(source: Path, target: Path) -> Callable[[str], Path]:
    return lambda path: target / Path(path).relative_to(source)


def test_every_step_was_killed_and_only_the_last_attempt_came_through(killed: Path) -> None:
    assert len(attempts(killed)) > 40


def test_a_kill_at_any_step_leaves_the_old_or_the_new_snapshot_whole(killed: Path, tmp_path: Path) -> None:
    old, new = identities(tmp_path)
    found = [served(root) for root in attempts(killed)]
    assert found == [old] * found.index(new) + [new] * (len(found) - found.index(new))
    assert found.index(new) > len(found) - 4


def test_the_next_publisher_succeeds_and_clears_what_the_dead_one_left(killed: Path, tmp_path: Path) -> None:
    _, new = identities(tmp_path)
    littered = 0
    for attempt in attempts(killed):
        root = tmp_path / attempt.name
        shutil.copytree(attempt, root)
        littered += bool(leftovers(root / "default"))
        assert publish(quick_store(root), 1) == new
        assert served(root) == new
        assert leftovers(root / "default") == []
    assert littered > 20


def test_a_power_cut_after_the_call_returned_takes_nothing_back(killed: Path, tmp_path: Path) -> None:
    _, new = identities(tmp_path)
    unhurt = attempts(killed)[-1]
    for seed in range(20):
        root = Path(shutil.copytree(unhurt, tmp_path / str(seed)))
        cut_power(killed / f"{unhurt.name}.journal", random.Random(seed), moved=moved(unhurt, root))
        assert served(root) == new


def test_a_power_cut_at_any_step_leaves_the_old_or_the_new_snapshot_whole(killed: Path, tmp_path: Path) -> None:
    known = identities(tmp_path)
    for attempt in attempts(killed):
        for seed in range(POWER_CUTS):
            root = tmp_path / f"{attempt.name}-{seed}"
            shutil.copytree(attempt, root)
            cut_power(killed / f"{attempt.name}.journal", random.Random(seed), moved=moved(attempt, root))
            assert served(root) in known
            assert publish(quick_store(root), 1) == known[1]
            assert served(root) == known[1]
