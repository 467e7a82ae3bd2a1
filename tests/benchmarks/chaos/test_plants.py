"""The bugs that the audit plants still fit the files they change: an audit that cannot begin finds nothing."""

import pytest

from benchmarks.chaos.planted_bugs import TREE
from benchmarks.chaos.plants import PLANTS, Plant


@pytest.mark.parametrize("plant", PLANTS, ids=[plant.name for plant in PLANTS])
def test_every_bug_can_be_planted(plant: Plant) -> None:
    text = (TREE / plant.file).read_text(encoding="utf-8")
    assert text.count(plant.before) == 1
    assert plant.after != plant.before
    assert (TREE / next(test for test in plant.tests if test.startswith("tests/"))).exists()
